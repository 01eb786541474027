"""How likely it is that the corpus answers a question, from what was found for it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

from embeddings.index.index import ArticleIndex
from embeddings.types import Passage
from qa.answer.score_gaps import gap, words_gap
from qa.answer.sentence import LEAD, READ, Sentence
from qa.retrieval.cosine_scale import comparable
from qa.retrieval.coverage import Coverage
from qa.retrieval.ranking import Query, Ranking

THRESHOLD = 0.25
"""`answerable` from which an answer is given. On the news set, where the corpus answers five questions for
two that it does not, one answer in ten is then given to a question that it does not answer."""


@dataclass(frozen=True, slots=True)
class Found:
    """What speaks for an answer being there; gaps as in `qa.answer.score_gaps`."""

    lead_cosine: float
    """Best cosine of an article's first passage."""
    lead_coverage: float
    """Share of the question that the head of the best covering article holds."""
    coverage: float
    """Share that the first passages and their titles hold together."""
    title_cosine: float
    """Best cosine of a title of theirs."""
    dense_gap: float
    """Of cosines."""
    words_gap: float
    """Of BM25 of passages, as a share of the most that the question could reach."""
    vote: float
    """How strongly good sentences agree on what the best one says: see qa/answer/sentence.py."""
    size: float
    """Natural logarithm of the number of articles: chance matches grow with it."""


WEIGHTS = Found(
    lead_cosine=6.59,
    lead_coverage=2.10,
    coverage=2.00,
    title_cosine=2.31,
    dense_gap=-1.48,
    words_gap=10.39,
    vote=3.06,
    size=-0.55,
)
BIAS = -4.86
"""Logistic regression on news of 2022, cut into corpora of 30 to 4,758 articles, with as many questions
that they do not answer: benchmarks/fit/signs.py."""


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
    dense = comparable(index, ranking.signals["dense"])
    leads = dense[index.catalog.first_passages(ranking.numbers)]
    titles = sorted({passage.article.title for passage in best if passage.article.title})
    near = comparable(index, index.encoder.encode_document(titles) @ query.vector)
    return Found(
        lead_cosine=float(leads.max(initial=0)),
        lead_coverage=max(
            coverage.share([p.article.title, p.article.text[:LEAD]], p.article.language) for p in best
        ),
        coverage=coverage.together(best),
        title_cosine=float(near.max(initial=0)),
        dense_gap=gap(dense),
        words_gap=words_gap(index, query, ranking),
        vote=sentences[0].features.vote,
        size=math.log(index.manifest.articles),
    )
