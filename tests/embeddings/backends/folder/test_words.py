import math
from pathlib import Path

import numpy as np
import pytest

from embeddings.backends.folder.words import WordIndex, WordWriter
from embeddings.errors import IndexMismatchError
from embeddings.types import Filter
from tests.conftest import put

UNITS = [
    ("Bridge reopens", "The bridge reopened after repairs", "2022-06-03", "Daily"),
    ("Flood", "The river flooded the market", "2022-07-01", "Weekly"),
    ("Cup", "The village won the cup; the bridge was full of singers", "2022-09-10", "Daily"),
    ("", "Nothing else", None, None),
]


@pytest.fixture
def index(tmp_path: Path) -> WordIndex:
    writer = WordWriter(tmp_path / "words")
    for number, (title, text, date, source) in enumerate(UNITS):
        writer.add(number * 10, title, text, date, source)
    writer.close()
    return WordIndex.open(tmp_path / "words")


def bm25(index: WordIndex, query: str) -> list[float]:
    """The textbook formula over the same terms; tantivy rounds lengths above 40 only."""
    docs = [index_terms(index, f"{title}\n{title}\n{text}") for title, text, *_ in UNITS]
    mean = sum(map(len, docs)) / len(docs)
    scores = []
    for doc in docs:
        score = 0.0
        for term in index.terms(query):
            n = sum(term in other for other in docs)
            tf = doc.count(term)
            idf = math.log(1 + (len(docs) - n + 0.5) / (n + 0.5))
            score += idf * tf * 2.2 / (tf + 1.2 * (1 - 0.75 + 0.75 * len(doc) / mean))
        scores.append(score)
    return scores


def index_terms(index: WordIndex, text: str) -> list[str]:
    return [term for word in text.split() for term in index.terms(word)]


@pytest.mark.parametrize("query", ["bridge", "the reopening of bridges", "river market cup", "absent"])
def test_scores_are_bm25(index: WordIndex, query: str) -> None:
    expected = bm25(index, query)
    scores = index.scores(query, np.array([30, 0, 20, 10]))
    np.testing.assert_allclose(scores, [expected[3], expected[0], expected[2], expected[1]], rtol=1e-4)
    numbers, found = index.search(query, 10)
    ranked = sorted((i for i in range(4) if expected[i] > 0), key=lambda i: -expected[i])
    assert numbers.tolist() == [i * 10 for i in ranked]
    np.testing.assert_allclose(found, [expected[i] for i in ranked], rtol=1e-4)


def test_terms_fold_case_accents_and_endings(index: WordIndex) -> None:
    assert index.terms("Élections, ELECTION! 2022 2022") == ["elect", "2022"]


def test_stop_words_count_only_alone(index: WordIndex) -> None:
    assert index.terms("What did the river do?") == ["river"]
    assert index.terms("Who are they?") == ["who", "are", "they"]


@pytest.mark.parametrize(
    "query", ["text:bridge", '"bridge', "bridge AND", "bridge*~", "(bridge", "br\0idge bridge"]
)
def test_query_syntax_is_words(index: WordIndex, query: str) -> None:
    assert 0 in index.search(query, 10)[0]


@pytest.mark.parametrize(
    ("narrow", "numbers"),
    [
        (Filter(since="2022-06-04"), [20]),
        (Filter(until="2022-06-03"), [0]),
        (Filter(since="2022-06-03", until="2022-09-10"), [0, 20]),
        (Filter(sources=("Weekly",)), []),
        (Filter(sources=("Daily", "Weekly"), since="2022-09-10"), [20]),
        (Filter(), [0, 20]),
    ],
)
def test_filters_before_ranking(index: WordIndex, narrow: Filter, numbers: list[int]) -> None:
    assert sorted(index.search("bridge", 10, narrow)[0].tolist()) == numbers
    unfiltered = dict(zip(*index.search("bridge", 10), strict=True))
    for number, score in zip(*index.search("bridge", 10, narrow), strict=True):
        assert score == pytest.approx(unfiltered[number])


def test_idf_falls_with_frequency(index: WordIndex) -> None:
    the, bridge, absent = index.idf(["the", "bridg", "zebra"])
    assert the < bridge < absent
    assert bridge == pytest.approx(math.log(1 + 2.5 / 2.5))


def test_nothing_to_search(index: WordIndex) -> None:
    assert len(index.search("?!", 10)[0]) == 0
    assert index.scores("?!", np.array([0])).tolist() == [0.0]


def test_damage_found_while_searching_is_said_as_such(tmp_path: Path, index: WordIndex) -> None:
    folder = tmp_path / "words"
    [terms] = folder.glob("*.term")
    data = bytearray(terms.read_bytes())
    data[: len(data) // 2] = b"\xff" * (len(data) // 2)
    put(terms, data)
    damaged = WordIndex.open(folder)
    for read in (lambda: damaged.search("bridge", 3), lambda: damaged.idf(["bridg"])):
        with pytest.raises(IndexMismatchError, match=r"words is damaged \(.*\): run `qa index --rebuild"):
            read()
    [schema] = folder.glob("meta.json")
    put(schema, b"{")
    with pytest.raises(IndexMismatchError, match=r"words is damaged \(.*\): run `qa index --rebuild"):
        WordIndex.open(folder)


def test_more_results_than_there_are_units(index: WordIndex) -> None:
    assert index.search("bridge", 10**9)[0].tolist() == [0, 20]
