"""Articles into a new generation: unchanged ones carried over, the others cut and encoded in batches."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Self

from embeddings.catalog import Catalog, CatalogWriter, Kept, content_hash
from embeddings.changes import ChangeCounter
from embeddings.errors import IndexMismatchError
from embeddings.journal import Journal
from embeddings.manifest import (
    ARTICLE_WORDS,
    ARTICLES,
    FORMAT,
    PASSAGE_WORDS,
    PASSAGES,
    VECTORS,
    FileSum,
    Manifest,
    sum_files,
)
from embeddings.passages import PassageSettings, cut, document, short_title
from embeddings.sentences import Span
from embeddings.types import Article, Encoder, Skipped, Vectors
from embeddings.vectors import VectorIndex, cells_path
from embeddings.words import WordWriter

CELLS = cells_path(Path(VECTORS)).name
_BATCH = 1024
"""Passages encoded together: enough to sort by length, few enough to show progress."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is."""

    articles: int
    passages: int
    fraction: float
    """Of the sources' bytes read, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did."""

    articles: int
    passages: int
    encoded: int
    """Passages that were encoded; the others were carried over."""
    added: int
    changed: int
    renamed: int
    deleted: int
    unchanged: int
    skipped: tuple[Skipped, ...]
    seconds: float
    resumed: int = 0
    """Passages whose vectors an interrupted build had already encoded."""
    published: bool = True
    """Whether it made a new generation: not where it would be the same as the one before."""


@dataclass(slots=True)
class Previous:
    """The generation before, all of it whole; `vectors` only where they are still valid."""

    folder: Path
    manifest: Manifest
    catalog: Catalog
    vectors: VectorIndex | None
    before: dict[str, Kept] = field(init=False)

    def __post_init__(self) -> None:
        self.before = self.catalog.kept()

    @classmethod
    def open(cls, folder: Path, fingerprint: str, settings: PassageSettings) -> Self | None:
        """None where the generation in `folder` is damaged. Its vectors are valid for this encoder's
        fingerprint and these settings, or not at all.
        """
        try:
            manifest = Manifest.load(folder)
            manifest.check_files(folder)
            known = [name for name in (ARTICLES, PASSAGES, VECTORS, CELLS) if name in manifest.files]
            manifest.check_sums(folder, known)
            valid = (manifest.encoder, manifest.settings) == (fingerprint, settings)
            vectors = VectorIndex.open(folder / VECTORS) if valid else None
            return cls(folder, manifest, Catalog.open(folder / ARTICLES, folder / PASSAGES), vectors)
        except (IndexMismatchError, RuntimeError):
            return None


class Builder:
    """Writes one generation into `folder`."""

    def __init__(
        self,
        folder: Path,
        encoder: Encoder,
        settings: PassageSettings,
        previous: Previous | None,
        journal: Journal,
    ) -> None:
        self._folder = folder
        self._encoder = encoder
        self._journal = journal
        self._settings = settings
        self._previous = previous
        self._catalog = CatalogWriter(folder / ARTICLES, folder / PASSAGES)
        self._passage_words = WordWriter(folder / PASSAGE_WORDS)
        self._article_words = WordWriter(folder / ARTICLE_WORDS)
        self._vectors = VectorIndex.empty(encoder.dim)
        self._waiting: list[str | Kept] = []
        self._encoding: tuple[list[str | Kept], Future[Vectors]] | None = None
        self._thread = ThreadPoolExecutor(1, "encode")
        self._changes = ChangeCounter(previous.before if previous else {})
        self._fresh = 0

    def build(
        self,
        items: Iterable[Article | Skipped],
        sources: list[str],
        fraction: Callable[[], float],
        progress: Callable[[Progress], None],
    ) -> Report:
        """Read all of `items`, write the generation, manifest last."""
        started = perf_counter()
        skipped: list[Skipped] = []
        with self._thread:
            for item in items:
                if isinstance(item, Skipped):
                    skipped.append(item)
                    continue
                self._add(item)
                if len(self._waiting) >= _BATCH:
                    self._encode()
                    progress(Progress(self._catalog.articles, self._catalog.passages, fraction()))
            self._encode()
            self._keep_vectors()
        progress(Progress(self._catalog.articles, self._catalog.passages, 1.0))
        manifest = self._finish(sources)
        published = not (self._previous and self._previous.vectors and _same(manifest, self._previous))
        return Report(
            articles=manifest.articles,
            passages=manifest.passages,
            encoded=self._fresh - self._journal.reused,
            resumed=self._journal.reused,
            **asdict(self._changes.changes()),
            skipped=tuple(skipped),
            seconds=perf_counter() - started,
            published=published,
        )

    def _add(self, article: Article) -> None:
        content = content_hash(article)
        self._changes.add(article.id, content)
        kept = None
        if self._previous and self._previous.vectors:
            kept = self._previous.catalog.kept_by_content(content)
        if kept and self._previous:
            spans = self._previous.catalog.spans(kept.first, kept.count)
            self._waiting.append(kept)
        else:
            spans = cut(article, self._encoder, self._settings)
            title = short_title(article.title, self._encoder, self._settings)
            self._waiting.extend(document(title, article.text[start:end]) for start, end in spans)
            self._fresh += len(spans)
        self._write(article, spans, kept)

    def _write(self, article: Article, spans: list[Span], kept: Kept | None) -> None:
        number, first = self._catalog.add(article, spans, kept)
        title, date, source = article.title, article.date, article.source
        self._article_words.add(number, title, article.text, date, source)
        for passage, (start, end) in enumerate(spans, first):
            self._passage_words.add(passage, title, article.text[start:end], date, source)

    def _encode(self) -> None:
        """Begin to encode the texts that wait, beside the reading and cutting of the next ones."""
        self._keep_vectors()
        waiting, self._waiting = self._waiting, []
        texts = [item for item in waiting if isinstance(item, str)]
        self._encoding = waiting, self._thread.submit(self._journal.encode, texts)

    def _keep_vectors(self) -> None:
        """Vectors of what is being encoded, in order: new ones, and rows carried over from the old index."""
        if not self._encoding:
            return
        (waiting, encoded), self._encoding = self._encoding, None
        fresh = iter(encoded.result())
        for item in waiting:
            if isinstance(item, str):
                self._vectors.add(next(fresh).reshape(1, -1))
            elif self._previous and self._previous.vectors and item.count:
                self._vectors.add(self._previous.vectors.rows(item.first, item.count))

    def _finish(self, sources: list[str]) -> Manifest:
        self._catalog.close()
        self._passage_words.close()
        self._article_words.close()
        before = self._previous if self._previous and self._previous.vectors else None
        self._vectors.save(self._folder / VECTORS, before.folder / VECTORS if before else None)
        files = sum_files(self._folder)
        if self._previous:
            _link_unchanged(self._folder, files, self._previous)
        manifest = Manifest(
            format=FORMAT,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            sources=sources,
            model=self._encoder.name,
            encoder=self._encoder.fingerprint,
            dim=self._encoder.dim,
            settings=self._settings,
            articles=self._catalog.articles,
            passages=self._catalog.passages,
            faiss=self._vectors.factory,
            files=files,
        )
        manifest.save(self._folder)
        return manifest


def _link_unchanged(folder: Path, files: dict[str, FileSum], previous: Previous) -> None:
    """Files that are the same as before take no room twice, where the file system has links."""
    for name in (VECTORS, CELLS, PASSAGES):
        if name in files and files[name] == previous.manifest.files.get(name):
            link = folder / f"{name}.link"
            with suppress(OSError):
                os.link(previous.folder / name, link)
                link.replace(folder / name)


def _same(manifest: Manifest, previous: Previous) -> bool:
    """Whether this is the generation before again, and that one is whole. Words come from the catalog."""
    before = previous.manifest
    alike = replace(manifest, created=before.created, files=before.files) == before
    if not alike or any(manifest.files[name] != before.files[name] for name in (ARTICLES, PASSAGES, VECTORS)):
        return False
    try:
        before.check_sums(previous.folder)
    except IndexMismatchError:
        return False
    return True
