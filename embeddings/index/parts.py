"""What an open index is made of, in whichever backend it lies."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings.index.records import CatalogStats, Kept
from embeddings.text.sentences import Span
from embeddings.types import Article, Filter, Numbers, Passage, Vectors


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

    def frequencies(self, terms: Sequence[str]) -> list[int]:
        """The number of units that hold each term."""

    def near(self, term: str, edits: int, k: int) -> Numbers:
        """Numbers of up to `k` units that hold a term of at most `edits` (1 or 2) other letters.

        A swap of two letters counts once. None where the backend cannot look for such terms.
        """

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
    def today(self) -> float: ...
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
