"""An index keeps up: what comes, goes and changes is found, and nothing ends the watch."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from embeddings.backends.open import open_index, store
from embeddings.build.build import build_index
from embeddings.build.options import BuildOptions
from embeddings.build.report import Report
from embeddings.build.watch import watch
from embeddings.errors import IndexBusyError, NoIndexError, QAError
from embeddings.sources.source import Source
from tests.fakes import WordEncoder, load_with


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    load_with(monkeypatch, WordEncoder)
    monkeypatch.setattr("embeddings.build.watch.load_encoder", WordEncoder)
    for name, seconds in (("_QUIET", 0.1), ("_LOOK", 0.1), ("_AGAIN", 0.2), ("_BUSY", 0.1)):
        monkeypatch.setattr(f"embeddings.build.watch.{name}", seconds)


@contextmanager
def watching(index: Path, every: float = 0) -> Iterator[list[Report | QAError]]:
    """What a watch of `index` has said so far; it has caught up when this is entered."""
    said: list[Report | QAError] = []
    stop = Event()
    thread = Thread(target=watch, args=(index, said.append, every, stop))
    thread.start()
    try:
        wait_for(lambda: bool(said))
        yield said
        assert thread.is_alive()
    finally:
        stop.set()
        thread.join(100)
        assert not thread.is_alive()


def wait_for(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


def texts(index: Path) -> dict[str, str]:
    with open_index(index, WordEncoder()) as opened:
        return {article.id: article.text for article in opened.catalog.all_articles()}


@pytest.fixture
def index(sources: Path, tmp_path: Path) -> Path:
    place = tmp_path / "a.qa"
    build_index([sources], place, BuildOptions(encoder=WordEncoder()))
    return place


def test_files_that_come_change_and_go(index: Path, sources: Path) -> None:
    (sources / "missed.txt").write_text("Written before anybody watched.")
    with watching(index):
        assert "missed.txt" in texts(index)
        (sources / "sport" / "new.txt").write_text("The village lost the final.")
        wait_for(lambda: "sport/new.txt" in texts(index))
        (sources / "flood.txt").write_text("The river fell again.")
        wait_for(lambda: texts(index)["flood.txt"] == "The river fell again.")
        part = sources / ".part"
        part.write_text("The bridge was closed.")
        part.replace(sources / "flood.txt")
        wait_for(lambda: texts(index)["flood.txt"] == "The bridge was closed.")
        (sources / "bridge.md").unlink()
        wait_for(lambda: "bridge.md" not in texts(index))
        folder = sources / "later"
        folder.mkdir()
        (folder / "deep.txt").write_text("In a folder that is new.")
        wait_for(lambda: "later/deep.txt" in texts(index))


def test_a_burst_makes_few_generations(index: Path, sources: Path) -> None:
    before = int(store(index).current())
    with watching(index):
        for number in range(100):
            (sources / f"{number}.txt").write_text(f"Report number {number}.")
        wait_for(lambda: len(texts(index)) == 103)
    assert int(store(index).current()) - before <= 10


def test_a_broken_file_is_named_and_stops_nothing(index: Path, sources: Path) -> None:
    with watching(index) as said:
        (sources / "broken.pdf").write_bytes(b"%PDF-1.7 and no more")
        wait_for(lambda: any(isinstance(one, Report) and one.skipped for one in said))
        (sources / "good.txt").write_text("Still read.")
        wait_for(lambda: "good.txt" in texts(index))


def test_a_source_that_goes_and_comes_again(index: Path, sources: Path) -> None:
    with watching(index) as said:
        away = sources.rename(sources.with_name("away"))
        wait_for(lambda: any(isinstance(one, QAError) for one in said))
        assert len(texts(index)) == 3
        time.sleep(0.5)
        assert sum(isinstance(one, QAError) for one in said) == 1
        away.rename(sources)
        wait_for(lambda: isinstance(said[-1], Report))
        (sources / "new.txt").write_text("Watched again.")
        wait_for(lambda: "new.txt" in texts(index))


def test_a_file_is_a_source_and_sources_may_be_added(index: Path, sources: Path, tmp_path: Path) -> None:
    mail = tmp_path / "notes.txt"
    mail.write_text("First.")
    with watching(index) as said:
        more = [Source(str(sources)), Source(str(mail))]
        while True:
            try:
                build_index(more, index, BuildOptions(encoder=WordEncoder()))
                break
            except IndexBusyError:
                time.sleep(0.05)
        assert texts(index)["notes.txt"] == "First."
        heard = len(said)
        wait_for(lambda: len(said) > heard)
        mail.write_text("Second, and longer.")
        wait_for(lambda: texts(index)["notes.txt"] == "Second, and longer.")
        assert len(texts(index)) == 4


def test_files_alone(tmp_path: Path) -> None:
    note, index = tmp_path / "note.txt", tmp_path / "a.qa"
    note.write_text("First.")
    build_index([note], index, BuildOptions(encoder=WordEncoder()))
    with watching(index):
        note.write_text("Second, and longer.")
        wait_for(lambda: texts(index)["note.txt"] == "Second, and longer.")


def test_an_index_inside_its_source_and_hidden_files_are_no_change(sources: Path) -> None:
    index = sources / "kept"
    build_index([sources], index, BuildOptions(encoder=WordEncoder()))
    with watching(index) as said:
        (sources / ".hidden.txt").write_text("Hidden.")
        (index / "any.txt").write_text("Of the index.")
        time.sleep(1)
        assert len(said) == 1


def test_every_so_often_without_a_change(index: Path) -> None:
    with watching(index, every=0.2) as said:
        wait_for(lambda: len(said) > 2)


def test_another_generation_than_was_meant(index: Path, sources: Path) -> None:
    with pytest.raises(IndexBusyError, match="another process has written"):
        build_index([sources], index, BuildOptions(encoder=WordEncoder(), onto="000000"))


def test_no_index(tmp_path: Path) -> None:
    with pytest.raises(NoIndexError):
        watch(tmp_path / "none", print)
