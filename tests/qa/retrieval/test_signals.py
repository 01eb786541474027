"""Each signal of ranking decides a question of the chronicle: without it, another passage comes first."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from embeddings.types import Filter
from qa import QA
from qa.retrieval import editions, ranking
from qa.retrieval.ranking import WEIGHTS, rank

EVERYTHING = Filter()


def weight(name: str) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patch: patch.setattr(ranking, "WEIGHTS", replace(WEIGHTS, **{name: 0.0}))


def constant(name: str, value: object) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patch: patch.setattr(ranking, name, value)


def no_years(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(editions, "gains", lambda *given: np.zeros(1, np.float32))


DECIDED = [
    ("What became of the vessel that foundered?", "ship", "vessel-museum", weight("dense")),
    ("What of the ferry and the archbishop?", "ferry-together", "ferry-apart", weight("passage_words")),
    ("The glazier, the apprentice and the kiln?", "glass-three", "glass-two", weight("article_words")),
    ("What is the duke of the hills called?", "duke-2022", "duke-2016", weight("recency")),
    ("Who won the regatta in March 2020?", "regatta-march", "regatta-late", weight("date")),
    (
        "Who was given the golden ribbon?",
        "ribbon-2022",
        "ribbon-2021",
        no_years,
    ),
    ("Which keeper had lanterns at the festival?", "lantern-festival", "lanterns-0", constant("POOL", 3)),
]


@pytest.mark.parametrize(("question", "right", "wrong", "without"), DECIDED)
def test_one_signal_decides(
    question: str,
    right: str,
    wrong: str,
    without: Callable[[pytest.MonkeyPatch], None],
    chronicled: QA,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert first(chronicled, question) == right
    without(monkeypatch)
    assert first(chronicled, question) == wrong


def first(qa: QA, question: str) -> str:
    return qa.search(question, 1)[0].passage.article.id


def test_no_other_signal_is_missed(chronicled: QA, monkeypatch: pytest.MonkeyPatch) -> None:
    """What decides a question is one signal: without any other the right article stays the first."""
    weights = ("dense", "passage_words", "article_words", "recency", "date")
    for (question, right, _, _), own in zip(DECIDED, weights, strict=False):
        for other in set(weights) - {own}:
            weight(other)(monkeypatch)
            assert first(chronicled, question) == right, (question, other)


def test_news_says_it_first(chronicled: QA, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first passage of the quarry's article precedes the second, which is shorter and matches better."""

    def opens() -> bool:
        return chronicled.search("Did the quarry hire cutters?", 1)[0].passage.start == 0

    assert opens()
    monkeypatch.setattr(ranking, "LEAD", 0.0)
    assert not opens()


def test_articles_are_candidates_by_all_their_words(chronicled: QA) -> None:
    """None of its passages is among the 200 nearest, or among the 200 that match best."""
    query = chronicled.query("council harvest school river", EVERYTHING)
    index = chronicled.index
    near, matching, articles = index.candidates(query.vector, query.text, ranking.POOL, EVERYTHING)
    number = index.catalog.number("all-four")
    assert number not in index.catalog.article_numbers(np.concatenate([near, matching]))
    assert number in articles
    assert number in rank(index, query, EVERYTHING).articles


def test_a_word_of_the_title_counts_twice(chronicled: QA) -> None:
    """Counted once, it would lose to the one word of the shorter article."""
    ranked = chronicled.search("the beekeeper", 2)
    assert [place.passage.article.id for place in ranked] == ["beekeeper-title", "beekeeper-text"]
    title, text = (place.signals.article_words for place in ranked)
    assert title > text


def test_copies_take_one_place(chronicled: QA) -> None:
    ranked = chronicled.search("comet above the western hills", 2)
    assert ranked[0].passage.article.id == "comet-gazette"
    assert [copy.id for copy in ranked[0].also] == ["comet-herald"]
    assert ranked[1].passage.article.id != "comet-herald"


def test_passages_are_weighed_against_the_most_that_words_can_reach(chronicled: QA) -> None:
    """A weak match of words counts less than a strong one, though it is the best that there is."""
    weak = chronicled.search("the kiln, the gondola, the parliament, the orchestra", 1)[0]
    strong = chronicled.search("the kiln", 1)[0]
    assert weak.passage.article.id == strong.passage.article.id == "glass-three"
    assert weak.signals.article_words == pytest.approx(strong.signals.article_words)
    assert weak.score < strong.score - 0.15
