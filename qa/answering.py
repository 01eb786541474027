"""The sentence that answers, and how likely it is that the corpus answers at all."""

import math
from collections.abc import Sequence

import numpy as np

from embeddings.index import ArticleIndex
from embeddings.sentences import sentence_spans
from embeddings.types import Passage
from qa.ranking import Query, Ranking
from qa.types import Answer

READ = 3
"""Passages whose sentences are compared."""
THRESHOLD = 0.5
"""`answerable` from which an answer is given."""


def answer_sentence(index: ArticleIndex, query: Query, passages: Sequence[Passage]) -> Answer | None:
    """The sentence of the first passages that is nearest to the question; None without passages."""
    candidates = [
        Answer(passage.article, passage.start + start, passage.start + end, rank)
        for rank, passage in enumerate(passages[:READ], 1)
        for start, end in sentence_spans(passage.text)
    ]
    if not candidates:
        return None
    cosines = index.encoder.encode_document([candidate.text for candidate in candidates]) @ query.vector
    return candidates[int(np.argmax(cosines))]


def answerable(ranking: Ranking) -> float:
    """Probability that the corpus answers the question."""
    if not len(ranking):
        return 0.0
    return 1 / (1 + math.exp(-20 * (float(ranking.signals["dense"].max()) - 0.45)))
