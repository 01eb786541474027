"""Quotations are found where they stand, and nowhere else."""

import pytest

from embeddings.types import Article
from qa.llm.proof.quotes import Library
from qa.llm.proof.types import Quote
from tests.qa.llm.claims import library, ranked

BRIDGE = Article(
    "bridge",
    "Bridge reopens",
    "The  old bridge\nreopened on Friday — after “nine months” of repairs. Ada Moll’s team replaced "
    "340 bolts, and 1,200 rivets were kept.\n\nFerries had carried commuters. "
    "The repairs cost 12.5 million euros.",
)
FLOOD = Article(
    "flood", "Flood", "The river rose by two metres. Ferries had carried goods upstairs, the mayor said."
)


def found(text: str, passage: int = 1) -> list[str]:
    return [place.text for place in library(BRIDGE, FLOOD).find(Quote(passage, text))]


@pytest.mark.parametrize(
    ("quoted", "stands"),
    [
        ("The old bridge reopened on Friday", "The  old bridge\nreopened on Friday"),
        ('on Friday - after "nine months" of repairs', "on Friday — after “nine months” of repairs"),
        ("after 'nine months' of repairs", "after “nine months” of repairs"),
        ("Ada Moll's team replaced 340 bolts.", "Ada Moll’s team replaced 340 bolts"),
        ("  replaced\u00a0340\tbolts ", "replaced 340 bolts"),
        ('"Ferries had carried commuters."', "Ferries had carried commuters"),
        ("repl\u00adaced 340 bolts", "replaced 340 bolts"),
    ],
)
def test_blanks_marks_and_dashes_do_not_matter(quoted: str, stands: str) -> None:
    assert found(quoted) == [stands]


@pytest.mark.parametrize(
    "quoted",
    [
        "Ada Moll's team replaced 341 bolts",
        "Ada Moll's team replaced 34",
        "the repairs cost 12",
        "cost 12.5 million euro",
        "and 1,200 rivet",
        "200 rivets were kept",
        "the old bridge reopened on Friday",
        "Ada Moll's team did not replace 340 bolts",
        "old bridge",
        "",
        "...",
        "The river rose by two bolts",
    ],
)
def test_what_does_not_stand_is_not_found(quoted: str) -> None:
    assert found(quoted) == []


def test_a_quotation_is_attributed_to_where_it_stands() -> None:
    [place] = library(BRIDGE, FLOOD).find(Quote(1, "The river rose by two metres."))
    assert (place.article.id, place.rank, place.misplaced) == ("flood", 2, True)
    [place] = library(BRIDGE, FLOOD).find(Quote(2, "The river rose by two metres."))
    assert (place.rank, place.misplaced) == (2, False)
    assert place.article.text[place.start : place.end] == "The river rose by two metres"


def test_what_stands_in_the_passage_that_is_named_is_found_there_first() -> None:
    for passage, article in ((1, "bridge"), (2, "flood")):
        [place] = library(BRIDGE, FLOOD).find(Quote(passage, "Ferries had carried"))
        assert place.article.id == article


def test_the_rest_of_the_article_is_searched_last() -> None:
    places = [ranked(1, BRIDGE, BRIDGE.text.index("Ferries"))]
    [place] = Library(places).find(Quote(1, "Ada Moll's team replaced 340 bolts"))
    assert (place.rank, place.misplaced) == (0, True)
    assert place.text == "Ada Moll’s team replaced 340 bolts"


@pytest.mark.parametrize(
    "joined",
    [
        "The old bridge reopened on Friday ... The repairs cost 12.5 million euros",
        "The old bridge reopened on Friday […] The repairs cost 12.5 million euros.",
        "The old bridge reopened on Friday… The repairs cost 12.5 million euros",
        "The old bridge reopened on Friday The repairs cost 12.5 million euros",
        "The old bridge reopened on Friday. The repairs cost 12.5 million euros",
    ],
)
def test_pieces_that_were_joined_are_split(joined: str) -> None:
    assert found(joined) == ["The  old bridge\nreopened on Friday", "The repairs cost 12.5 million euros"]


def test_pieces_of_two_articles_are_attributed_each_to_its_own() -> None:
    places = library(BRIDGE, FLOOD).find(
        Quote(1, "The old bridge reopened ... goods upstairs, the mayor said")
    )
    assert [place.article.id for place in places] == ["bridge", "flood"]


def test_a_quotation_with_one_invented_piece_is_dropped_whole() -> None:
    assert found("The old bridge reopened on Friday ... and collapsed again on Sunday") == []
    assert found("The old bridge reopened on Friday and collapsed again") == []
