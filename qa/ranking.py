"""Passages ranked for a question: by meaning, by words, by article; among equals, old news comes last."""

import re
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from embeddings.index import ArticleIndex
from embeddings.types import Filter, Numbers, Vectors
from qa.types import Signals

POOL = 200
"""Passages taken from each search, before fusion."""
WEIGHTS = Signals(dense=0.25, passage_words=0.25, article_words=0.35, recency=0.14)
"""Shares of the signals, each brought to 0..1; fitted on news of 2022: benchmarks/README.md."""
LEAD = 0.02
"""What the first passage of an article gains on the others of that article: news says it first."""

BM25_TOP = 2.2
"""BM25 (k1 1.2) of a term stays below this many times its idf."""
NEW = 0.5
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
    numbers = _candidates(index, query, narrow, min(max(depth, POOL), index.manifest.passages))
    articles = index.catalog.article_numbers(numbers)
    signals = _signals(index, query, numbers, articles)
    best_words = BM25_TOP * float(index.article_words.idf(index.article_words.terms(query.text)).sum())
    scores = _by_article(_fused(signals, best_words), articles, index.catalog.first_passages(numbers))
    order = np.lexsort((numbers, -scores))
    sorted_signals = {name: values[order] for name, values in signals.items()}
    return Ranking(numbers[order], articles[order], scores[order], sorted_signals)


def _candidates(index: ArticleIndex, query: Query, narrow: Filter, pool: int) -> Numbers:
    near, _ = index.vectors.search(query.vector, pool, index.catalog.allowed(narrow))
    matching, _ = index.passage_words.search(query.text, pool, narrow)
    articles, _ = index.article_words.search(query.text, pool // 4, narrow)
    leads = index.catalog.leads(articles)
    return np.unique(np.concatenate([near, matching, leads])).astype(np.int64)


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


def _fused(signals: dict[str, Vectors], best_words: float) -> Vectors:
    """The weighted sum of the signals.

    Cosines are divided by the question's best. BM25 is divided by the most that the question could reach:
    divided by its own best, a weak match of words would count as much as a strong one.
    """
    tops = {"dense": float(signals["dense"].max(initial=0)), "recency": 1.0}
    total = np.zeros(len(signals["dense"]), np.float32)
    for name, values in signals.items():
        top = tops.get(name, best_words)
        if top > 0:
            total += np.float32(getattr(WEIGHTS, name) / top) * np.maximum(values, 0)
    return total


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
