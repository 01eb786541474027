"""One generation of an index, open for reading: searched by meaning and by words."""

from concurrent.futures import ThreadPoolExecutor, wait
from functools import cached_property
from typing import Self

import numpy as np

from embeddings.errors import IndexMismatchError
from embeddings.index.manifest import Manifest
from embeddings.index.parts import ArticleCatalog, PassageVectors, Words
from embeddings.types import Encoder, Filter, Numbers, Vectors

_BLOCKS, _BLOCK = 8, 32
"""Runs of passages, and how long each is, from which the background of all cosines is taken."""


class ArticleIndex:
    """One generation of an index, open for reading: vectors, words and catalog, with their encoder.

    Parts number passages and articles alike: `catalog` tells what a number stands for.
    """

    def __init__(
        self,
        name: str,
        remedy: str,
        manifest: Manifest,
        encoder: Encoder,
        catalog: ArticleCatalog,
        vectors: PassageVectors,
        passage_words: Words,
        article_words: Words,
    ) -> None:
        self.name = name
        """Where this generation lies, as messages have it."""
        self.remedy = remedy
        self.manifest = manifest
        self.encoder = encoder
        self.catalog = catalog
        self.vectors = vectors
        self.passage_words = passage_words
        self.article_words = article_words

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files and threads that it holds; nothing can be read from it any more."""
        if searches := self.__dict__.pop("_searches", None):
            searches.shutdown()
        self.catalog.close()

    def candidates(
        self, vector: Vectors, text: str, k: int, narrow: Filter
    ) -> tuple[Numbers, Numbers, Numbers]:
        """Numbers of the `k` passages nearest to `vector` `(dim,)`, of the `k` that match the words of
        `text`, and of the `k // 4` articles that do, best first; the three searches go out together.
        """
        near = self._searches.submit(self.vectors.search, vector, k, narrow)
        matching = self._searches.submit(self.passage_words.search, text, k, narrow)
        try:
            articles, _ = self.article_words.search(text, k // 4, narrow)
        finally:
            wait((near, matching))
        return near.result()[0], matching.result()[0], articles

    @cached_property
    def background(self) -> tuple[float, float] | None:
        """Mean and standard deviation of the cosines of random pairs of passages; None of fewer than 256."""
        passages = len(self.vectors)
        if passages < _BLOCKS * _BLOCK:
            return None
        firsts = np.linspace(0, passages - _BLOCK, _BLOCKS).astype(int)
        some = np.concatenate([self.vectors.rows(int(first), _BLOCK) for first in firsts])
        block = np.repeat(np.arange(_BLOCKS), _BLOCK)
        pairs = (some @ some.T)[block[:, None] < block]  # neighbours are often of one article
        return float(pairs.mean()), max(float(pairs.std()), 1e-6)

    @cached_property
    def _searches(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(2, "search")

    def check_counts(self) -> None:
        """Raises IndexMismatchError where a part does not hold as many as the manifest says."""
        passages, articles = self.manifest.passages, self.manifest.articles
        for what, found, expected in (
            ("vectors", len(self.vectors), passages),
            ("passages", self.catalog.passage_count, passages),
            ("passages of words", len(self.passage_words), passages),
            ("articles of words", len(self.article_words), articles),
        ):
            if found != expected:
                raise self.mismatch(f"{found} {what}", f"{expected}")
        if self.vectors.dim != self.manifest.dim:
            raise self.mismatch(f"vectors of {self.vectors.dim} numbers", f"{self.manifest.dim}")

    def mismatch(self, found: str, expected: str = "", part: str = "") -> IndexMismatchError:
        """The error of this index, or a part of it, that has something else than expected."""
        expectation = f", expected {expected}" if expected else ""
        return IndexMismatchError(f"{self.name}{part} has {found}{expectation}: {self.remedy}")
