"""Articles into a new generation: unchanged ones carried over, the others cut and encoded in batches."""

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from embeddings.catalog import Catalog, CatalogWriter, Kept, content_hash
from embeddings.manifest import (
    ARTICLE_WORDS,
    ARTICLES,
    FORMAT,
    PASSAGE_WORDS,
    PASSAGES,
    VECTORS,
    Manifest,
    sum_files,
)
from embeddings.passages import PassageSettings, cut, document, short_title
from embeddings.sentences import Span
from embeddings.types import Article, Encoder, Skipped, Vectors
from embeddings.vectors import VectorIndex
from embeddings.words import WordWriter

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


@dataclass(slots=True)
class Previous:
    """The generation before, where its vectors are still valid."""

    catalog: Catalog
    vectors: VectorIndex
    before: dict[str, Kept] = field(init=False)

    def __post_init__(self) -> None:
        self.before = self.catalog.kept()


@dataclass(slots=True)
class _Counts:
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    encoded: int = 0
    seen: set[str] = field(default_factory=set)
    new: list[bytes] = field(default_factory=list)


class Builder:
    """Writes one generation into `folder`."""

    def __init__(
        self, folder: Path, encoder: Encoder, settings: PassageSettings, previous: Previous | None
    ) -> None:
        self._folder = folder
        self._encoder = encoder
        self._settings = settings
        self._previous = previous
        self._catalog = CatalogWriter(folder / ARTICLES, folder / PASSAGES)
        self._passage_words = WordWriter(folder / PASSAGE_WORDS)
        self._article_words = WordWriter(folder / ARTICLE_WORDS)
        self._vectors = VectorIndex.empty(encoder.dim)
        self._waiting: list[str | Kept] = []
        self._encoding: tuple[list[str | Kept], Future[Vectors]] | None = None
        self._thread = ThreadPoolExecutor(1, "encode")
        self._counts = _Counts()

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
        self._finish(sources)
        return self._report(skipped, perf_counter() - started)

    def _add(self, article: Article) -> None:
        content = content_hash(article)
        kept = self._previous.catalog.kept_by_content(content) if self._previous else None
        self._count(article, content)
        if kept and self._previous:
            spans = self._previous.catalog.spans(kept.first, kept.count)
            self._waiting.append(kept)
        else:
            spans = cut(article, self._encoder, self._settings)
            title = short_title(article.title, self._encoder, self._settings)
            self._waiting.extend(document(title, article.text[start:end]) for start, end in spans)
            self._counts.encoded += len(spans)
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
        self._encoding = waiting, self._thread.submit(self._encoder.encode_document, texts)

    def _keep_vectors(self) -> None:
        """Vectors of what is being encoded, in order: new ones, and rows carried over from the old index."""
        if not self._encoding:
            return
        (waiting, encoded), self._encoding = self._encoding, None
        fresh = iter(encoded.result())
        for item in waiting:
            if isinstance(item, str):
                self._vectors.add(next(fresh).reshape(1, -1))
            elif self._previous and item.count:
                self._vectors.add(self._previous.vectors.rows(item.first, item.count))

    def _finish(self, sources: list[str]) -> None:
        self._catalog.close()
        self._passage_words.close()
        self._article_words.close()
        self._vectors.save(self._folder / VECTORS)
        Manifest(
            format=FORMAT,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            sources=sources,
            model=self._encoder.name,
            encoder=self._encoder.fingerprint,
            dim=self._encoder.dim,
            settings=self._settings,
            articles=self._catalog.articles,
            passages=self._catalog.passages,
            faiss=VectorIndex.FACTORY,
            files=sum_files(self._folder),
        ).save(self._folder)

    def _count(self, article: Article, content: bytes) -> None:
        counts = self._counts
        counts.seen.add(article.id)
        before = self._previous.before.get(article.id) if self._previous else None
        if before is None:
            counts.added += 1
            counts.new.append(content)
        elif before.content == content:
            counts.unchanged += 1
        else:
            counts.changed += 1

    def _report(self, skipped: list[Skipped], seconds: float) -> Report:
        counts = self._counts
        before = self._previous.before if self._previous else {}
        gone = [kept.content for id, kept in before.items() if id not in counts.seen]
        renamed = len(set(counts.new) & set(gone))
        return Report(
            articles=self._catalog.articles,
            passages=self._catalog.passages,
            encoded=counts.encoded,
            added=counts.added - renamed,
            changed=counts.changed,
            renamed=renamed,
            deleted=len(gone) - renamed,
            unchanged=counts.unchanged,
            skipped=tuple(skipped),
            seconds=seconds,
        )
