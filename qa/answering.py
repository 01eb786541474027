"""How likely it is that the corpus answers a question, from what was found for it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from embeddings.index import ArticleIndex
from embeddings.types import Passage
from qa.coverage import Coverage
from qa.ranking import Query, Ranking
from qa.sentences import READ, Sentence

THRESHOLD = 0.3
"""`answerable` from which an answer is given. On the news set, where the corpus answers five questions for
two that it does not, one answer in ten is then given to a question that it does not answer."""
_LEAD = 700
"""Characters at the head of an article that say what it is about."""


@dataclass(frozen=True, slots=True)
class Found:
    """What speaks for an answer being there."""

    cosine: float
    """Best cosine of a passage."""
    lead_cosine: float
    """Best cosine of an article's first passage."""
    coverage: float
    """Share of the question that the best covering passage holds, with its title."""
    lead_coverage: float
    """Share that the head of the best covering article holds."""
    margin: float
    """Lead of the first article over the next five."""
    sentence_cosine: float
    """Best cosine of a sentence of the first passages."""
    size: float
    """Natural logarithm of the number of articles: chance matches grow with it."""


WEIGHTS = Found(
    cosine=1.51,
    lead_cosine=4.31,
    coverage=2.69,
    lead_coverage=2.67,
    margin=5.15,
    sentence_cosine=3.71,
    size=-0.50,
)
BIAS = -5.77
"""Logistic regression on news of 2022, cut into corpora of 30 to 4,758 articles, with as many questions
that they do not answer: benchmarks/fit.py."""


def answerable(found: Found) -> float:
    """Probability that the corpus answers, 0 to 1, where half of all questions have an answer."""
    total = BIAS + sum(getattr(found, field.name) * getattr(WEIGHTS, field.name) for field in fields(found))
    return 1 / (1 + math.exp(-total))


def found(
    index: ArticleIndex,
    query: Query,
    ranking: Ranking,
    passages: Sequence[Passage],
    sentences: Sequence[Sentence],
) -> Found | None:
    """What was found for `query`; None where nothing was."""
    if not sentences:
        return None
    coverage = Coverage.of(query.text, index.article_words)
    best = passages[:READ]
    dense = ranking.signals["dense"]
    leads = dense[index.catalog.first_passages(ranking.numbers)]
    return Found(
        cosine=float(dense.max()),
        lead_cosine=float(leads.max(initial=0)),
        coverage=max(coverage.share([p.article.title, p.text]) for p in best),
        lead_coverage=max(coverage.share([p.article.title, p.article.text[:_LEAD]]) for p in best),
        margin=_margin(ranking),
        sentence_cosine=max(sentence.features.cosine for sentence in sentences),
        size=math.log(index.manifest.articles),
    )


def _margin(ranking: Ranking) -> float:
    """Score of the first article less the mean of the five after it."""
    _, firsts = np.unique(ranking.articles, return_index=True)
    scores = np.sort(ranking.scores[firsts])[::-1]
    return float(scores[0] - (scores[1:6].mean() if len(scores) > 1 else 0))
