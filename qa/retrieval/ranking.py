"""Passages ranked for a question: by meaning, by words, by article; among equals, old news comes last."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.index.index import ArticleIndex
from embeddings.index.parts import Words
from embeddings.types import Filter, Numbers, Vectors
from qa.question.periods import Period
from qa.retrieval import editions
from qa.retrieval.cosine_scale import comparable
from qa.types import Signals

POOL = 200
"""Passages taken from each search, before fusion."""
WEIGHTS = Signals(dense=0.25, passage_words=0.25, article_words=0.35, recency=0.14, date=0.1, reranker=1)
"""Shares of the signals, each brought to 0..1; fitted on news of 2022: benchmarks/README.md."""
LEAD = 0.02
"""What the first passage of an article gains on the others of that article: news says it first."""

BM25_TOP = 2.2
"""BM25 (k1 1.2) of a term stays below this many times its idf."""
NEW = 0.5
"""Years before the corpus's today in which all articles count as equally new."""
_FADES = 30
"""Days outside the period asked about after which its evidence has fallen to 1/e."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the index reads it: its words, its vector `(dim,)`, and the days that it is about."""

    text: str
    vector: Vectors
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidate passages, best first, with every signal of each: arrays of one length."""

    numbers: Numbers
    articles: Numbers
    scores: Vectors
    signals: dict[str, Vectors]

    def __len__(self) -> int:
        return len(self.numbers)

    def again(self, gains: Vectors, signal: str) -> "Ranking":
        """In a new order: each score with its gain, which is kept as a `signal`; equals keep their order."""
        scores = self.scores + gains
        order = np.argsort(-scores, kind="stable")
        signals = {name: values[order] for name, values in {**self.signals, signal: gains}.items()}
        return Ranking(self.numbers[order], self.articles[order], scores[order], signals)


def rank(
    index: ArticleIndex, query: Query, narrow: Filter, depth: int = POOL, grouped: bool = True
) -> Ranking:
    """Candidates of both kinds of search, every one with all its signals, fused and sorted.

    If `grouped`, of the copies of one report only the best stays.
    """
    numbers = _candidates(index, query, narrow, min(max(depth, POOL), index.manifest.passages))
    articles = index.catalog.article_numbers(numbers)
    signals = _signals(index, query, numbers, articles)
    most = most_words(index, index.article_words, query.text, articles)
    compared = {**signals, "dense": comparable(index, signals["dense"])}
    scores = _by_article(_fused(compared, most), articles, index.catalog.first_passages(numbers))
    order = np.lexsort((numbers, -scores))
    if grouped:
        order = order[_best_copies(index.catalog.stories(articles[order]), articles[order])]
    sorted_signals = {name: values[order] for name, values in signals.items()}
    ranking = Ranking(numbers[order], articles[order], scores[order], sorted_signals)
    nearness = sorted_signals["date"]
    years = editions.gains(index, query.text, ranking.articles, ranking.scores, nearness)
    return ranking.again(years, "edition") if years.any() else ranking


def most_words(index: ArticleIndex, words: Words, text: str, articles: Numbers) -> NDArray[np.float64]:
    """Float64 `(len(articles),)`: the most that BM25 of `text` can reach in articles of their languages."""
    tops = {
        language: BM25_TOP * float(words.idf(words.terms(text, language)).sum())
        for language in words.languages
    }
    if len(tops) == 1:
        return np.full(len(articles), sum(tops.values()), np.float64)
    return np.array([tops[language] for language in index.catalog.languages(articles)], np.float64)


def _best_copies(stories: Numbers, articles: Numbers) -> NDArray[np.bool_]:
    """For each passage, in order of rank, whether its article is the first of its story."""
    _, firsts, inverse = np.unique(stories, return_index=True, return_inverse=True)
    return np.asarray(articles == articles[firsts][inverse], np.bool_)


def _candidates(index: ArticleIndex, query: Query, narrow: Filter, pool: int) -> Numbers:
    near, matching, articles = index.candidates(query.vector, query.text, pool, narrow)
    leads = index.catalog.leads(articles)
    return np.unique(np.concatenate([near, matching, leads])).astype(np.int64)


def _signals(index: ArticleIndex, query: Query, numbers: Numbers, articles: Numbers) -> dict[str, Vectors]:
    unique, inverse = np.unique(articles, return_inverse=True)
    days = index.catalog.days(unique)
    return {
        "dense": index.vectors.scores(query.vector, numbers),
        "passage_words": index.passage_words.scores(query.text, numbers),
        "article_words": index.article_words.scores(query.text, unique)[inverse],
        "recency": _recency(days, _today(query.period, index.catalog.today))[inverse],
        "date": _nearness(days, query.period)[inverse],
    }


def _today(period: Period | None, today: float) -> float:
    """The day that recency counts from: the corpus's own, or the end of the period asked about."""
    return min(today, float(period.last.toordinal())) if period else today


def _nearness(days: Vectors, period: Period | None) -> Vectors:
    """1 inside the period asked about, falling outside it; 0 without a date or a period."""
    if not period:
        return np.zeros(len(days), np.float32)
    first, last = (np.float32(day.toordinal()) for day in (period.first, period.last))
    outside = np.maximum(0, np.maximum(first - days, days - last))
    return np.asarray(np.nan_to_num(np.exp(-outside / _FADES)), np.float32)


def _recency(days: Vectors, today: float) -> Vectors:
    """1 for what is new, then falling by half every four months; 0.5 without a date."""
    years = np.maximum(0, (today - days) / np.float32(365.25) - NEW)
    return np.asarray(np.nan_to_num(np.exp(-2 * years), nan=0.5), np.float32)


def _fused(signals: dict[str, Vectors], most: NDArray[np.float64]) -> Vectors:
    """The weighted sum of the signals.

    Cosines are divided by the question's best. BM25 is divided by the most that the question could reach:
    divided by its own best, a weak match of words would count as much as a strong one.
    """
    tops = {"dense": float(signals["dense"].max(initial=0)), "recency": 1.0, "date": 1.0}
    total = np.zeros(len(signals["dense"]), np.float32)
    for name, values in signals.items():
        top = np.asarray(tops.get(name, most), np.float64)
        weight = np.divide(getattr(WEIGHTS, name), top, out=np.zeros_like(top), where=top > 0)
        total += weight.astype(np.float32) * np.maximum(values, 0)
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
