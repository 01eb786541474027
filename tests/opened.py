"""Indexes that a test opens; they are closed when it ends."""

from contextlib import ExitStack
from pathlib import Path

from embeddings.backends import open as backends
from embeddings.index.index import ArticleIndex
from embeddings.types import Encoder
from qa import QA
from qa.answer.judge import Judge
from qa.answer.load_judge import DEFAULT_READER
from qa.retrieval.reranker import Reranker

_OPENED = ExitStack()


def open_index(place: str | Path, encoder: Encoder | None = None) -> ArticleIndex:
    index = backends.open_index(place, encoder)
    _OPENED.callback(index.close)
    return index


def open_qa(
    place: str | Path,
    encoder: Encoder | None = None,
    reranker: Reranker | None = None,
    grouped: bool = True,
    reader: str | Judge = DEFAULT_READER,
) -> QA:
    return _OPENED.enter_context(QA.open(place, encoder, reranker, grouped, reader))


def close_all() -> None:
    _OPENED.close()
