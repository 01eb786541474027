"""What an index is made of, wherever it lies: a folder of this machine, or a Milvus server."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings.backends.folder.catalog import CatalogStats, Kept
from embeddings.index.manifest import Manifest
from embeddings.text.passages import PassageSettings
from embeddings.text.sentences import Span
from embeddings.types import Article, Encoder, Filter, Numbers, Passage, Vectors

if TYPE_CHECKING:
    from embeddings.index.index import ArticleIndex


class PassageVectors(Protocol):
    """Vectors of all passages, by number."""

    def __len__(self) -> int: ...

    @property
    def dim(self) -> int: ...

    def rows(self, first: int, count: int) -> Vectors:
        """Float32 `(count, dim)`: the vectors of `count` passages from number `first` on."""

    def search(self, query: Vectors, k: int, narrow: Filter | None = None) -> tuple[Numbers, Vectors]:
        """Numbers and cosines of the `k` passages nearest to `query` `(dim,)`, best first.

        With `narrow`, only among articles that it lets through.
        """

    def scores(self, query: Vectors, numbers: Numbers) -> Vectors:
        """Float32 `(len(numbers),)`: the cosine of `query` `(dim,)` to each of these passages."""


class Words(Protocol):
    """Words of passages, or of articles, by number: BM25 (k1 1.2, b 0.75) over title, title and text."""

    def __len__(self) -> int: ...

    def terms(self, text: str) -> list[str]:
        """The distinct terms of `text` as they are indexed, in order: stop words only if it has no others."""

    def idf(self, terms: Sequence[str]) -> Vectors:
        """Float32 `(len(terms),)`: inverse document frequency of each term, as BM25 has it."""

    def rarity(self, terms: Sequence[str]) -> Vectors:
        """Float32 `(len(terms),)`: idf as a share of the largest there can be, so of any corpus's size."""

    def search(self, text: str, k: int, narrow: Filter | None = None) -> tuple[Numbers, Vectors]:
        """Numbers and BM25 scores of the `k` units that match `text` best, best first."""

    def scores(self, text: str, numbers: Numbers) -> Vectors:
        """Float32 `(len(numbers),)`: the BM25 score of each of these units, 0 where no word matches."""


class ArticleCatalog(Protocol):
    """Articles and passages by number, by id, and by filter; each method as in `folder.catalog`."""

    def close(self) -> None: ...
    @property
    def passage_count(self) -> int: ...
    @property
    def newest(self) -> float: ...
    def articles(self, numbers: Iterable[int]) -> dict[int, Article]: ...
    def all_articles(self) -> Iterator[Article]: ...
    def headings(self) -> Iterator[Article]: ...
    def article(self, id: str) -> Article | None: ...
    def number(self, id: str) -> int | None: ...
    def passages(self, numbers: Numbers) -> list[Passage]: ...
    def article_numbers(self, passages: Numbers) -> Numbers: ...
    def first_passages(self, passages: Numbers) -> NDArray[np.bool_]: ...
    def leads(self, articles: Numbers) -> Numbers: ...
    def days(self, articles: Numbers) -> Vectors: ...
    def stories(self, articles: Numbers) -> Numbers: ...
    def copies(self, article: int, narrow: Filter) -> list[Article]: ...
    def spans(self, first: int, count: int) -> list[Span]: ...
    def kept(self) -> dict[str, Kept]: ...
    def kept_by_content(self, content: bytes) -> Kept | None: ...
    def stats(self) -> CatalogStats: ...
    def sources(self) -> dict[str, int]: ...


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


class Writer(Protocol):
    """Takes a generation in, article by article; vectors come later, in the order of the passages."""

    articles: int
    passages: int

    def add(self, article: Article, spans: Sequence[Span], kept: Kept | None = None) -> None:
        """`kept` is the article's row in the catalog before, where it stands there with the same content."""

    def add_vectors(self, vectors: Vectors) -> None: ...

    def finish(self, sources: list[str], encoder: Encoder, settings: PassageSettings) -> Manifest:
        """Make it whole, the manifest last."""

    def repeats(self, manifest: Manifest) -> bool:
        """Whether what was written is the generation before again, and that one is whole."""


class Published(Protocol):
    """The published generation, as what a build goes on from."""

    @property
    def model(self) -> str: ...

    def previous(self, fingerprint: str, settings: PassageSettings) -> Previous | None:
        """None where it is damaged. Its vectors are valid for this encoder and settings, or not at all."""


class Draft(Protocol):
    """A generation being written, beside the published one."""

    @property
    def published(self) -> Published | None: ...

    def writer(self, encoder: Encoder, previous: Previous | None) -> Writer: ...

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

    def open(self, encoder: Encoder | None = None) -> "ArticleIndex":
        """Raises NoIndexError, IndexMismatchError or ModelError."""

    def look(self) -> AbstractContextManager[tuple[Manifest, ArticleCatalog]]:
        """Manifest and catalog of the published generation, without its model. Errors as in `open`."""

    def published(self) -> AbstractContextManager[Published | None]: ...

    def write(self) -> AbstractContextManager[Draft]:
        """A new generation to fill, thrown away unless it is published. Raises IndexBusyError, QAError."""

    def roll_back(self) -> tuple[str, Manifest]:
        """Publish the generation before the published one; its name and manifest. Raises QAError."""

    def verify(self, encoder: Encoder | None = None) -> Iterator[str]:
        """A line for each check that has passed. Raises IndexMismatchError at the first that has not."""
