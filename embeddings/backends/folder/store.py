"""An index in a folder of this machine: FAISS, tantivy and SQLite files in generations."""

import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from embeddings.backends.folder import generations
from embeddings.backends.folder.catalog import Catalog
from embeddings.backends.folder.catalog_writer import CatalogWriter
from embeddings.backends.folder.disk_full import naming_a_full_disk
from embeddings.backends.folder.generations import Generations
from embeddings.backends.folder.vectors import VectorIndex, cells_path
from embeddings.backends.folder.words import WordIndex, WordWriter
from embeddings.backends.protocols import Previous
from embeddings.encoders.load import load_encoder
from embeddings.encoders.models import DEFAULT_MODEL
from embeddings.errors import IndexMismatchError, NoIndexError
from embeddings.index.about import About
from embeddings.index.checks import check
from embeddings.index.index import ArticleIndex
from embeddings.index.manifest import (
    ARTICLE_WORDS,
    ARTICLES,
    PASSAGE_WORDS,
    PASSAGES,
    VECTORS,
    FileSum,
    Manifest,
    damaged,
    sum_files,
)
from embeddings.index.parts import ArticleCatalog
from embeddings.index.records import Kept
from embeddings.sources.source import Source
from embeddings.text.passages import PassageSettings
from embeddings.text.sentences import Span
from embeddings.types import Article, Encoder, Filter, Numbers, Vectors

CELLS = cells_path(Path(VECTORS)).name


class FolderStore:
    """The index in one folder; see `embeddings.backends.folder.generations` for how it changes."""

    def __init__(self, folder: Path) -> None:
        self.home = folder
        self.name = str(folder)
        self.takes_files = True
        self._generations = Generations(folder)

    def current(self) -> str:
        return self._generations.current().name

    def open(self, encoder: Encoder | None = None) -> ArticleIndex:
        with self._generations.read() as generation:
            return open_generation(generation, encoder)

    @contextmanager
    def look(self) -> Iterator[tuple[Manifest, ArticleCatalog]]:
        with self._generations.read() as generation:
            manifest = Manifest.load(generation)
            manifest.check_files(generation)
            with closing(Catalog.open(generation / ARTICLES, generation / PASSAGES)) as catalog:
                yield manifest, catalog

    @contextmanager
    def published(self) -> Iterator["FolderPublished | None"]:
        try:
            with self._generations.read() as generation:
                yield FolderPublished(generation)
                return
        except NoIndexError:
            pass
        yield None

    @contextmanager
    def write(self) -> Iterator["FolderDraft"]:
        with naming_a_full_disk(self.home), self._generations.write() as draft:
            yield FolderDraft(draft)

    def roll_back(self) -> tuple[str, Manifest]:
        generation = self._generations.rollback(check_generation)
        return generation.name, Manifest.load(generation)

    def verify(self, encoder: Encoder | None = None) -> Iterator[str]:
        with self._generations.read() as generation:
            manifest = check_generation(generation)
            size = sum(file.size for file in manifest.files.values())
            yield f"files: {len(manifest.files)} of {size / 1e6:.1f} MB, as they were published (SHA-256)"
            yield from check(open_generation(generation, encoder))


@dataclass(frozen=True, slots=True)
class FolderPublished:
    """The published generation, in its folder."""

    folder: Path

    @property
    def model(self) -> str:
        """The model that it was made with; the default where that cannot be read."""
        try:
            return Manifest.load(self.folder).model
        except IndexMismatchError:
            return DEFAULT_MODEL

    @property
    def about(self) -> About:
        """Its name and description; empty where they cannot be read."""
        try:
            return Manifest.load(self.folder).about
        except IndexMismatchError:
            return About()

    def previous(self, fingerprint: str, settings: PassageSettings) -> Previous | None:
        try:
            manifest = Manifest.load(self.folder)
            manifest.check_files(self.folder)
            known = [name for name in (ARTICLES, PASSAGES, VECTORS, CELLS) if name in manifest.files]
            manifest.check_sums(self.folder, known)
            valid = (manifest.encoder, manifest.settings) == (fingerprint, settings)
            catalog = Catalog.open(self.folder / ARTICLES, self.folder / PASSAGES)
            vectors = FolderVectors(VectorIndex.open(self.folder / VECTORS), catalog) if valid else None
            return Previous(manifest, catalog, vectors, self.folder)
        except (IndexMismatchError, RuntimeError):
            return None


class FolderDraft:
    """A generation being written in its folder."""

    def __init__(self, draft: generations.Draft) -> None:
        self._draft = draft
        self.published = FolderPublished(draft.previous) if draft.previous else None

    def writer(self, encoder: Encoder, previous: Previous | None) -> "FolderWriter":
        return FolderWriter(self._draft.folder, encoder.dim, previous)

    def publish(self) -> None:
        self._draft.publish(check_generation)


class FolderWriter:
    """Writes one generation into `folder`."""

    def __init__(self, folder: Path, dim: int, previous: Previous | None) -> None:
        self._folder = folder
        self._previous = previous
        self._catalog = CatalogWriter(folder / ARTICLES, folder / PASSAGES)
        self._passage_words = WordWriter(folder / PASSAGE_WORDS)
        self._article_words = WordWriter(folder / ARTICLE_WORDS)
        self._vectors = VectorIndex.empty(dim)
        self.articles = 0
        self.passages = 0

    def add(self, article: Article, spans: Sequence[Span], kept: Kept | None = None) -> None:
        number, first = self._catalog.add(article, spans, kept)
        title, date, source = article.title, article.date, article.source
        self._article_words.add(number, title, article.text, date, source, article.language)
        for passage, (start, end) in enumerate(spans, first):
            self._passage_words.add(passage, title, article.text[start:end], date, source, article.language)
        self.articles, self.passages = self._catalog.articles, self._catalog.passages

    def add_vectors(self, vectors: Vectors) -> None:
        self._vectors.add(vectors)

    def finish(
        self, sources: Sequence[Source], encoder: Encoder, settings: PassageSettings, about: About
    ) -> Manifest:
        self._catalog.close()
        self._passage_words.close()
        self._article_words.close()
        before = self._previous.folder if self._previous and self._previous.vectors else None
        self._vectors.save(self._folder / VECTORS, before / VECTORS if before else None)
        files = sum_files(self._folder)
        self._link_unchanged(files)
        counts = self.articles, self.passages
        kind = f"FAISS {self._vectors.factory}"
        languages = self._catalog.languages
        manifest = Manifest.of(sources, encoder, settings, counts, kind, files, languages, about)
        manifest.save(self._folder)
        return manifest

    def repeats(self, manifest: Manifest) -> bool:
        """Words come from the catalog."""
        if not (self._previous and self._previous.vectors and self._previous.folder):
            return False
        before = self._previous.manifest
        alike = replace(manifest, created=before.created, files=before.files) == before
        if not alike or any(manifest.files[n] != before.files[n] for n in (ARTICLES, PASSAGES, VECTORS)):
            return False
        try:
            before.check_sums(self._previous.folder)
        except IndexMismatchError:
            return False
        return True

    def _link_unchanged(self, files: dict[str, FileSum]) -> None:
        """Files that are the same as before take no room twice, where the file system has links."""
        if not (self._previous and self._previous.folder):
            return
        for name in (VECTORS, CELLS, PASSAGES):
            if name in files and files[name] == self._previous.manifest.files.get(name):
                link = self._folder / f"{name}.link"
                with suppress(OSError):
                    os.link(self._previous.folder / name, link)
                    link.replace(self._folder / name)


class FolderVectors:
    """Vectors of passages that are filtered by their catalog."""

    def __init__(self, vectors: VectorIndex, catalog: Catalog) -> None:
        self._vectors = vectors
        self._catalog = catalog
        self.rows = vectors.rows
        self.scores = vectors.scores

    def __len__(self) -> int:
        return len(self._vectors)

    @property
    def dim(self) -> int:
        return self._vectors.dim

    def search(self, query: Vectors, k: int, narrow: Filter | None = None) -> tuple[Numbers, Vectors]:
        return self._vectors.search(query, k, self._catalog.allowed(narrow) if narrow else None)


def open_generation(generation: Path, encoder: Encoder | None = None) -> ArticleIndex:
    """One generation, published or not; files are memory-mapped. Raises IndexMismatchError, ModelError."""
    manifest = Manifest.load(generation)
    manifest.check_files(generation)
    encoder = encoder or load_encoder(manifest.model)
    manifest.check_encoder(encoder, manifest.remedy(generation))
    try:
        vectors = VectorIndex.open(generation / VECTORS)
    except RuntimeError as error:
        raise damaged(generation / VECTORS, error) from None
    catalog = Catalog.open(generation / ARTICLES, generation / PASSAGES)
    languages = list(manifest.languages)
    index = ArticleIndex(
        str(generation),
        manifest.remedy(generation),
        manifest,
        encoder,
        catalog,
        FolderVectors(vectors, catalog),
        WordIndex.open(generation / PASSAGE_WORDS, languages),
        WordIndex.open(generation / ARTICLE_WORDS, languages),
    )
    index.check_counts()
    return index


def check_generation(generation: Path) -> Manifest:
    """What lies on the disk is what its manifest says, which is returned. Raises IndexMismatchError."""
    manifest = Manifest.load(generation)
    manifest.check_files(generation)
    manifest.check_sums(generation)
    return manifest
