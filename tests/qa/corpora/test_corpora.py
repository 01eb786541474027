"""Several indexes asked like one: which are meant, what is loaded, and that each answers as it does alone."""

from pathlib import Path

import pytest

from embeddings.build.options import BuildOptions
from embeddings.errors import NoIndexError, QAError, QueryError
from qa import QA, Corpora, Filter
from qa.corpora.places import named_places
from tests.fakes import WordEncoder
from tests.opened import open_qa

BOLTS, SAVED = "How many bolts had been replaced?", "Who saved two penalties in the final?"


def test_each_answers_as_it_does_alone(places: list[Path]) -> None:
    alone = [open_qa(place) for place in places]
    with Corpora.open(places) as both:
        assert both.names == ("news", "Sport")
        for question in (BOLTS, SAVED):
            expected = [(name, qa.ask(question)) for name, qa in zip(both.names, alone, strict=True)]
            best = max(expected, key=lambda one: one[1].answerable)
            result = both.ask(question)
            assert result.answer
            assert best[1].answer
            assert (result.answer.corpus, result.answer.text) == (best[0], best[1].answer.text)
            assert {said.corpus: said.answerable for said in result.corpora} == {
                name: one.answerable for name, one in expected
            }
            for name, one in expected:
                shown = [place.passage for place in result.passages if place.corpus == name]
                assert shown == [place.passage for place in one.passages][: len(shown)]
        assert both.ask(BOLTS).answer.text.endswith("340 bolts had been replaced.")  # type: ignore[union-attr]
        assert both.ask(SAVED).answer.corpus == "Sport"  # type: ignore[union-attr]
        only = both.ask(SAVED, corpus="NEWS")
        assert {place.corpus for place in only.passages} == {"news"}
        assert [place.corpus for place in both.search("the goalkeeper saved", 2)] == ["news", "Sport"]
        assert [one.corpus for one in both.search("saved", narrow=Filter(sources=("match day",)))] == [
            "Sport"
        ]
        with pytest.raises(QueryError, match="no corpus is called 'cup'; there are: news, Sport"):
            both.ask(SAVED, corpus="cup")


def test_an_index_is_opened_when_it_is_asked_and_a_model_is_loaded_once(
    places: list[Path], sources: Path, tmp_path: Path, loaded: list[str]
) -> None:
    QA.build([sources], tmp_path / "more", BuildOptions(encoder=WordEncoder("one", 64)))
    with Corpora.open([*places, tmp_path / "more"]) as three:
        assert loaded == []
        three.ask(SAVED, corpus="Sport")
        assert loaded == ["two"]
        three.ask(SAVED)
        assert loaded == ["two", "one"]
        assert three["more"].index.encoder is three["news"].index.encoder
        assert three["more"].judge is three["Sport"].judge, "the reader is shared as well"


def test_a_folder_of_indexes_stands_for_them(places: list[Path], sources: Path, tmp_path: Path) -> None:
    found = named_places([tmp_path / "all"])
    assert [(one.name, one.description, one.articles) for one in found] == [
        ("Sport", "Match reports", 1),
        ("news", "", 3),
    ]
    assert Corpora.open(tmp_path / "all").names == ("Sport", "news")
    QA.build([sources], tmp_path / "desk" / ".qa")
    assert [one.name for one in named_places([tmp_path / "desk"])] == ["desk"]


def test_what_cannot_be_told_apart_is_one_clear_line(
    places: list[Path], tmp_path: Path, sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for given, said in (
        (["all/news", "all/../all/news"], r"^the index all/\.\./all/news is given twice: name each once$"),
        (["all", "all/cup.qa"], r"all/cup\.qa is given twice"),
    ):
        with pytest.raises(QAError, match=said):
            Corpora.open(given)
    for given in (["all/news", "nowhere"], ["sport"]):
        with pytest.raises(NoIndexError, match=f"there is no index in {given[-1]}: run `qa index"):
            Corpora.open(given)
    QA.build([sources], "other", BuildOptions(encoder=WordEncoder("one", 64), name="SPORT"))
    with pytest.raises(QAError, match=r"two indexes are called SPORT, all/cup\.qa and other: give one"):
        Corpora.open(["all", "other"])
