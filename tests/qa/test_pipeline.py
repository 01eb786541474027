from dataclasses import fields, replace
from pathlib import Path

import pytest

from embeddings.build.options import BuildOptions
from embeddings.errors import QueryError
from qa import QA, Filter, Result
from qa.answer.answerability import BIAS, THRESHOLD, WEIGHTS, Found, answerable
from tests.fakes import WordEncoder
from tests.opened import open_qa


@pytest.fixture
def qa(sources: Path, tmp_path: Path, encoder: WordEncoder) -> QA:
    QA.build([sources], tmp_path / "qa", BuildOptions(encoder=encoder))
    return open_qa(tmp_path / "qa", encoder)


def test_the_answer_is_in_a_passage_of_its_rank(qa: QA) -> None:
    result = qa.ask("Who saved a penalty?", top_k=3)
    assert result.answer is not None
    assert result.answer.text == "Goalkeeper Ines Prat saved a penalty."
    passage = result.passages[result.answer.rank - 1].passage
    assert passage.start <= result.answer.start < result.answer.end <= passage.end
    assert [place.rank for place in result.passages] == [1, 2, 3]
    scores = [place.score for place in result.passages]
    assert scores == sorted(scores, reverse=True)
    assert result.ms > 0


@pytest.mark.parametrize("top_k", [1, 2, 3])
def test_the_answer_is_always_in_a_passage_that_is_shown(top_k: int, qa: QA) -> None:
    for question in ("Who saved a penalty?", "What did the village and the river and the bridge do?"):
        result = qa.ask(question, top_k)
        assert len(result.passages) == top_k
        if result.answer:
            passage = result.passages[result.answer.rank - 1].passage
            assert passage.start <= result.answer.start < result.answer.end <= passage.end


def test_what_the_corpus_does_not_answer_has_no_answer(qa: QA) -> None:
    result = qa.ask("Zebra quantum violin?")
    assert result.answer is None
    assert result.answerable < THRESHOLD
    assert result.passages
    nothing = qa.ask("Who won?", narrow=Filter(since="2030-01-01"))
    assert (nothing.answer, nothing.answerable, nothing.passages) == (None, 0.0, ())


def test_search_is_the_ranking_of_ask(qa: QA) -> None:
    found, asked = qa.search("river flood", 2), qa.ask("river flood", 2).passages
    assert [place.passage for place in found] == [place.passage for place in asked]


@pytest.mark.parametrize(
    "text",
    [
        "title:",
        "AND OR NOT",
        '"river',
        "river*",
        "riv~er",
        "(river",
        "the who",
        "河水",
        "e\u0301",
        "\ud800 x",
    ],
)
def test_any_text_can_be_asked(text: str, qa: QA) -> None:
    assert isinstance(qa.ask(text), Result)


@pytest.mark.parametrize(("text", "top_k"), [("", 5), (" ?! ", 5), ("x" * 2001, 5), ("x", 0), ("x", -3)])
def test_what_cannot_be_asked(text: str, top_k: int, qa: QA) -> None:
    with pytest.raises(QueryError):
        qa.ask(text, top_k)


def test_more_passages_than_there_are(qa: QA) -> None:
    assert len(qa.ask("river", 10**9).passages) == len(qa.ask("river", 2**70).passages) == 3


def test_answerable_goes_the_way_of_each_weight() -> None:
    nothing = Found(*[0.0] * len(fields(Found)))
    assert answerable(nothing) == pytest.approx(1 / (1 + 2.718281828**-BIAS))
    base = Found(*[0.5] * len(fields(Found)))
    for field in fields(Found):
        more = replace(base, **{field.name: 0.9})
        assert (answerable(more) > answerable(base)) == (getattr(WEIGHTS, field.name) > 0), field.name
    assert WEIGHTS.size < 0


def test_a_result_names_the_days_of_all_that_matches(qa: QA) -> None:
    """More than are shown: the page draws when the news was."""
    assert sorted(qa.ask("river bridge cup", top_k=1).days) == ["2022-06-03", "2022-09-10"]
