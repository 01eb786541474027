"""The index of a corpus: built from sources, opened from a folder, searched by meaning and by words."""

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
from embeddings.errors import IndexMismatchError, NoIndexError, QAError
from embeddings.generations import Generations
from embeddings.journal import Journal, resumable
from embeddings.manifest import ARTICLE_WORDS, ARTICLES, PASSAGE_WORDS, PASSAGES, VECTORS, Manifest, damaged
from embeddings.models import DEFAULT_MODEL
from embeddings.passages import PassageSettings
from embeddings.readers import Reading
from embeddings.types import Article, Encoder, Skipped
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
        with Generations(Path(folder)).read() as generation:
            return cls.open_generation(generation, encoder)

    @classmethod
    def open_generation(cls, generation: Path, encoder: Encoder | None = None) -> Self:
        """One generation, published or not; errors as in `open`."""
        manifest = Manifest.load(generation)
        manifest.check_files(generation)
        encoder = encoder or load_encoder(manifest.model)
        manifest.check_encoder(encoder, generation)
        try:
            vectors = VectorIndex.open(generation / VECTORS)
        except RuntimeError as error:
            raise damaged(generation / VECTORS, error) from None
        index = cls(
            generation,
            manifest,
            encoder,
            Catalog.open(generation / ARTICLES, generation / PASSAGES),
            vectors,
            WordIndex.open(generation / PASSAGE_WORDS),
            WordIndex.open(generation / ARTICLE_WORDS),
        )
        index._check_counts()
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
        Vectors of articles whose title and text have not changed are carried over, unless `rebuild`, and
        those that an interrupted build has encoded are not encoded again. The model is the given one, or
        that of the index there, or the default. What is published is whole: until then, and if anything
        fails, the index stays as it was. Where the generation would be the same again, none is made.
        """
        folder = Path(folder)
        corpus = Corpus(with_added(sources, folder), reading)
        settings = settings or PassageSettings()
        generations = Generations(folder)
        before = _published(generations)
        try:
            with told_of_a_full_disk(folder), generations.write() as draft:
                encoder = encoder or load_encoder(model or indexed_model(draft.previous))
                previous = _previous(draft.previous, encoder, settings, rebuild)
                journal = Journal(folder, encoder, settings)
                try:
                    builder = Builder(draft.folder, encoder, settings, previous, journal)
                    report = builder.build(
                        corpus, [str(source) for source in sources], lambda: corpus.fraction, progress
                    )
                finally:
                    journal.close()
                if not report.articles:
                    raise nothing(report.skipped, folder)
                if report.published:
                    draft.publish(_check)
                journal.remove()
        except KeyboardInterrupt:
            raise KeyboardInterrupt(_interrupted(generations, before)) from None
        return report

    def rewrite(self, folder: str | Path, change: Callable[[Article], Article]) -> Report:
        """Write a copy of this index to `folder`, with each article as `change` returns it.

        Only the articles that `change` alters are cut and encoded again; their ids must stay. Raises QAError
        where `folder` holds anything: no index is ever overwritten by a copy.
        """
        folder = Path(folder)
        if folder.exists() and any(folder.iterdir()):
            raise QAError(f"{folder} is not empty: a copy needs a folder of its own")
        settings = self.manifest.settings
        with told_of_a_full_disk(folder), Generations(folder).write() as draft:
            previous = Previous(self.folder, self.manifest, self.catalog, self.vectors)
            journal = Journal(folder, self.encoder, settings)
            builder = Builder(draft.folder, self.encoder, settings, previous, journal)
            articles = map(change, self.catalog.all_articles())
            report = builder.build(articles, self.manifest.sources, lambda: 0.0, lambda _: None)
            draft.publish(_check)
            journal.remove()
        return report

    def _check_counts(self) -> None:
        remedy = self.manifest.remedy(self.folder)
        passages, articles = self.manifest.passages, self.manifest.articles
        for what, found, expected in (
            ("vectors", len(self.vectors), passages),
            ("passages", self.catalog.passage_count, passages),
            ("passages of words", len(self.passage_words), passages),
            ("articles of words", len(self.article_words), articles),
        ):
            if found != expected:
                raise IndexMismatchError(f"{self.folder} has {found} {what}, expected {expected}: {remedy}")
        if self.vectors.dim != self.manifest.dim:
            raise IndexMismatchError(
                f"{self.folder} has vectors of {self.vectors.dim} numbers, "
                f"expected {self.manifest.dim}: {remedy}"
            )


def read_info(folder: str | Path) -> tuple[Manifest, CatalogStats]:
    """Manifest and counts of the index in `folder`; its model is not loaded. Errors as in `open`."""
    with Generations(Path(folder)).read() as generation:
        manifest = Manifest.load(generation)
        manifest.check_files(generation)
        with closing(Catalog.open(generation / ARTICLES, generation / PASSAGES)) as catalog:
            return manifest, catalog.stats()


def roll_back(folder: str | Path) -> tuple[str, Manifest]:
    """Publish the generation before the published one again; returns its name and what it holds.

    Raises QAError where there is none, IndexMismatchError where it is not whole.
    """
    generation = Generations(Path(folder)).rollback(_check)
    return generation.name, Manifest.load(generation)


def _check(generation: Path) -> None:
    """What lies on the disk is what its manifest says."""
    manifest = Manifest.load(generation)
    manifest.check_files(generation)
    manifest.check_sums(generation)


def _published(generations: Generations) -> Path | None:
    try:
        return generations.current()
    except NoIndexError:
        return None


def indexed_model(generation: Path | None) -> str:
    """The model that `generation` was made with; the default where there is none, or it cannot be read."""
    try:
        return Manifest.load(generation).model if generation else DEFAULT_MODEL
    except IndexMismatchError:
        return DEFAULT_MODEL


def _previous(
    generation: Path | None, encoder: Encoder, settings: PassageSettings, rebuild: bool
) -> Previous | None:
    """What there was before; nothing is carried over from it if all is to be encoded again."""
    if not generation:
        return None
    return Previous.open(generation, "" if rebuild else encoder.fingerprint, settings)


def _interrupted(generations: Generations, before: Path | None) -> str:
    if _published(generations) != before:
        return "interrupted when the index was already published: it is whole, and new"
    kept = "; what was encoded is kept, and the same command goes on from there"
    return f"interrupted: the index in {generations.folder} stays as it was" + (
        kept if resumable(generations.folder) else ""
    )


def nothing(skipped: Sequence[Skipped], folder: str | Path) -> QAError:
    """The error of sources in which there is no article."""
    first = skipped[0] if skipped else None
    why = f" ({first.path}: {first.reason})" if first else ""
    return QAError(f"no article in the sources{why}: the index in {folder} stays as it was")
