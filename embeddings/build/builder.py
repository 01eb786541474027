"""Articles into a new generation: unchanged ones carried over, the others cut and encoded in batches."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, replace
from time import perf_counter
from typing import TypeAlias

from embeddings.backends.protocols import Previous, Writer
from embeddings.build.changes import ChangeCounter
from embeddings.build.journal import Journal
from embeddings.build.report import Progress, Report
from embeddings.encoders.batches import BATCH
from embeddings.index.about import About
from embeddings.index.records import Kept, content_hash
from embeddings.sources.source import Source
from embeddings.text.languages import identified
from embeddings.text.passages import PassageSettings, cut, documents
from embeddings.types import Article, Encoder, Prepared, Skipped, Vectors

Waiting: TypeAlias = "str | Kept | Vectors"
"""A passage's text, or the vectors of a whole article: those carried over, or those that came with it."""


class Builder:
    """Fills one generation through `writer`."""

    def __init__(
        self,
        writer: Writer,
        encoder: Encoder,
        settings: PassageSettings,
        previous: Previous | None,
        journal: Journal,
    ) -> None:
        self._writer = writer
        self._encoder = encoder
        self._journal = journal
        self._settings = settings
        self._previous = previous
        self._waiting: list[Waiting] = []
        self._encoding: tuple[list[Waiting], Future[Vectors]] | None = None
        self._thread = ThreadPoolExecutor(1, "encode")
        self._changes = ChangeCounter(previous.before if previous else {})
        self._fresh = 0
        self._sent = 0
        """Passages whose vectors no longer wait to be made."""

    def build(
        self,
        items: Iterable[Article | Skipped | Prepared],
        sources: Sequence[Source],
        fraction: Callable[[], float],
        progress: Callable[[Progress], None],
        about: About,
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
                if self._writer.passages - self._sent >= BATCH:
                    self._encode()
                    progress(Progress(self._writer.articles, self._writer.passages, fraction()))
            self._encode()
            self._keep_vectors()
        progress(Progress(self._writer.articles, self._writer.passages, 1.0))
        manifest = self._writer.finish(sources, self._encoder, self._settings, about)
        return Report(
            articles=manifest.articles,
            passages=manifest.passages,
            encoded=self._fresh - self._journal.reused,
            resumed=self._journal.reused,
            **asdict(self._changes.changes()),
            skipped=tuple(skipped),
            seconds=perf_counter() - started,
            languages=manifest.languages,
            model=manifest.model,
            published=not self._writer.repeats(manifest),
        )

    def _add(self, item: Article | Prepared) -> None:
        article = item.article if isinstance(item, Prepared) else item
        content = content_hash(article)
        self._changes.add(article.id, content)
        kept = None
        if self._previous and self._previous.vectors:
            kept = self._previous.catalog.kept_by_content(content)
        if kept and self._previous:
            article = replace(article, language=kept.language)
            spans = self._previous.catalog.spans(kept.first, kept.count)
            self._waiting.append(kept)
        elif isinstance(item, Prepared):
            article = identified(article)
            spans = item.spans
            self._waiting.append(item.vectors)
            self._fresh += len(spans)
        else:
            article = identified(article)
            spans = cut(article, self._encoder, self._settings)
            self._waiting.extend(documents(article, spans, self._encoder, self._settings))
            self._fresh += len(spans)
        self._writer.add(article, spans, kept)

    def _encode(self) -> None:
        """Begin to encode the texts that wait, beside the reading and cutting of the next ones."""
        self._keep_vectors()
        waiting, self._waiting = self._waiting, []
        self._sent = self._writer.passages
        texts = [item for item in waiting if isinstance(item, str)]
        self._encoding = waiting, self._thread.submit(self._journal.encode, texts)

    def _keep_vectors(self) -> None:
        """Vectors of what is being encoded, in order: new ones, those that came with their article, and rows
        carried over from the old index.
        """
        if not self._encoding:
            return
        (waiting, encoded), self._encoding = self._encoding, None
        fresh = iter(encoded.result())
        for item in waiting:
            if isinstance(item, str):
                self._writer.add_vectors(next(fresh).reshape(1, -1))
            elif not isinstance(item, Kept):
                self._writer.add_vectors(item)
            elif self._previous and self._previous.vectors and item.count:
                self._writer.add_vectors(self._previous.vectors.rows(item.first, item.count))
