"""A generation written to Milvus, in batches that one request can carry."""

import hashlib
import json
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.backends.folder.words import WordWriter
from embeddings.backends.milvus import schema
from embeddings.backends.milvus.bulk_import import Import
from embeddings.backends.milvus.connection import Connection
from embeddings.backends.milvus.lease import Heartbeat
from embeddings.backends.protocols import Previous
from embeddings.index.about import About
from embeddings.index.manifest import FileSum, Manifest
from embeddings.index.records import CatalogStats, Kept, content_hash, day_number, recent_rank
from embeddings.sources.source import Source
from embeddings.text.analysis import analyze
from embeddings.text.copies import Copy, copied_stories, signature
from embeddings.text.passages import PassageSettings
from embeddings.text.sentences import Span
from embeddings.text.terms import searched
from embeddings.types import Article, Encoder, Vectors

_ROWS = 1_000
_BYTES = 4_000_000
"""Of one insert: Milvus refuses requests of 64 MB."""
_BULK, _BULK_BYTES = 20_000, 64_000_000
"""Of one file to import: text of some 200 MB, and not a segment for every thousand rows."""
_STORIES = 100
"""Copied articles whose rows are written again together."""
_NOTHING = [0.0, 0.0]


class MilvusWriter:
    """Fills the collections `names`; where the server has no words, `words` is the folder for ours."""

    def __init__(
        self,
        connection: Connection,
        names: schema.Names,
        dim: int,
        previous: Previous | None,
        words: Path,
        words_before: Path | None,
        heartbeat: Heartbeat,
        bulk: Import | None,
    ) -> None:
        self._connection = connection
        self._names = names
        self._previous = previous
        self._words_before = words_before
        self._import = bulk
        self._inserts = {name: _Inserts(connection, name, heartbeat, self._import) for name in names}
        self._waiting: deque[dict[str, Any]] = deque()
        self._copies: list[Copy] = []
        self._digest = hashlib.sha256()
        self._bytes = 0
        self._counts: dict[str, list[int]] = {}
        self._days: list[str] = []
        self._sources: Counter[str] = Counter()
        self._languages: Counter[str] = Counter()
        self._words: tuple[WordWriter, WordWriter] | None = None
        if not connection.has_words:
            words.mkdir(parents=True)
            self._words = WordWriter(words / "passages"), WordWriter(words / "articles")
        self.articles = 0
        self.passages = 0
        schema.create(connection, names, dim, heartbeat.said())
        heartbeat.start()

    def add(self, article: Article, spans: Sequence[Span], kept: Kept | None = None) -> None:
        number, first = self.articles, self.passages
        sketch = kept.signature if kept else signature(article.text)
        self._copies.append(Copy(article.title, article.source, article.date, sketch))
        about = {"date": day_number(article.date), "source": schema.publisher(article.source)}
        self._add_article(article, about, {"number": number, "first": first, "count": len(spans)}, sketch)
        for passage, (start, end) in enumerate(spans, first):
            terms = self._terms(article, article.text[start:end])
            self._count(terms, 0)
            row = {"number": passage, "article": number, "start": start, "end": end, **about}
            self._waiting.append(row | self._searched(next(schema.term_pieces(terms))))
            if self._words:
                text = article.text[start:end]
                self._words[0].add(
                    passage, article.title, text, article.date, article.source, article.language
                )
        if self._words:
            self._words[1].add(
                number, article.title, article.text, article.date, article.source, article.language
            )
        if article.date:
            self._days.append(article.date)
        if article.source:
            self._sources[article.source] += 1
        self._languages[article.language] += 1
        self.articles += 1
        self.passages += len(spans)

    def add_vectors(self, vectors: Vectors) -> None:
        for vector in np.asarray(vectors, np.float32):
            self._inserts[self._names.passages].add(self._waiting.popleft() | {"vector": vector})

    def finish(
        self, sources: Sequence[Source], encoder: Encoder, settings: PassageSettings, about: About
    ) -> Manifest:
        for term, (passages, articles) in self._counts.items():
            row = {"term": term, "passages": passages, "articles": articles, "no_vector": _NOTHING}
            self._inserts[self._names.terms].add(row)
        for inserts in self._inserts.values():
            inserts.send()
        if self._import:
            self._import.wait()
        for writer in self._words or ():
            writer.close()
        kind = schema.index(self._connection, self._names, self.passages)
        self._tell_stories()
        days: list[str | None] = [*sorted(self._days)] or [None]
        stats = CatalogStats(
            articles=self.articles,
            passages=self.passages,
            since=days[0],
            until=days[-1],
            sources=dict(self._sources.most_common()),
            recent=days[recent_rank(len(days))],
        )
        texts = {"articles": FileSum(self._bytes, self._digest.hexdigest())}
        counts = self.articles, self.passages
        manifest = Manifest.of(sources, encoder, settings, counts, kind, texts, self._languages, about)
        schema.note(self._connection, self._names.articles, {schema.STATS: schema.packed(stats)})
        schema.note(self._connection, self._names.passages, {schema.MANIFEST: manifest.to_json()})
        return manifest

    def repeats(self, manifest: Manifest) -> bool:
        if not (self._previous and self._previous.vectors):
            return False
        if self._words and not (self._words_before and self._words_before.is_dir()):
            return False
        return replace(manifest, created=self._previous.manifest.created) == self._previous.manifest

    def _add_article(
        self, article: Article, about: dict[str, Any], place: dict[str, int], sketch: bytes
    ) -> None:
        origin = [article.url, article.date, article.source, article.path]
        fields = [article.id, article.title, *origin, article.pages, article.language]
        head = json.dumps(fields, ensure_ascii=False)
        content = content_hash(article)
        self._digest.update(head.encode() + b"\0" + content)
        self._bytes += len(article.text.encode())
        terms = self._terms(article, article.text)
        self._count(terms, 1)
        first = place["number"] * schema.PIECES
        parts = zip_longest(schema.pieces(head), schema.pieces(article.text), fillvalue="")
        for piece, (head_piece, text_piece) in enumerate(parts):
            text = {"row": first + piece, "number": place["number"], "piece": piece, "no_vector": _NOTHING}
            self._inserts[self._names.texts].add(text | {"head": head_piece, "text": text_piece})
        row = {
            **place,
            **about,
            "id_hash": schema.text_hash(article.id),
            "language": article.language,
            "content": content.hex(),
            "signature": sketch.hex(),
            "story": -1,
        }
        for piece, some in enumerate(schema.term_pieces(terms)):
            words = self._searched(some) or {"no_vector": _NOTHING}
            self._inserts[self._names.articles].add(row | {"row": first + piece, "piece": piece} | words)

    def _searched(self, terms: str) -> dict[str, Any]:
        """What the server makes words of, or what stands in a collection without any."""
        return {"terms": terms} if self._connection.has_words else {}

    def _terms(self, article: Article, text: str) -> list[str]:
        return analyze(searched(article.title, text), article.language)

    def _count(self, terms: list[str], kind: int) -> None:
        for term in set(terms):
            self._counts.setdefault(term, [0, 0])[kind] += 1

    def _tell_stories(self) -> None:
        """Copies are known only when all articles are: the rows of those few are written again."""
        found = copied_stories(self._copies)
        copied = list(found)
        client, name = self._connection.client, self._names.articles
        for first in range(0, len(copied), _STORIES):
            rows = client.query(
                name,
                filter=f"number in {copied[first : first + _STORIES]}",
                output_fields=schema.article_fields(self._connection),
                consistency_level="Strong",
            )
            client.upsert(name, [{**row, "story": found[int(row["number"])]} for row in rows])
        if copied:
            client.flush(name)


class _Inserts:
    """Rows of one collection on their way."""

    def __init__(self, connection: Connection, name: str, heartbeat: Heartbeat, bulk: Import | None) -> None:
        self._connection = connection
        self._import = bulk
        self._most = _BULK if bulk else _ROWS
        self._largest = _BULK_BYTES if bulk else _BYTES
        self._name = name
        self._heartbeat = heartbeat
        self._rows: list[dict[str, Any]] = []
        self._size = 0

    def add(self, row: dict[str, Any]) -> None:
        size = sum(len(value) for value in row.values() if isinstance(value, str))
        if self._size + size > self._largest or len(self._rows) >= self._most:
            self.send()
        self._rows.append(row)
        self._size += size

    def send(self) -> None:
        if self._rows:
            self._heartbeat.check()
            if self._import:
                self._import.take(self._name, self._rows)
            else:
                self._connection.client.insert(self._name, self._rows)
            self._rows, self._size = [], 0
