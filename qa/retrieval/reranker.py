"""The first passages read again by a cross-encoder: question and passage together, slower and finer."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np

from embeddings.encoders.models import forbid_network, model_folder
from embeddings.errors import ModelError
from embeddings.index.index import ArticleIndex
from embeddings.text.passages import document
from embeddings.types import Vectors
from qa.retrieval.ranking import Query, Ranking

READ_AGAIN = 50
"""Passages that are read again."""


class Reranker(Protocol):
    """Scores of passages for a question, on any scale."""

    def scores(self, question: str, documents: Sequence[str]) -> Vectors:
        """Float32 `(len(documents),)`, higher is better."""


class CrossEncoderReranker:
    """A CrossEncoder of sentence-transformers (Nogueira and Cho, "Passage re-ranking with BERT", 2019)."""

    def __init__(self, model: Any) -> None:
        self._model = model

    @classmethod
    def load(cls, name: str) -> Self:
        """The model `name`: a folder, or one in the local hub cache. Raises ModelError."""
        folder = model_folder(name)
        forbid_network()
        return cls(_cross_encoder(folder))

    def scores(self, question: str, documents: Sequence[str]) -> Vectors:
        pairs = [(question, text) for text in documents]
        scores = np.asarray(self._model.predict(pairs, show_progress_bar=False), np.float32)
        return scores.reshape(len(pairs), -1)[:, -1]


def reranked(index: ArticleIndex, query: Query, ranking: Ranking, reranker: Reranker) -> Ranking:
    """`ranking` with its first passages in a new order: their scores gain the reranker's, brought to 0..1."""
    first = index.catalog.passages(ranking.numbers[:READ_AGAIN])
    if not first:
        return ranking
    texts = [document(passage.article.title, passage.text) for passage in first]
    again = reranker.scores(query.text, texts)
    gains = np.zeros(len(ranking), np.float32)
    gains[: len(first)] = (again - again.min()) / max(float(np.ptp(again)), 1e-9)
    return ranking.again(gains, "reranker")


def _cross_encoder(folder: Path) -> Any:
    from sentence_transformers import CrossEncoder
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()
    try:
        model = CrossEncoder(str(folder), local_files_only=True)
    except Exception as error:  # the library raises whatever its parts raise
        raise ModelError(f"{folder} cannot be loaded as a cross-encoder: {error}") from error
    if model.num_labels > 2:
        raise ModelError(f"{folder} has {model.num_labels} labels, expected a cross-encoder with one")
    return model
