"""What a backend offers: a store whose generations are read, and written beside one another."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from embeddings.index.about import About
from embeddings.index.index import ArticleIndex
from embeddings.index.manifest import Manifest
from embeddings.index.parts import ArticleCatalog, PassageVectors
from embeddings.index.records import Kept
from embeddings.sources.source import Source
from embeddings.text.passages import PassageSettings
from embeddings.text.sentences import Span
from embeddings.types import Article, Encoder, Vectors

EXACT_UP_TO = 150_000
"""Passages up to which every vector is compared: some ten milliseconds on one core."""


@dataclass(slots=True)
class Previous:
    """The generation before, all of it whole; `vectors` only where they are still valid."""

    manifest: Manifest
    catalog: ArticleCatalog
    vectors: PassageVectors | None
    folder: Path | None = None
    """Where its files are, if it is a folder."""
    before: dict[str, Kept] = field(init=False)

    def __post_init__(self) -> None:
        self.before = self.catalog.kept()

    def close(self) -> None:
        self.catalog.close()


class Writer(Protocol):
    """Takes a generation in, article by article; vectors come later, in the order of the passages."""

    articles: int
    passages: int

    def add(self, article: Article, spans: Sequence[Span], kept: Kept | None = None) -> None:
        """`kept` is the article's row in the catalog before, where it stands there with the same content."""

    def add_vectors(self, vectors: Vectors) -> None:
        """Take in float32 `(passages, dim)`, unit vectors of the next passages."""

    def finish(
        self, sources: Sequence[Source], encoder: Encoder, settings: PassageSettings, about: About
    ) -> Manifest:
        """Make it whole, the manifest last."""

    def repeats(self, manifest: Manifest) -> bool:
        """Whether what was written is the generation before again, and that one is whole."""


class Published(Protocol):
    """The published generation, as what a build goes on from."""

    @property
    def model(self) -> str:
        """The model that it was made with."""

    @property
    def about(self) -> About:
        """Its name and description; empty where they cannot be read."""

    def previous(self, fingerprint: str, settings: PassageSettings) -> Previous | None:
        """None where it is damaged. Its vectors are valid for this encoder and settings, or not at all."""


class Draft(Protocol):
    """A generation being written, beside the published one."""

    @property
    def published(self) -> Published | None:
        """The published generation; None without one."""

    def writer(self, encoder: Encoder, previous: Previous | None) -> Writer:
        """What fills it with vectors of `encoder`; `previous` is what may be carried over."""

    def publish(self) -> None:
        """Make it the published one, once it is found to be whole."""


class Store(Protocol):
    """Where an index lies. Readers see one published generation, a writer makes the next beside it."""

    @property
    def name(self) -> str:
        """As `--index` has it."""

    @property
    def home(self) -> Path:
        """The folder of this machine for what belongs to an index but is no part of a generation."""

    @property
    def takes_files(self) -> bool:
        """Whether files can be added to `home`: where other machines write the index too, they lack them."""

    def current(self) -> str:
        """Name of the published generation. Raises NoIndexError."""

    def open(self, encoder: Encoder | None = None) -> ArticleIndex:
        """Raises NoIndexError, IndexMismatchError or ModelError."""

    def look(self) -> AbstractContextManager[tuple[Manifest, ArticleCatalog]]:
        """Manifest and catalog of the published generation, without its model. Errors as in `open`."""

    def published(self) -> AbstractContextManager[Published | None]:
        """The published generation, which nobody removes meanwhile; None without one."""

    def write(self) -> AbstractContextManager[Draft]:
        """A new generation to fill, thrown away unless it is published. Raises IndexBusyError, QAError."""

    def roll_back(self) -> tuple[str, Manifest]:
        """Publish the generation before the published one; its name and manifest. Raises QAError."""

    def verify(self, encoder: Encoder | None = None) -> Iterator[str]:
        """A line for each check that has passed. Raises IndexMismatchError at the first that has not."""
