"""The index of a corpus: built from sources, opened where it lies, searched by meaning and by words."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.backends.protocols import ArticleCatalog, PassageVectors, Words
from embeddings.build.builder import Progress, Report
from embeddings.errors import IndexMismatchError
from embeddings.index.manifest import Manifest
from embeddings.sources.readers import Reading
from embeddings.text.passages import PassageSettings
from embeddings.types import Article, Encoder, Filter, Numbers, Vectors

if TYPE_CHECKING:
    from embeddings.build.build import Engine


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

    @classmethod
    def open(cls, place: str | Path, encoder: Encoder | None = None) -> "ArticleIndex":
        """The published generation of the index at `place`: a folder, or the address of a Milvus server.

        The encoder is the one that the index was built with, unless one is given. Raises NoIndexError,
        IndexMismatchError (another format, another model, a missing or altered file) or ModelError.
        """
        from embeddings.backends.open import store

        return store(place).open(encoder)

    @classmethod
    def build(
        cls,
        sources: Sequence[str | Path],
        place: str | Path,
        model: str | None = None,
        rebuild: bool = False,
        settings: PassageSettings | None = None,
        encoder: Encoder | None = None,
        progress: Callable[[Progress], None] = lambda _: None,
        reading: Reading | None = None,
        engine: "Engine | None" = None,
    ) -> Report:
        """Make the index at `place` hold exactly the articles of `sources`: see `build.build`."""
        from embeddings.backends.open import store
        from embeddings.build.build import build

        return build(store(place), sources, model, rebuild, settings, encoder, progress, reading, engine)

    def rewrite(self, place: str | Path, change: Callable[[Article], Article] = lambda a: a) -> Report:
        """Write a copy of this index to `place`, with each article as `change` returns it.

        Only the articles that `change` alters are cut and encoded again; their ids must stay. Raises QAError
        where `place` holds anything: no index is ever overwritten by a copy.
        """
        from embeddings.backends.open import store
        from embeddings.build.build import rewrite

        return rewrite(self, store(place), change)

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
