"""Several indexes behind the page and its programs: named, never located."""

import logging
from pathlib import Path
from typing import Any

import pytest

from embeddings.errors import QAError, QueryError
from embeddings.types import Filter
from qa import QA
from qa.web.history.history import open_history
from qa.web.history.notes import conversations_html, conversations_markdown
from qa.web.live_corpora import LiveCorpora
from qa.web.programs.corpus import Corpus
from qa.web.programs.operations import operations
from qa.web.tabs.corpora import listed
from qa.web.turns import as_markdown, lead, reply
from tests.qa.corpora.conftest import loaded, places
from tests.qa.corpora.test_corpora import BOLTS, SAVED

__all__ = ["loaded", "places"]


def both(places: list[Path]) -> LiveCorpora:
    return LiveCorpora.of(list(map(str, places)))


class Programs:
    """The operations, called by their names."""

    def __init__(self, live: LiveCorpora) -> None:
        self._known = {one.name: one for one in operations(Corpus(live))}

    def __call__(self, name: str, **given: object) -> dict[str, Any]:
        known = self._known[name]
        return known.run(known.takes.model_validate(given))


def test_a_turn_names_the_corpus_wherever_it_is_shown(places: list[Path], loaded: list[str]) -> None:
    live = both(places)
    live.warm()
    assert loaded == ["one"], "the second is opened when it is asked"
    turn = live.ask(SAVED, 4, Filter())
    assert turn.result
    assert turn.corpus is None
    assert reply(turn)[-1] == "The final — Match Day · 18 December 2022 — Sport"
    assert "From Sport. news " in lead(turn)
    assert "· Sport · Match Day" in as_markdown(turn.result)
    chosen = live.ask(BOLTS, 4, Filter(), turn.result, "news")
    assert chosen.corpus == "news"
    assert "In news" in lead(chosen)
    live.close()


def test_what_was_asked_of_which_corpus_comes_back(places: list[Path], tmp_path: Path) -> None:
    live = both(places)
    turns = (live.ask(SAVED, 4, Filter()), live.ask(BOLTS, 4, Filter(), corpus="news"))
    given = list(map(str, places))
    history = open_history(given, tmp_path / "history.sqlite")
    shelf = history.shelf("")
    id = history.conversations.keep(shelf, "", turns)
    again = open_history(given[::-1], tmp_path / "history.sqlite")
    assert tuple(one.turn for one in again.conversations.asked(again.shelf(""), id)) == turns
    [asked, *_] = again.conversations.asked(again.shelf(""), id)
    [talk] = again.conversations.conversations(again.shelf(""))
    for note in (conversations_markdown([(talk, [asked])]), conversations_html([(talk, [asked])], "Talk")):
        assert "[1] (Sport)" in note
        assert "[2] (news)" in note
        assert "From Sport. news" in note
    alone = open_history(given[0], tmp_path / "history.sqlite")
    assert alone.conversations.asked(alone.shelf(""), id) == [], "another shelf"
    assert turns[0].result
    first = turns[0].result.passages[0]
    other = next(one for one in turns[0].result.passages if one.corpus != first.corpus)
    history.reading.pin(shelf, SAVED, first)
    assert history.reading.pinned(shelf, first)
    assert history.reading.pinned(shelf, other) is None
    assert [pin.excerpt.corpus for pin in history.reading.pins(shelf)] == [first.corpus]
    live.close()


def test_programs_choose_a_corpus_and_are_told_which(places: list[Path]) -> None:
    live = both(places)
    run = Programs(live)
    answered = run("ask", question=SAVED, top_k=2)
    assert [said["corpus"] for said in answered["corpora"]] == ["Sport", "news"]
    assert {one["corpus"] for one in answered["passages"]} == {"Sport", "news"}
    only = run("ask", question="And of whom?", after=SAVED, corpus="sport")
    assert {one["corpus"] for one in only["passages"]} == {"Sport"}
    told = run("corpora")["corpora"]
    assert [(one["name"], one["description"], one["articles"]) for one in told] == [
        ("news", "", 3),
        ("Sport", "Match reports", 1),
    ]
    together = run("info")
    assert (together["articles"], together["since"], together["until"]) == (4, "2022-06-03", "2022-12-18")
    assert together["sources"] == {"Daily": 1, "Match Day": 1, "Weekly": 1}
    assert run("info", corpus="Sport")["articles"] == 1
    found = run("articles", text="2022", count=2)
    assert [(one["id"], one["corpus"]) for one in found["articles"]] == [
        ("bridge.md", "Sport"),
        ("sport/cup.md", "news"),
    ]
    assert run("read", id="flood.txt")["corpus"] == "news"
    with pytest.raises(QueryError, match=r"'bridge\.md' stands in news, Sport: say which corpus"):
        run("read", id="bridge.md")
    assert "Argentina" in run("read", id="bridge.md", corpus="Sport")["text"]
    everything = f"{answered} {told} {together} {listed(live.described())}"
    assert str(places[0].parent) not in everything, "where they lie is the owner's business"
    live.close()


def test_one_index_alone_is_as_ever(places: list[Path]) -> None:
    live = both(places[1:])
    run = Programs(live)
    for chosen in ({}, {"corpus": "sport"}):
        answered = run("ask", question=SAVED, **chosen)
        assert "corpora" not in answered
        assert "corpus" not in str(answered)
    assert "corpus" not in str(run("articles"))
    assert live.ask(SAVED, 5, Filter()).corpus is None
    with pytest.raises(QueryError, match="no corpus is called 'news'"):
        run("ask", question=SAVED, corpus="news")
    live.close()


def test_one_is_rebuilt_while_the_other_answers_and_a_broken_one_is_named_only(
    places: list[Path], sources: Path, caplog: pytest.LogCaptureFixture
) -> None:
    live = both(places)
    assert live.ask(BOLTS, 4, Filter()).result
    path = sources / "bridge.md"
    path.write_text(path.read_text("utf-8").replace("340", "900"), "utf-8")
    QA.build([sources], places[0])
    assert "900 bolts" in str(live.ask(BOLTS, 4, Filter()).result)
    (places[1] / "CURRENT").write_text("nonsense")
    assert live.ask(BOLTS, 4, Filter(), corpus="news").result
    for corpus in (None, "Sport"):
        with (
            caplog.at_level(logging.WARNING),
            pytest.raises(QAError, match=r"^Sport cannot be read now;") as told,
        ):
            live.ask(BOLTS, 4, Filter(), corpus=corpus)
        assert str(places[1]) not in str(told.value)
    assert str(places[1]) in caplog.text
    sport = live.each[1]
    with pytest.raises(QAError) as found:
        sport.articles()
    assert str(places[1]) in str(found.value)
    assert sport.told(str(found.value)).startswith("Sport/CURRENT names no generation: run `qa index SOURCE")
    assert str(places[1]) not in sport.told(str(found.value))
    alone = both(places[:1]).each[0]
    assert alone.told(f"in {places[0]}") == f"in {places[0]}", "one index alone says what it always said"
    live.close()
