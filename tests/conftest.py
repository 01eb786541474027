"""Nothing of the user's is touched: caches and indexes live in temporary folders."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from embeddings.encoders.load import load_encoder
from embeddings.types import Encoder
from qa.answer.without_reader import Signs
from tests import opened
from tests.fakes import WordEncoder

ROOT = Path(__file__).parent.parent

ARTICLES = {
    "bridge.md": (
        "---\ntitle: Bridge reopens\ndate: 2022-06-03\nurl: https://news.example/bridge\nsource: Daily\n---\n"
        "The old bridge reopened on Friday after nine months of repairs. "
        "Engineer Ada Moll said that 340 bolts had been replaced.\n\n"
        "Ferries had carried commuters in the meantime. The repairs cost 12 million euros."
    ),
    "flood.txt": (
        "River floods the market\n\n"
        "The river rose by two metres overnight and flooded the market square. "
        "Shopkeepers carried their goods upstairs.\n\nNobody was hurt, the mayor said."
    ),
    "sport/cup.md": (
        "---\ntitle: Village wins the cup\ndate: 2022-09-10\nsource: Weekly\n---\n"
        "The village team won the cup for the first time, beating the city by two goals to one. "
        "Goalkeeper Ines Prat saved a penalty."
    ),
}


def _heard(*_: object) -> None:
    """In the background these signals are ignored, and so they would be by all that a test starts."""


for _name in ("SIGINT", "SIGHUP"):
    if hasattr(signal, _name) and signal.getsignal(getattr(signal, _name)) is signal.SIG_IGN:
        signal.signal(getattr(signal, _name), _heard)


def put(path: Path, data: bytes | bytearray) -> None:
    """Other bytes in place of a file: whoever has the old one mapped would die if it were cut short."""
    path.unlink()
    path.write_bytes(data)


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    base = tmp_path_factory.getbasetemp()
    beside = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    os.environ["QA_CACHE"] = str(beside / "cache")  # models are converted once for all workers
    os.environ["QA_DATA"] = str(tmp_path_factory.mktemp("data"))
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state"))
    os.environ.pop("QA_INDEX", None)


@pytest.fixture(autouse=True)
def _read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers are replaced by tests: only `test_separate_process` has them in a process of their own."""
    monkeypatch.setattr("embeddings.sources.separate_process.is_apart", lambda name, size: False)


@pytest.fixture(autouse=True)
def _no_reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers by signs: the model that reads is for the tests that are marked `reader`."""
    if not request.node.get_closest_marker("reader"):
        for module in ("qa.pipeline", "qa.answer.load_judge"):
            monkeypatch.setattr(f"{module}.load_judge", lambda _: Signs())
        monkeypatch.setattr("qa.answer.load_reader.prepare_reader", lambda: None)


def state() -> Path:
    """Where traces of errors that nobody foresaw are kept, by this process and by those that tests start."""
    return Path(os.environ["XDG_STATE_HOME"], "article-qa", "errors")


@pytest.fixture(autouse=True)
def _nothing_unforeseen(_cache: None) -> Iterator[None]:
    """Such an error is a bug, whatever the test expects: who makes one on purpose takes its trace away."""
    folder = state()
    before = set(folder.glob("*.txt"))
    yield
    assert [file.read_text("utf-8") for file in set(folder.glob("*.txt")) - before] == []


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    """What a test has opened is closed at its end: what is not closed then is a fault of ours."""
    yield
    opened.close_all()


@pytest.fixture
def encoder() -> WordEncoder:
    return WordEncoder()


@pytest.fixture(scope="session")
def real_encoder(_cache: None) -> Encoder:
    return load_encoder()


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A folder of three small articles."""
    folder = tmp_path / "articles"
    for name, text in ARTICLES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder
