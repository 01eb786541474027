"""By how much the best passage of a question beats the others: where there is an answer, it stands out."""

import numpy as np

from embeddings.index.index import ArticleIndex
from embeddings.types import Vectors
from qa.retrieval.ranking import Query, Ranking, most_words

_TENTH = 10


def gap(values: Vectors) -> float:
    """The largest of `values` less the tenth, or the last where there are fewer; 0 without any."""
    order = np.sort(values)[::-1]
    return float(order[0] - order[min(_TENTH, len(order)) - 1]) if len(order) else 0.0


def words_gap(index: ArticleIndex, query: Query, ranking: Ranking) -> float:
    """The gap of BM25 of passages, as shares of the most that the question could reach."""
    most = most_words(index, index.passage_words, query.text, ranking.articles)
    values = ranking.signals["passage_words"]
    return gap(np.asarray(values / np.where(most > 0, most, 1.0).astype(np.float32), np.float32))
