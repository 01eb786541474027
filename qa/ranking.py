"""Passages ranked for a question: by meaning, by words, by article; among equals, old news comes last."""

import re
from dataclasses import dataclass, fields
from datetime import date

import numpy as np
from numpy.typing import NDArray

from embeddings.index import ArticleIndex
from embeddings.types import Filter, Numbers, Vectors
from qa.types import Signals

POOL = 200
"""Passages taken from each search, before fusion."""
WEIGHTS = Signals(dense=0.50, passage_words=0.20, article_words=0.40, recency=0.15)
"""Shares of the signals, each divided by its best value for the question; fitted on news of 2022."""
LEAD = 0.06
"""What the first passage of an article gains on the others of that article: news says it first."""

NEW = 0.75
"""Years before the newest article in which all articles count as equally new."""
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the index reads it: its words, and its vector `(dim,)`."""

    text: str
    vector: Vectors


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidate passages, best first, with every signal of each: arrays of one length."""

    numbers: Numbers
    articles: Numbers
    scores: Vectors
    signals: dict[str, Vectors]

    def __len__(self) -> int:
        return len(self.numbers)


def rank(index: ArticleIndex, query: Query, narrow: Filter, depth: int = POOL) -> Ranking:
    """Candidates of both kinds of search, every one with all its signals, fused and sorted."""
    numbers = _candidates(index, query, narrow, max(depth, POOL))
    articles = index.catalog.article_numbers(numbers)
    signals = _signals(index, query, numbers, articles)
    scores = _by_article(_fused(signals), articles, index.catalog.first_passages(numbers))
    order = np.lexsort((numbers, -scores))
    sorted_signals = {name: values[order] for name, values in signals.items()}
    return Ranking(numbers[order], articles[order], scores[order], sorted_signals)


def _candidates(index: ArticleIndex, query: Query, narrow: Filter, pool: int) -> Numbers:
    near, _ = index.vectors.search(query.vector, pool, index.catalog.allowed(narrow))
    matching, _ = index.passage_words.search(query.text, pool, narrow)
    return np.union1d(near, matching).astype(np.int64)


def _signals(index: ArticleIndex, query: Query, numbers: Numbers, articles: Numbers) -> dict[str, Vectors]:
    unique, inverse = np.unique(articles, return_inverse=True)
    return {
        "dense": index.vectors.scores(query.vector, numbers),
        "passage_words": index.passage_words.scores(query.text, numbers),
        "article_words": index.article_words.scores(query.text, unique)[inverse],
        "recency": _recency(index.catalog.days(unique), _today(query.text, index.catalog.newest))[inverse],
    }


def _today(question: str, newest: float) -> float:
    """The day that recency counts from: the corpus's newest, or the end of a year that the question names."""
    years = [int(year) for year in _YEAR.findall(question)]
    return min(newest, float(date(max(years), 12, 31).toordinal())) if years else newest


def _recency(days: Vectors, today: float) -> Vectors:
    """1 for what is new, then falling by half every four months; 0.5 without a date."""
    years = np.maximum(0, (today - days) / np.float32(365.25) - NEW)
    return np.asarray(np.nan_to_num(np.exp(-2 * years), nan=0.5), np.float32)


def _fused(signals: dict[str, Vectors]) -> Vectors:
    """The weighted sum of the signals."""
    weighted = [
        np.float32(getattr(WEIGHTS, field.name)) * _relative(signals[field.name]) for field in fields(WEIGHTS)
    ]
    return np.asarray(np.sum(weighted, axis=0), np.float32)


def _relative(values: Vectors) -> Vectors:
    """Values divided by the best one; nothing below 0."""
    positive = np.maximum(values, 0).astype(np.float32)
    best = positive.max(initial=0)
    return np.asarray(positive / best if best > 0 else positive, np.float32)


def _by_article(scores: Vectors, articles: Numbers, leads: NDArray[np.bool_]) -> Vectors:
    """Articles keep the order of their best passages; inside each, its first passage gains `LEAD`."""
    if not len(scores):
        return scores
    within = scores + np.float32(LEAD) * leads
    unique, inverse = np.unique(articles, return_inverse=True)
    best, best_within = np.full((2, len(unique)), -np.inf, np.float32)
    np.maximum.at(best, inverse, scores)
    np.maximum.at(best_within, inverse, within)
    return np.asarray(within + (best - best_within)[inverse], np.float32)
