"""One result of several: who leads, in which order passages come, and what each corpus can be asked."""

from dataclasses import replace

import pytest

from embeddings.errors import QueryError
from embeddings.types import Article, Filter, Passage
from qa.corpora.merge import fitting, merged, merged_passages
from qa.types import Answer, RankedPassage, Result, Short, Signals
from qa.wording.phrases import by_corpus

TEXT = "The bridge fell at dawn. " * 9
NONE = Signals(0.0, 0.0, 0.0, 0.0)


def ranked(rank: int, id: str = "a") -> RankedPassage:
    """Every corpus has an article of this id, cut alike."""
    start = 25 * (rank - 1)
    return RankedPassage(rank, Passage(rank, Article(id, "Bridge", TEXT), start, start + 25), 1 / rank, NONE)


def result(answerable: float, answer_rank: int | None = 1, count: int = 3, day: str = "2022-11-03") -> Result:
    answer = None
    if answer_rank:
        start, short = 25 * (answer_rank - 1), Short(25 * (answer_rank - 1), 25 * answer_rank - 15)
        answer = Answer(Article("a", "Bridge", TEXT), start, start + 24, answer_rank, short)
    passages = tuple(ranked(rank) for rank in range(1, count + 1))
    agreeing = (answer,) if answer else ()
    return Result("Q?", f"Q {answerable}?", answer, answerable, passages, 5.0, (day,), agreeing)


def places(of: tuple[RankedPassage, ...]) -> list[tuple[int, str | None, int]]:
    """Rank, corpus, and rank in that corpus."""
    return [(one.rank, one.corpus, one.passage.number) for one in of]


def test_the_likelier_answer_leads_and_passages_come_by_rank() -> None:
    one = merged([("news", result(0.6)), ("sport", result(0.9, 2))], 5, 7.0)
    assert (one.answerable, one.understood, one.ms) == (0.9, "Q 0.9?", 7.0)
    assert [(said.corpus, said.answerable) for said in one.corpora] == [("sport", 0.9), ("news", 0.6)]
    assert places(one.passages) == [
        *((1, "sport", 1), (2, "news", 1), (3, "sport", 2), (4, "news", 2), (5, "sport", 3)),
    ]
    assert one.answer
    assert (one.answer.corpus, one.answer.rank, one.agreeing[0].rank) == ("sport", 3, 3)
    assert [place.rank for place in one.passages if place.holds(one.answer)] == [3]
    assert len(one.days) == 2
    assert by_corpus(one) == "From sport. news says “The bridge” (perhaps, 60% likely)"


def test_a_corpus_without_an_answer_never_leads_before_one_with_it() -> None:
    silent = merged([("news", result(0.7, None)), ("sport", result(0.6))], 2, 1.0)
    assert silent.answer
    assert silent.answer.corpus == "sport"
    assert by_corpus(silent) == "From sport. news does not seem to answer"
    nobody = merged([("news", result(0.1, None)), ("sport", result(0.2, None))], 2, 1.0)
    assert (nobody.answer, nobody.answerable) == (None, 0.2)
    assert by_corpus(nobody) == "Asked in sport, news"


@pytest.mark.parametrize(("top_k", "rank"), [(1, 1), (3, 3), (4, 4), (5, 5), (6, 5)])
def test_the_passage_with_the_answer_has_a_place(top_k: int, rank: int) -> None:
    one = merged([("news", result(0.9, 3)), ("sport", result(0.5))], top_k, 1.0)
    assert len(one.passages) == top_k
    assert one.answer
    assert one.answer.rank == rank
    assert one.passages[rank - 1].holds(one.answer)
    assert places(one.passages)[rank - 1] == (rank, "news", 3)


def test_a_corpus_that_runs_out_leaves_its_places_to_the_others() -> None:
    found = merged_passages([("a", [ranked(1)]), ("b", [ranked(n) for n in (1, 2, 3)]), ("c", [])], 3)
    assert places(found) == [(1, "a", 1), (2, "b", 1), (3, "b", 2)]


def test_one_corpus_of_several_is_as_it_was_but_named() -> None:
    alone = result(0.8, 2)
    one = merged([("news", alone)], 3, 5.0)
    assert [replace(place, corpus=None) for place in one.passages] == list(alone.passages)
    assert one.answer
    assert replace(one.answer, corpus=None) == alone.answer
    assert by_corpus(one) == "In news"
    assert by_corpus(alone) is None
    assert "corpus" not in str(alone.to_json()), "with one index nothing is named"
    assert one.to_json()["corpora"][0]["answer"]["corpus"] == "news"


def test_publishers_need_be_known_to_one_corpus_only() -> None:
    known = {"news": ("CNN", "BBC"), "sport": ("Weekly",)}
    assert fitting(Filter("2022-01-01"), known) == dict.fromkeys(known, Filter("2022-01-01"))
    narrow = Filter(sources=("weekly", "cnn"))
    assert fitting(narrow, known) == {
        "news": Filter(sources=("cnn",)),
        "sport": Filter(sources=("weekly",)),
    }
    assert list(fitting(Filter(sources=("BBC",)), known)) == ["news"]
    with pytest.raises(QueryError, match="no article is from 'Bild'; publishers are: CNN, BBC, Weekly"):
        fitting(Filter(sources=("CNN", "Bild")), known)
