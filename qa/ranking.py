"""Passages ranked for a question by meaning and by words."""

from dataclasses import dataclass

import numpy as np

from embeddings.index import ArticleIndex
from embeddings.types import Filter, Numbers, Vectors

POOL = 200
"""Passages taken from each search, before fusion."""
WEIGHTS = {"dense": 0.4, "passage_words": 0.3, "article_words": 0.3}
"""Shares of the signals, each divided by its best value for the question: benchmarks/README.md."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the index reads it: its words, and its vector `(dim,)`."""

    text: str
    vector: Vectors


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidate passages, best first, with every signal of each: arrays of one length."""

    numbers: Numbers
    scores: Vectors
    dense: Vectors
    passage_words: Vectors
    article_words: Vectors

    def __len__(self) -> int:
        return len(self.numbers)


def rank(index: ArticleIndex, query: Query, narrow: Filter, depth: int = POOL) -> Ranking:
    """Candidates of both kinds of search, every one with all its signals, fused and sorted."""
    numbers = _candidates(index, query, narrow, max(depth, POOL))
    articles, inverse = np.unique(index.catalog.article_numbers(numbers), return_inverse=True)
    dense = index.vectors.scores(query.vector, numbers)
    passage_words = index.passage_words.scores(query.text, numbers)
    article_words = index.article_words.scores(query.text, articles)[inverse]
    scores = (
        WEIGHTS["dense"] * _relative(dense)
        + WEIGHTS["passage_words"] * _relative(passage_words)
        + WEIGHTS["article_words"] * _relative(article_words)
    ).astype(np.float32)
    order = np.lexsort((numbers, -scores))
    return Ranking(numbers[order], scores[order], dense[order], passage_words[order], article_words[order])


def _candidates(index: ArticleIndex, query: Query, narrow: Filter, pool: int) -> Numbers:
    near, _ = index.vectors.search(query.vector, pool, index.catalog.allowed(narrow))
    matching, _ = index.passage_words.search(query.text, pool, narrow)
    return np.union1d(near, matching).astype(np.int64)


def _relative(values: Vectors) -> Vectors:
    """Values divided by the best one; nothing below 0."""
    best = float(values.max(initial=0.0))
    positive = np.maximum(values, 0).astype(np.float32)
    return positive / np.float32(best) if best > 0 else positive
