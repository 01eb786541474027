"""One generation on Milvus: whether it is whole, and its parts, opened."""

import logging
from pathlib import Path

from embeddings.backends.folder.words import WordIndex
from embeddings.backends.milvus import schema
from embeddings.backends.milvus.address import Address
from embeddings.backends.milvus.catalog import MilvusCatalog
from embeddings.backends.milvus.connection import Connection, connect, milvus_errors
from embeddings.backends.milvus.queries import Collection, MilvusTerms, MilvusVectors, MilvusWords
from embeddings.backends.protocols import Previous
from embeddings.encoders.load import load_encoder
from embeddings.encoders.models import DEFAULT_MODEL
from embeddings.errors import IndexMismatchError
from embeddings.index.about import About
from embeddings.index.index import ArticleIndex
from embeddings.index.manifest import UNREADABLE, Manifest, rebuilding
from embeddings.index.parts import Words
from embeddings.text.passages import PassageSettings
from embeddings.types import Encoder

log = logging.getLogger(__name__)


class MilvusGeneration:
    """The generation in the collections `names`; the published one is what a build goes on from."""

    def __init__(self, address: Address, names: schema.Names) -> None:
        self.address = address
        self.names = names

    @property
    def connection(self) -> Connection:
        """The connection to its address. Raises QAError."""
        return connect(self.address)

    def check(self) -> Manifest:
        """The manifest of a generation whose collections hold what it says. Raises IndexMismatchError."""
        manifest = self.manifest()
        for what, found, expected in (
            ("passages", Collection(self.connection, self.names.passages).count(), manifest.passages),
            (
                "articles",
                Collection(self.connection, self.names.articles).count("piece == 0"),
                manifest.articles,
            ),
            ("texts", Collection(self.connection, self.names.texts).count("piece == 0"), manifest.articles),
        ):
            if found != expected:
                raise IndexMismatchError(
                    f"{self.names.passages} has {found} {what}, expected {expected}: {self._remedy(manifest)}"
                )
        return manifest

    def previous(self, fingerprint: str, settings: PassageSettings) -> Previous | None:
        """None where it is damaged; its vectors only where they are of this encoder and these settings."""
        try:
            manifest = self.check()
        except IndexMismatchError:
            return None
        valid = (manifest.encoder, manifest.settings) == (fingerprint, settings)
        vectors = self._vectors(manifest) if valid else None
        return Previous(manifest, self.catalog(), vectors)

    @property
    def model(self) -> str:
        """The model that it was made with; the default where that cannot be read."""
        try:
            return self.manifest().model
        except IndexMismatchError:
            return DEFAULT_MODEL

    @property
    def about(self) -> About:
        """Its name and description; empty where they cannot be read."""
        try:
            return self.manifest().about
        except IndexMismatchError:
            return About()

    @property
    def words_folder(self) -> Path:
        """Folder of this machine with its word indexes, where Milvus itself has none."""
        return self.address.home / "words" / self.names.passages

    def open(self, encoder: Encoder | None = None) -> ArticleIndex:
        """Raises IndexMismatchError, ModelError or QAError."""
        manifest = self.manifest()
        encoder = encoder or load_encoder(manifest.model)
        manifest.check_encoder(encoder, self._remedy(manifest))
        passages, articles = self._words(manifest)
        index = ArticleIndex(
            f"{self.address.given} ({self.names.passages})",
            self._remedy(manifest),
            manifest,
            encoder,
            self.catalog(),
            self._vectors(manifest),
            passages,
            articles,
        )
        index.check_counts()
        return index

    def _words(self, manifest: Manifest) -> tuple[Words, Words]:
        """As the server searches them, or in files of this machine, or not at all."""
        fields = self.connection.client.describe_collection(self.names.passages)["fields"]
        terms = Collection(self.connection, self.names.terms)
        languages = list(manifest.languages)
        kinds = (("passages", manifest.passages), ("articles", manifest.articles))
        if any(field["name"] == "words" for field in fields):
            units = (self.names.passages, self.names.articles)
            passages, articles = (
                MilvusWords(Collection(self.connection, unit), terms, kind, count, languages)
                for unit, (kind, count) in zip(units, kinds, strict=True)
            )
            return passages, articles
        folder = self.words_folder
        if folder.is_dir():
            return WordIndex.open(folder / "passages", languages), WordIndex.open(
                folder / "articles", languages
            )
        missing = self.connection.missing or f"{self.names.passages} was made without words"
        log.warning("%s: only meaning counts; %s", missing, self._remedy(manifest))
        one, two = (MilvusTerms(terms, kind, count, languages) for kind, count in kinds)
        return one, two

    def _vectors(self, manifest: Manifest) -> MilvusVectors:
        passages = Collection(self.connection, self.names.passages)
        return MilvusVectors(passages, passages.count(), manifest.dim, self._remedy(manifest))

    def catalog(self) -> MilvusCatalog:
        """Its articles and passages."""
        stats = schema.unpacked(self.properties(self.names.articles)[schema.STATS])
        passages, articles, texts, _ = (Collection(self.connection, name) for name in self.names)
        return MilvusCatalog(passages, articles, texts, stats, self._remedy())

    def manifest(self) -> Manifest:
        """Raises IndexMismatchError where there is none, or it is not as expected."""
        where = f"{self.address.given} ({self.names.passages})"
        try:
            text = self.properties()[schema.MANIFEST]
            manifest = Manifest.parse(text, where, self._remedy())
            with milvus_errors(self.address):
                for name in self.names:
                    self.connection.client.load_collection(name)
            return manifest
        except UNREADABLE as error:
            raise IndexMismatchError(f"{where} is damaged ({error!r}): {self._remedy()}") from None

    def properties(self, collection: str | None = None) -> dict[str, str]:
        """What is kept with the collection of passages, or with another one."""
        with milvus_errors(self.address):
            described = self.connection.client.describe_collection(collection or self.names.passages)
            return dict(described.get("properties") or {})

    def _remedy(self, manifest: Manifest | None = None) -> str:
        return rebuilding(self.address.given, manifest.sources if manifest else ())
