"""The index of a corpus: built from sources, opened from a folder, searched by meaning and by words."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Self

from embeddings.added import with_added
from embeddings.building import Builder, Previous, Progress, Report
from embeddings.catalog import Catalog, CatalogStats
from embeddings.corpus import Corpus
from embeddings.disk import told_of_a_full_disk
from embeddings.encoder import load_encoder
from embeddings.errors import IndexMismatchError, QAError
from embeddings.generations import Generations
from embeddings.manifest import ARTICLE_WORDS, ARTICLES, PASSAGE_WORDS, PASSAGES, VECTORS, Manifest
from embeddings.models import DEFAULT_MODEL
from embeddings.passages import PassageSettings
from embeddings.readers import Reading
from embeddings.types import Article, Encoder
from embeddings.vectors import VectorIndex
from embeddings.words import WordIndex


class ArticleIndex:
    """One generation of an index, open for reading: vectors, words and catalog, with their encoder.

    Parts number passages and articles alike: `catalog` tells what a number stands for.
    """

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        encoder: Encoder,
        catalog: Catalog,
        vectors: VectorIndex,
        passage_words: WordIndex,
        article_words: WordIndex,
    ) -> None:
        self.folder = folder
        self.manifest = manifest
        self.encoder = encoder
        self.catalog = catalog
        self.vectors = vectors
        self.passage_words = passage_words
        self.article_words = article_words

    @classmethod
    def open(cls, folder: str | Path, encoder: Encoder | None = None) -> Self:
        """The published generation of the index in `folder`; files are memory-mapped.

        The encoder is the one that the index was built with, unless one is given. Raises NoIndexError,
        IndexMismatchError (another format, another model, a missing or altered file) or ModelError.
        """
        folder = Path(folder)
        remedy = f"run `qa index --rebuild --index {folder}`"
        try:
            return cls._open(folder, encoder, remedy)
        except FileNotFoundError:
            pass  # a writer may have published, and swept, since CURRENT was read: look once more
        try:
            return cls._open(folder, encoder, remedy)
        except FileNotFoundError as error:
            raise IndexMismatchError(f"{error.filename} is missing: {remedy}") from None

    @classmethod
    def _open(cls, folder: Path, encoder: Encoder | None, remedy: str) -> Self:
        generation = Generations(folder).current()
        manifest = Manifest.load(generation, remedy)
        manifest.check_files(generation, remedy)
        encoder = encoder or load_encoder(manifest.model)
        manifest.check_encoder(encoder, remedy)
        try:
            index = cls(
                generation,
                manifest,
                encoder,
                Catalog.open(generation / ARTICLES, generation / PASSAGES),
                VectorIndex.open(generation / VECTORS),
                WordIndex.open(generation / PASSAGE_WORDS),
                WordIndex.open(generation / ARTICLE_WORDS),
            )
        except (sqlite3.Error, RuntimeError, ValueError) as error:
            first_line = str(error).partition("\n")[0]
            if "Permission denied" in first_line:
                raise QAError(f"{generation} must be writable, for the lock of its word index") from None
            raise IndexMismatchError(
                f"the index in {generation} is damaged ({first_line}): {remedy}"
            ) from None
        index._check_counts(remedy)
        return index

    @classmethod
    def build(
        cls,
        sources: Sequence[str | Path],
        folder: str | Path,
        model: str | None = None,
        rebuild: bool = False,
        settings: PassageSettings | None = None,
        encoder: Encoder | None = None,
        progress: Callable[[Progress], None] = lambda _: None,
        reading: Reading | None = None,
    ) -> Report:
        """Make the index in `folder` hold exactly the articles of `sources`, read as `reading` says.

        Files that were added on the page lie in the index (`embeddings.added`) and are read after them.
        Vectors of articles whose title and text have not changed are carried over, unless `rebuild`.
        The model is the given one, or that of the index there, or the default. What is published is
        whole: until then, and if anything fails, the index stays as it was.
        """
        folder = Path(folder)
        corpus = Corpus(with_added(sources, folder), reading)
        settings = settings or PassageSettings()
        with told_of_a_full_disk(folder), Generations(folder).write() as draft:
            before = None if rebuild else _manifest(draft.previous)
            encoder = encoder or load_encoder(model or (before.model if before else DEFAULT_MODEL))
            previous = _previous(draft.previous, before, encoder, settings)
            builder = Builder(draft.folder, encoder, settings, previous)
            report = builder.build(
                corpus, [str(source) for source in sources], lambda: corpus.fraction, progress
            )
            if not report.articles:
                raise QAError(_nothing(report, folder))
            draft.publish = True
        return report

    def rewrite(self, folder: str | Path, change: Callable[[Article], Article]) -> Report:
        """Write a copy of this index to `folder`, with each article as `change` returns it.

        Only the articles that `change` alters are cut and encoded again; their ids must stay. Raises QAError
        where `folder` holds anything: no index is ever overwritten by a copy.
        """
        folder = Path(folder)
        if folder.exists() and any(folder.iterdir()):
            raise QAError(f"{folder} is not empty: a copy needs a folder of its own")
        with Generations(folder).write() as draft:
            previous = Previous(self.catalog, self.vectors)
            builder = Builder(draft.folder, self.encoder, self.manifest.settings, previous)
            articles = map(change, self.catalog.all_articles())
            report = builder.build(articles, self.manifest.sources, lambda: 0.0, lambda _: None)
            draft.publish = True
        return report

    def _check_counts(self, remedy: str) -> None:
        expected = self.manifest.passages
        for what, found in (("vectors", len(self.vectors)), ("passages of words", len(self.passage_words))):
            if found != expected:
                raise IndexMismatchError(f"{self.folder} has {found} {what}, expected {expected}: {remedy}")
        if self.vectors.dim != self.manifest.dim:
            raise IndexMismatchError(
                f"{self.folder} has vectors of {self.vectors.dim} numbers, "
                f"expected {self.manifest.dim}: {remedy}"
            )


def read_info(folder: str | Path) -> tuple[Manifest, CatalogStats]:
    """Manifest and counts of the index in `folder`; its model is not loaded."""
    generation = Generations(Path(folder)).current()
    remedy = f"run `qa index --rebuild --index {folder}`"
    try:
        manifest = Manifest.load(generation, remedy)
        with closing(Catalog.open(generation / ARTICLES, generation / PASSAGES)) as catalog:
            return manifest, catalog.stats()
    except (FileNotFoundError, sqlite3.Error, ValueError) as error:
        raise IndexMismatchError(f"the index in {generation} is damaged ({error}): {remedy}") from None


def _manifest(generation: Path | None) -> Manifest | None:
    """The manifest of the generation before; None where it cannot serve, and all is made anew."""
    try:
        return Manifest.load(generation, "") if generation else None
    except (OSError, IndexMismatchError):
        return None


def _previous(
    generation: Path | None, manifest: Manifest | None, encoder: Encoder, settings: PassageSettings
) -> Previous | None:
    """What can be carried over: nothing unless encoder and cutting are the same and all files are whole."""
    if not generation or not manifest:
        return None
    if manifest.encoder != encoder.fingerprint or manifest.settings != settings:
        return None
    try:
        manifest.check_files(generation, "")
        manifest.check_sums(generation, (ARTICLES, PASSAGES, VECTORS), "")
        return Previous(
            Catalog.open(generation / ARTICLES, generation / PASSAGES), VectorIndex.open(generation / VECTORS)
        )
    except (OSError, IndexMismatchError, KeyError, sqlite3.Error, RuntimeError, ValueError):
        return None


def _nothing(report: Report, folder: Path) -> str:
    first = report.skipped[0] if report.skipped else None
    why = f" ({first.path}: {first.reason})" if first else ""
    return f"no article in the sources{why}: the index in {folder} stays as it was"
