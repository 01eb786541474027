"""Generations on Milvus: written as new collections, published by an alias."""

import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from embeddings.backends.locks import only_writer
from embeddings.backends.milvus import schema
from embeddings.backends.milvus.address import Address
from embeddings.backends.milvus.bulk_import import Import
from embeddings.backends.milvus.connection import Connection, connect, milvus_errors
from embeddings.backends.milvus.generation import MilvusGeneration
from embeddings.backends.milvus.lease import Heartbeat, living
from embeddings.backends.milvus.writer import MilvusWriter
from embeddings.backends.protocols import Previous
from embeddings.errors import IndexBusyError, NoIndexError, QAError
from embeddings.index.checks import check
from embeddings.index.index import ArticleIndex
from embeddings.index.manifest import Manifest
from embeddings.index.parts import ArticleCatalog
from embeddings.types import Encoder

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
        return self._published().names.passages

    def open(self, encoder: Encoder | None = None) -> ArticleIndex:
        return self._published().open(encoder)

    @contextmanager
    def look(self) -> Iterator[tuple[Manifest, ArticleCatalog]]:
        published = self._published()
        yield published.manifest(), published.catalog()

    @contextmanager
    def published(self) -> Iterator[MilvusGeneration | None]:
        yield self._found()

    @contextmanager
    def write(self) -> Iterator["MilvusDraft"]:
        connect(self._address)  # which makes the folder, or says why it cannot
        self.home.mkdir(parents=True, exist_ok=True)
        with only_writer(self.home, self.name), milvus_errors(self._address):
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
        with only_writer(self.home, self.name), milvus_errors(self._address):
            published = self._published()
            current, before = published.names.passages, self._before(published)
            if not before:
                raise QAError(
                    f"{self.name} has no generation before {current}: nothing to go back to; "
                    f"to make the index anew, run `qa index SOURCE --index {shlex.quote(self.name)}`"
                )
            manifest = before.check()
            self.point(before.names)
            return before.names.passages, manifest

    def verify(self, encoder: Encoder | None = None) -> Iterator[str]:
        published = self._published()
        published.check()
        yield f"server: {self.connection.address.uri}, Milvus {self.connection.version}"
        yield from check(published.open(encoder))

    @property
    def connection(self) -> Connection:
        """The connection to its address. Raises QAError."""
        return connect(self._address)

    def point(self, names: schema.Names) -> None:
        """Readers that open the index from now on see this generation."""
        client, alias = self.connection.client, self._address.name
        exists = self._found() is not None
        (client.alter_alias if exists else client.create_alias)(names.passages, alias)

    def _published(self) -> MilvusGeneration:
        found = self._found()
        if not found:
            raise NoIndexError(
                f"there is no index at {self.name}: run `qa index SOURCE --index {shlex.quote(self.name)}`"
            )
        return found

    def _found(self) -> MilvusGeneration | None:
        alias = self._address.name
        if self._address.lite and not Path(self._address.uri).exists():
            return None  # opening it would make it
        with milvus_errors(self._address):
            client = self.connection.client
            collections = client.list_collections()
            if not any(schema.number_of(alias, name) for name in collections):
                return None
            if alias not in client.list_aliases()["aliases"]:
                return None
            return self.generation(schema.Names(client.describe_alias(alias)["collection_name"]))

    def generation(self, names: schema.Names) -> MilvusGeneration:
        """The generation in these collections, published or not."""
        return MilvusGeneration(self._address, names)

    def _before(self, generation: MilvusGeneration) -> MilvusGeneration | None:
        before = generation.properties().get(schema.BEFORE)
        exists = before and before in self.connection.client.list_collections()
        return self.generation(schema.Names(before)) if before and exists else None

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
            properties = self.generation(names).properties()
            if schema.MANIFEST in properties:
                whole.append(names)
            elif schema.WRITER in properties:
                others.append(names)
        keep = {*whole[-1:], *([published] if published else [])}
        if published and (before := self._before(self.generation(published))):
            keep.add(before.names)
        for names in others:
            filled = self.generation(names)
            writer = living(lambda filled=filled: filled.properties().get(schema.WRITER), self.home)  # type: ignore[misc]
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
        with suppress(QAError), milvus_errors(self._address):
            found = self._found()
            if not (found and found.names == draft.names) and draft.heartbeat.is_ours():
                self._drop(draft.names)

    def _drop(self, names: schema.Names) -> None:
        for name in reversed(list(names)):
            self.connection.client.drop_collection(name)
        shutil.rmtree(self.generation(names).words_folder, ignore_errors=True)


class MilvusDraft:
    """New collections, beside the published ones."""

    def __init__(self, store: MilvusStore, names: schema.Names, published: MilvusGeneration | None) -> None:
        self._store = store
        self.names = names
        self.published = published
        self.bulk = Import.of(store.connection)
        self.heartbeat = Heartbeat(store.connection.client, names.passages, store.home)

    def writer(self, encoder: Encoder, previous: Previous | None) -> MilvusWriter:
        connection = self._store.connection
        words = self._store.generation(self.names).words_folder
        before = self.published.words_folder if self.published else None
        return MilvusWriter(
            connection, self.names, encoder.dim, previous, words, before, self.heartbeat, self.bulk
        )

    def publish(self) -> None:
        self._store.generation(self.names).check()
        if self.published:
            before = {schema.BEFORE: self.published.names.passages}
            schema.note(self._store.connection, self.names.passages, before)
        self._store.point(self.names)
        with suppress(QAError):  # it is published: what could not be swept is by the next writer
            self._store.sweep(self.names)
