"""The index that the page answers from, while it changes."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from embeddings.types import Filter
from qa.pipeline import QA
from qa.web.live import LiveQA
from tests.fakes import WordEncoder, load_with


@pytest.fixture
def live(sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveQA]:
    load_with(monkeypatch, lambda _: WordEncoder())
    QA.build([sources], tmp_path / "made.qa")
    live = LiveQA(tmp_path / "made.qa")
    yield live
    live.close()


def asked(live: LiveQA) -> str:
    result = live.ask("How many bolts had been replaced on the bridge?", 1, Filter()).result
    assert result
    return result.passages[0].passage.text


def test_a_new_generation_is_taken_and_the_old_one_closed(live: LiveQA, sources: Path) -> None:
    assert "340 bolts" in asked(live)
    before = live.current()
    assert live.current() is before
    path = sources / "bridge.md"
    path.write_text(path.read_text("utf-8").replace("340", "900"), "utf-8")
    QA.build([sources], Path(live.place))
    assert "900 bolts" in asked(live)
    assert live.current().index.encoder is before.index.encoder
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        before.index.catalog.stats()


def test_an_index_that_is_gone_leaves_the_opened_one_alone(live: LiveQA) -> None:
    asked(live)
    current = Path(live.place) / "CURRENT"
    kept = current.read_text()
    current.write_text("nonsense")
    with pytest.raises(Exception, match="names no generation"):
        asked(live)
    current.write_text(kept)
    assert "340 bolts" in asked(live)
