"""What speaks for each candidate, and for an answer being there at all; and how much each sign counts."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

from embeddings.index.index import ArticleIndex
from embeddings.types import Passage
from qa.answer.candidates import Candidate
from qa.answer.score_gaps import gap, words_gap
from qa.answer.short_answer import answer_words
from qa.retrieval.cosine_scale import comparable
from qa.retrieval.coverage import Coverage
from qa.retrieval.ranking import Query, Ranking

WIDEST = 10.0
"""Scores of spans count from minus to plus this much: beyond it they say no more."""
SMALLEST, LARGEST = 28, 1_000
"""Articles of the corpora that the weights were fitted on: what fewer or more of them do is not known."""


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


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What speaks for an answer being there before anything is read; gaps as in `qa.answer.score_gaps`."""

    coverage: float
    """Share of the question that the passages read and their titles hold together."""
    dense_gap: float
    words_gap: float
    """Of BM25 of passages, as a share of the most that the question could reach."""
    size: float
    """Natural logarithm of the number of articles, `SMALLEST` to `LARGEST`: chance matches grow with it."""


@dataclass(frozen=True, slots=True)
class Read:
    """What was read for a question."""

    found: list[Candidate]
    rows: list[Features]
    """Of each of `found`."""
    around: Surroundings


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for an answer being there; see Features and Surroundings."""

    span: float
    best_span: float
    """The best score of any candidate."""
    agreement: float
    own_coverage: float
    """Share of the question that the answer's own passage and title hold."""
    coverage: float
    dense_gap: float
    words_gap: float
    size: float


@dataclass(frozen=True, slots=True)
class Tuning:
    """How much each sign counts: for one reader and one kind of corpus."""

    weights: Features
    """Of a candidate: the largest sum is the answer."""
    chances: Evidence
    bias: float
    """Of the log odds that the corpus answers, where half of all questions have an answer."""
    threshold: float
    """`answerable` from which an answer is given."""
    ranking_gain: float
    """What a passage's score gains for each unit of its best span's."""


DEFAULT_TUNING = Tuning(
    weights=Features(span=0.387, passage=0.231, rank=0.732, agreement=0.484, coverage=0.297),
    chances=Evidence(
        span=0.056,
        best_span=0.159,
        agreement=1.219,
        own_coverage=1.53,
        coverage=-0.656,
        dense_gap=0.796,
        words_gap=-1.064,
        size=-0.376,
    ),
    bias=1.826,
    threshold=0.52,
    ranking_gain=0.015,
)
"""Of the default reader: the mean of what `python -m benchmarks.fit reading` prints with the seeds' questions
and without, as they alone are of a small corpus.
"""


def features(coverage: Coverage, passages: Sequence[Passage], found: Sequence[Candidate]) -> list[Features]:
    """A row for each candidate."""
    held = [
        coverage.share([passage.article.title, passage.text], passage.article.language)
        for passage in passages
    ]
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


def surroundings(
    index: ArticleIndex, query: Query, ranking: Ranking, coverage: Coverage, passages: Sequence[Passage]
) -> Surroundings:
    """What the ranking and the words of `passages`, those that are read, say."""
    dense = comparable(index, ranking.signals["dense"])
    return Surroundings(
        coverage=coverage.together(passages),
        dense_gap=gap(dense),
        words_gap=words_gap(index, query, ranking),
        size=math.log(min(LARGEST, max(SMALLEST, index.manifest.articles))),
    )


def evidence_for(read: Read, at: int) -> Evidence:
    """The evidence for the candidate `at`."""
    return Evidence(
        span=clipped(read.rows[at].span),
        best_span=clipped(max(row.span for row in read.rows)),
        agreement=read.rows[at].agreement,
        own_coverage=read.rows[at].coverage,
        **asdict(read.around),
    )


def answerable(evidence: Evidence, tuning: Tuning = DEFAULT_TUNING) -> float:
    """Probability that the corpus answers, 0 to 1, where half of all questions have an answer."""
    return _logistic(tuning.bias + weighted(evidence, tuning.chances))


def weighted(row: Features | Evidence, weights: Features | Evidence) -> float:
    """The sum of each sign times its weight."""
    return float(sum(getattr(row, field.name) * getattr(weights, field.name) for field in fields(row)))


def clipped(score: float) -> float:
    """`score` where it still says more."""
    return max(-WIDEST, min(WIDEST, score))


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value))
