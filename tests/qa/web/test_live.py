"""The index that the page answers from, while it changes."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from embeddings.types import Filter
from qa.pipeline import QA
from qa.types import Result
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


@pytest.fixture
def questions(live: LiveQA, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Questions that were really asked."""
    made: list[str] = []
    ask = QA.ask

    def counted(qa: QA, question: str, *more: object, **named: object) -> Result:
        made.append(question)
        return ask(qa, question, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(QA, "ask", counted)
    return made


def test_who_waits_with_the_same_question_waits_once(
    live: LiveQA, sources: Path, questions: list[str]
) -> None:
    with ThreadPoolExecutor(8) as clients:
        told = list(clients.map(lambda _: asked(live), range(24)))
    assert set(told) == {told[0]}
    assert len(questions) == 1
    path = sources / "bridge.md"
    path.write_text(path.read_text("utf-8").replace("340", "900"), "utf-8")
    QA.build([sources], Path(live.place))
    assert "900 bolts" in asked(live), "of another generation nothing is remembered"
    assert len(questions) == 2


def test_what_is_not_the_same_question_is_asked(live: LiveQA, questions: list[str]) -> None:
    first = live.result("bolts", 1, Filter())
    assert live.result("bolts", 1, Filter()) is first
    live.result("bolts", 2, Filter())
    live.result("bolts", 1, Filter(since="2022-01-01"))
    live.result("bolts?", 1, Filter())
    live.ask("bolts", 1, Filter(), first)
    live.ask("bolts", 1, Filter(), first)
    assert questions == ["bolts", "bolts", "bolts", "bolts?", "bolts", "bolts"]


def test_what_is_remembered_is_bounded(
    live: LiveQA, questions: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.web.live._REMEMBERED", 2)
    for question in ("bolts", "cup", "river", "cup", "bolts"):
        live.result(question, 1, Filter())
    assert questions == ["bolts", "cup", "river", "bolts"]
    monkeypatch.setattr("qa.web.live._LARGEST", 10)
    for question in ("goal", "goal"):
        live.result(question, 1, Filter())
    assert questions[4:] == ["goal", "goal"]
    live.close()
    live.result("bolts", 1, Filter())
    assert questions[6:] == ["bolts"]
