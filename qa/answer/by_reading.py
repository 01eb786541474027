"""Answers by a reader: what it marks in the best passages, weighed with how well these rank."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from embeddings.index.index import ArticleIndex
from embeddings.types import Passage, Vectors
from qa.answer.candidates import Candidate, candidates
from qa.answer.judgement import Judgement
from qa.answer.reader import Reader
from qa.answer.short_answer import answer_words
from qa.retrieval.coverage import Coverage
from qa.retrieval.ranking import Query, Ranking, best_words
from qa.types import Answer

READ = 10
"""Passages that are read, however many are shown."""
RANKING_GAIN = 0.03
"""What a passage's score gains for a unit of its best span's: see `_again`."""
THRESHOLD = 0.5
"""`answerable` from which an answer is given."""
_WIDEST = 10.0
"""Scores of spans count from minus to plus this much: beyond it they say no more."""
_TENTH = 10
_LIKELY = 1.0
"""The reader's score from which another article's answer is shown beside the first."""
_SHOWN = 3
"""Other answers, at most."""


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for a candidate."""

    span: float
    """The reader's score."""
    passage: float
    """How well its passage ranks, before it was read."""
    rank: float
    """Minus the natural logarithm of its passage's rank."""
    agreement: float
    """Logarithm of 1 and the chances that other articles give the same short answer."""
    coverage: float
    """Share of the question that its passage and title hold."""


WEIGHTS = Features(span=0.5, passage=0.5, rank=1.0, agreement=1.0, coverage=1.3)
"""Fitted by softmax over the candidates of each question: benchmarks/fit.py."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for an answer being there. Gaps are by how much the best passage beats the tenth."""

    span: float
    """The reader's score of the answer."""
    best_span: float
    """The best score of any candidate."""
    agreement: float
    """Of the answer."""
    coverage: float
    """Share of the question that the passages read and their titles hold together."""
    own_coverage: float
    """Share that the answer's own passage and title hold."""
    dense: float
    """Best cosine of a passage."""
    dense_gap: float
    words_gap: float
    """Of BM25 of passages, as a share of the most that the question could reach."""
    size: float
    """Natural logarithm of the number of articles: chance matches grow with it."""


CHANCES = Evidence(
    span=0.3,
    best_span=0.1,
    agreement=0.3,
    coverage=1.0,
    own_coverage=1.0,
    dense=2.0,
    dense_gap=0.0,
    words_gap=1.0,
    size=-0.1,
)
BIAS = -3.0
"""Logistic regression: benchmarks/fit.py."""


class ByReading:
    """A Judge that has a reader read."""

    def __init__(self, reader: Reader) -> None:
        self.name = reader.name
        self.fingerprint = reader.fingerprint
        self._reader = reader

    def judge(self, index: ArticleIndex, asked: Query, query: Query, ranking: Ranking) -> Judgement:  # noqa: ARG002
        passages = index.catalog.passages(ranking.numbers[:READ])
        spans = self._reader.read(query.text, passages)
        coverage = Coverage.of(query.text, index.article_words)
        found = candidates(passages, [float(score) for score in ranking.scores[:READ]], spans)
        if not found:
            return Judgement(ranking, None, 0.0)
        rows = features(coverage, passages, found)
        order = np.argsort([-_weighted(row, WEIGHTS) for row in rows], kind="stable")
        found, rows = [found[at] for at in order], [rows[at] for at in order]
        evidence = weighed(index, query, ranking, coverage, passages, found, rows)
        reordered, places = _again(ranking, found)
        found = [replace(one, answer=replace(one.answer, rank=places[one.answer.rank])) for one in found]
        chance = answerable(evidence)
        if chance < THRESHOLD:
            return Judgement(reordered, None, chance)
        return Judgement(reordered, found[0].answer, chance, _agreeing(found), _differing(found))


def features(coverage: Coverage, passages: Sequence[Passage], found: Sequence[Candidate]) -> list[Features]:
    """A row for each candidate."""
    held = [coverage.share([passage.article.title, passage.text]) for passage in passages]
    agreements = _agreements(found)
    return [
        Features(
            span=one.span,
            passage=one.passage,
            rank=-math.log(one.answer.rank),
            agreement=agreement,
            coverage=held[one.answer.rank - 1],
        )
        for one, agreement in zip(found, agreements, strict=True)
    ]


def _agreements(found: Sequence[Candidate]) -> list[float]:
    """For each candidate, how likely other articles are to answer the same."""
    chances: dict[str, dict[str, float]] = defaultdict(dict)
    for one in found:
        articles = chances[answer_words(one.answer.short_text)]
        id = one.answer.article.id
        articles[id] = max(articles.get(id, 0.0), _logistic(one.span))
    return [
        math.log1p(
            sum(
                chance
                for id, chance in chances[answer_words(one.answer.short_text)].items()
                if id != one.answer.article.id
            )
        )
        for one in found
    ]


def weighed(
    index: ArticleIndex,
    query: Query,
    ranking: Ranking,
    coverage: Coverage,
    passages: Sequence[Passage],
    found: Sequence[Candidate],
    rows: Sequence[Features],
) -> Evidence:
    """The evidence for the first of `found`, whose features are the first of `rows`."""
    dense = ranking.signals["dense"]
    words = ranking.signals["passage_words"] / (best_words(index.passage_words, query.text) or 1.0)
    texts = {text for passage in passages for text in (passage.article.title, passage.text) if text}
    return Evidence(
        span=_clipped(rows[0].span),
        best_span=_clipped(max(one.span for one in found)),
        agreement=rows[0].agreement,
        coverage=coverage.share(sorted(texts)),
        own_coverage=rows[0].coverage,
        dense=float(dense.max(initial=0)),
        dense_gap=_gap(dense),
        words_gap=_gap(words),
        size=math.log(index.manifest.articles),
    )


def answerable(evidence: Evidence) -> float:
    """Probability that the corpus answers, 0 to 1, where half of all questions have an answer."""
    return _logistic(BIAS + _weighted(evidence, CHANCES))


def _again(ranking: Ranking, found: Sequence[Candidate]) -> tuple[Ranking, dict[int, int]]:
    """`ranking` with what was read in a new order, and the new rank of each old one; both from 1."""
    best: dict[int, float] = defaultdict(lambda: -_WIDEST)
    for one in found:
        best[one.answer.rank] = max(best[one.answer.rank], _clipped(one.span))
    read = min(READ, len(ranking))
    gains = np.zeros(len(ranking), np.float32)
    gains[:read] = [RANKING_GAIN * (best[rank] + _WIDEST) for rank in range(1, read + 1)]
    reordered = ranking.again(gains, "reader")
    new = {int(number): rank for rank, number in enumerate(reordered.numbers, 1)}
    return reordered, {rank: new[int(number)] for rank, number in enumerate(ranking.numbers, 1)}


def _agreeing(found: Sequence[Candidate]) -> tuple[Answer, ...]:
    """The first short answer as other articles give it."""
    said = answer_words(found[0].answer.short_text)
    return tuple(one.answer for one in _of_others(found) if answer_words(one.answer.short_text) == said)


def _differing(found: Sequence[Candidate]) -> tuple[Answer, ...]:
    """What other articles answer instead: neither holds the other's words."""
    said = set(answer_words(found[0].answer.short_text).split())
    others: dict[str, Answer] = {}
    for one in _of_others(found):
        words = answer_words(one.answer.short_text)
        apart = not (said <= set(words.split()) or said >= set(words.split()))
        if apart and one.span >= _LIKELY and len(others) < _SHOWN:
            others.setdefault(words, one.answer)
    return tuple(sorted(others.values(), key=lambda answer: answer.article.date or "", reverse=True))


def _of_others(found: Sequence[Candidate]) -> list[Candidate]:
    """The best candidate of each article but the first one's."""
    best: dict[str, Candidate] = {}
    for one in found:
        best.setdefault(one.answer.article.id, one)
    return list(best.values())[1:]


def _gap(values: Vectors) -> float:
    """The largest of `values` less the tenth."""
    order = np.sort(values)[::-1]
    return float(order[0] - order[min(_TENTH, len(order)) - 1])


def _weighted(row: Features | Evidence, weights: Features | Evidence) -> float:
    return float(sum(getattr(row, field.name) * getattr(weights, field.name) for field in fields(row)))


def _clipped(score: float) -> float:
    return max(-_WIDEST, min(_WIDEST, score))


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value))
