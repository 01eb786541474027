"""Generations on Milvus: written as new collections, published by an alias."""

import logging
import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from embeddings.backends.folder.words import WordIndex
from embeddings.backends.locks import only_writer
from embeddings.backends.milvus import schema
from embeddings.backends.milvus.address import Address
from embeddings.backends.milvus.bulk_import import Import
from embeddings.backends.milvus.catalog import MilvusCatalog
from embeddings.backends.milvus.connection import Connection, connect, told
from embeddings.backends.milvus.lease import Heartbeat, living
from embeddings.backends.milvus.queries import Collection, MilvusTerms, MilvusVectors, MilvusWords
from embeddings.backends.milvus.writer import MilvusWriter
from embeddings.backends.protocols import Previous
from embeddings.encoders.load import load_encoder
from embeddings.encoders.models import DEFAULT_MODEL
from embeddings.errors import IndexBusyError, IndexMismatchError, NoIndexError, QAError
from embeddings.index.checks import check
from embeddings.index.index import ArticleIndex
from embeddings.index.manifest import UNREADABLE, Manifest, rebuilding
from embeddings.index.parts import ArticleCatalog, Words
from embeddings.text.passages import PassageSettings
from embeddings.types import Encoder

log = logging.getLogger(__name__)

_PARTS = ("_articles", "_texts", "_terms")


class MilvusStore:
    """The index of one name on one server."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self.name = address.given
        self.home = address.home
        self.takes_files = address.lite

    @classmethod
    def at(cls, given: str) -> Self:
        """Raises QAError where `given` is no address."""
        return cls(Address.of(given))

    def current(self) -> str:
        return self._published().passages

    def open(self, encoder: Encoder | None = None) -> ArticleIndex:
        return self._open(self._published(), encoder)

    @contextmanager
    def look(self) -> Iterator[tuple[Manifest, ArticleCatalog]]:
        names = self._published()
        yield self._manifest(names), self._catalog(names)

    @contextmanager
    def published(self) -> Iterator["MilvusPublished | None"]:
        yield self._found()

    @contextmanager
    def write(self) -> Iterator["MilvusDraft"]:
        connect(self._address)  # which makes the folder, or says why it cannot
        self.home.mkdir(parents=True, exist_ok=True)
        with only_writer(self.home, self.name), told(self._address):
            published = self._found()
            names = self._next()
            self.sweep(published.names if published else None, release=True)
            draft = MilvusDraft(self, names, published)
            try:
                yield draft
            finally:
                self._end(draft)

    def roll_back(self) -> tuple[str, Manifest]:
        self._published()
        self.home.mkdir(parents=True, exist_ok=True)
        with only_writer(self.home, self.name), told(self._address):
            names = self._published()
            before = self._before(names)
            if not before:
                raise QAError(
                    f"{self.name} has no generation before {names.passages}: nothing to go back to; "
                    f"to make the index anew, run `qa index SOURCE --index {shlex.quote(self.name)}`"
                )
            manifest = self.check(before)
            self.point(before)
            return before.passages, manifest

    def verify(self, encoder: Encoder | None = None) -> Iterator[str]:
        names = self._published()
        self.check(names)
        yield f"server: {self.connection.address.uri}, Milvus {self.connection.version}"
        yield from check(self._open(names, encoder))

    @property
    def connection(self) -> Connection:
        return connect(self._address)

    def check(self, names: schema.Names) -> Manifest:
        """The manifest of a generation whose collections hold what it says. Raises IndexMismatchError."""
        manifest = self._manifest(names)
        for what, found, expected in (
            ("passages", Collection(self.connection, names.passages).count(), manifest.passages),
            ("articles", Collection(self.connection, names.articles).count("piece == 0"), manifest.articles),
            ("texts", Collection(self.connection, names.texts).count("piece == 0"), manifest.articles),
        ):
            if found != expected:
                raise IndexMismatchError(
                    f"{names.passages} has {found} {what}, expected {expected}: {self._remedy(manifest)}"
                )
        return manifest

    def point(self, names: schema.Names) -> None:
        """Readers that open the index from now on see this generation."""
        client, alias = self.connection.client, self._address.name
        exists = self._found() is not None
        (client.alter_alias if exists else client.create_alias)(names.passages, alias)

    def previous(self, names: schema.Names, fingerprint: str, settings: PassageSettings) -> Previous | None:
        """None where it is damaged; its vectors only where they are of this encoder and these settings."""
        try:
            manifest = self.check(names)
        except IndexMismatchError:
            return None
        valid = (manifest.encoder, manifest.settings) == (fingerprint, settings)
        vectors = self._vectors(names, manifest) if valid else None
        return Previous(manifest, self._catalog(names), vectors)

    def model(self, names: schema.Names) -> str:
        try:
            return self._manifest(names).model
        except IndexMismatchError:
            return DEFAULT_MODEL

    def words_folder(self, names: schema.Names) -> Path:
        return self.home / "words" / names.passages

    def _open(self, names: schema.Names, encoder: Encoder | None) -> ArticleIndex:
        manifest = self._manifest(names)
        encoder = encoder or load_encoder(manifest.model)
        manifest.check_encoder(encoder, self._remedy(manifest))
        passages, articles = self._words(names, manifest)
        index = ArticleIndex(
            f"{self.name} ({names.passages})",
            self._remedy(manifest),
            manifest,
            encoder,
            self._catalog(names),
            self._vectors(names, manifest),
            passages,
            articles,
        )
        index.check_counts()
        return index

    def _words(self, names: schema.Names, manifest: Manifest) -> tuple[Words, Words]:
        """As the server searches them, or in files of this machine, or not at all."""
        fields = self.connection.client.describe_collection(names.passages)["fields"]
        terms = Collection(self.connection, names.terms)
        kinds = (("passages", manifest.passages), ("articles", manifest.articles))
        if any(field["name"] == "words" for field in fields):
            units = (names.passages, names.articles)
            passages, articles = (
                MilvusWords(Collection(self.connection, unit), terms, kind, count)
                for unit, (kind, count) in zip(units, kinds, strict=True)
            )
            return passages, articles
        folder = self.words_folder(names)
        if folder.is_dir():
            return WordIndex.open(folder / "passages"), WordIndex.open(folder / "articles")
        lacking = self.connection.lacking or f"{names.passages} was made without words"
        log.warning("%s: only meaning counts; %s", lacking, self._remedy(manifest))
        one, two = (MilvusTerms(terms, kind, count) for kind, count in kinds)
        return one, two

    def _vectors(self, names: schema.Names, manifest: Manifest) -> MilvusVectors:
        passages = Collection(self.connection, names.passages)
        return MilvusVectors(passages, passages.count(), manifest.dim, self._remedy(manifest))

    def _catalog(self, names: schema.Names) -> MilvusCatalog:
        stats = schema.unpacked(self._properties(names.articles)[schema.STATS])
        passages, articles, texts, _ = (Collection(self.connection, name) for name in names)
        return MilvusCatalog(passages, articles, texts, stats, self._remedy())

    def _manifest(self, names: schema.Names) -> Manifest:
        """Raises IndexMismatchError where there is none, or it is not as expected."""
        where = f"{self.name} ({names.passages})"
        try:
            text = self._properties(names.passages)[schema.MANIFEST]
            manifest = Manifest.parse(text, where, self._remedy())
            with told(self._address):
                for name in names:
                    self.connection.client.load_collection(name)
            return manifest
        except UNREADABLE as error:
            raise IndexMismatchError(f"{where} is damaged ({error!r}): {self._remedy()}") from None

    def _properties(self, collection: str) -> dict[str, str]:
        with told(self._address):
            return dict(self.connection.client.describe_collection(collection).get("properties") or {})

    def _remedy(self, manifest: Manifest | None = None) -> str:
        return rebuilding(self.name, manifest.sources if manifest else ())

    def _published(self) -> schema.Names:
        found = self._found()
        if not found:
            raise NoIndexError(
                f"there is no index at {self.name}: run `qa index SOURCE --index {shlex.quote(self.name)}`"
            )
        return found.names

    def _found(self) -> "MilvusPublished | None":
        alias = self._address.name
        if self._address.lite and not Path(self._address.uri).exists():
            return None  # opening it would make it
        with told(self._address):
            client = self.connection.client
            collections = client.list_collections()
            if not any(schema.number_of(alias, name) for name in collections):
                return None
            if alias not in client.list_aliases()["aliases"]:
                return None
            return MilvusPublished(self, schema.Names(client.describe_alias(alias)["collection_name"]))

    def _before(self, names: schema.Names) -> schema.Names | None:
        before = self._properties(names.passages).get(schema.BEFORE)
        exists = before and before in self.connection.client.list_collections()
        return schema.Names(before) if before and exists else None

    def _next(self) -> schema.Names:
        collections = self.connection.client.list_collections()
        numbers = [schema.number_of(self._address.name, collection) or 0 for collection in collections]
        return schema.generation(self._address.name, max(numbers, default=0) + 1)

    def sweep(self, published: schema.Names | None, release: bool = False) -> None:
        """Drop all generations but the published one, the one before it and the newest whole one.

        Collections without our mark are not ours. With `release`, the ones before take no memory of the
        server from now on. Raises IndexBusyError where another writer is filling one.
        """
        client = self.connection.client
        whole: list[schema.Names] = []
        others: list[schema.Names] = []
        for collection in sorted(client.list_collections()):
            if schema.number_of(self._address.name, collection) is None or collection.endswith(_PARTS):
                continue
            names = schema.Names(collection)
            properties = self._properties(collection)
            if schema.MANIFEST in properties:
                whole.append(names)
            elif schema.WRITER in properties:
                others.append(names)
        keep = {*whole[-1:], *([published] if published else [])}
        if published and (before := self._before(published)):
            keep.add(before)
        for names in others:
            writer = living(lambda n=names: self._properties(n.passages).get(schema.WRITER), self.home)  # type: ignore[misc]
            if writer:
                raise IndexBusyError(f"{writer} is writing the index {self.name}: wait until it has finished")
        for names in {*whole, *others} - keep:
            self._drop(names)
        for names in keep - {published} if release else ():
            for name in names:
                client.release_collection(name)

    def _end(self, draft: "MilvusDraft") -> None:
        """Drop what was not published: if the server does not say that it is, the next writer will."""
        draft.heartbeat.stop()
        if draft.bulk:
            draft.bulk.remove()
        with suppress(QAError), told(self._address):
            found = self._found()
            if not (found and found.names == draft.names) and draft.heartbeat.is_ours():
                self._drop(draft.names)

    def _drop(self, names: schema.Names) -> None:
        for name in reversed(list(names)):
            self.connection.client.drop_collection(name)
        shutil.rmtree(self.words_folder(names), ignore_errors=True)


class MilvusPublished:
    """The published generation, as what a build goes on from."""

    def __init__(self, store: MilvusStore, names: schema.Names) -> None:
        self._store = store
        self.names = names

    @property
    def model(self) -> str:
        return self._store.model(self.names)

    def previous(self, fingerprint: str, settings: PassageSettings) -> Previous | None:
        return self._store.previous(self.names, fingerprint, settings)


class MilvusDraft:
    """New collections, beside the published ones."""

    def __init__(self, store: MilvusStore, names: schema.Names, published: MilvusPublished | None) -> None:
        self._store = store
        self.names = names
        self.published = published
        self.bulk = Import.of(store.connection)
        self.heartbeat = Heartbeat(store.connection.client, names.passages, store.home)

    def writer(self, encoder: Encoder, previous: Previous | None) -> MilvusWriter:
        connection = self._store.connection
        words = self._store.words_folder(self.names)
        before = self._store.words_folder(self.published.names) if self.published else None
        return MilvusWriter(
            connection, self.names, encoder.dim, previous, words, before, self.heartbeat, self.bulk
        )

    def publish(self) -> None:
        self._store.check(self.names)
        if self.published:
            before = {schema.BEFORE: self.published.names.passages}
            schema.note(self._store.connection, self.names.passages, before)
        self._store.point(self.names)
        with suppress(QAError):  # it is published: what could not be swept is by the next writer
            self._store.sweep(self.names)
