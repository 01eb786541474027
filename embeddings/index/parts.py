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
    def dim(self) -> int:
        """Numbers of a vector."""

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

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages of the articles, the commonest first."""

    def terms(self, text: str, language: str | None = None) -> list[str]:
        """The distinct terms of `text` as they are indexed, in order: stop words only if it has no others.

        Without a `language`, those of each language of the articles: a question is too short to tell its own.
        """

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

    def close(self) -> None:
        """Let go of its files or connections; nothing can be read any more."""

    @property
    def passage_count(self) -> int:
        """The number of passages."""

    @property
    def today(self) -> float:
        """The day that recency counts from, of the kind of `days`; NaN where no article has a date."""

    def articles(self, numbers: Iterable[int]) -> dict[int, Article]:
        """The articles of these numbers."""

    def all_articles(self) -> Iterator[Article]:
        """Every article, in order."""

    def headings(self) -> Iterator[Article]:
        """Every article without its text, in order."""

    def article(self, id: str) -> Article | None:
        """The article with this id."""

    def number(self, id: str) -> int | None:
        """The number of the article with this id."""

    def passages(self, numbers: Numbers) -> list[Passage]:
        """The passages of these numbers, in their order."""

    def article_numbers(self, passages: Numbers) -> Numbers:
        """Int64 `(len(passages),)`: the article's number of each passage."""

    def first_passages(self, passages: Numbers) -> NDArray[np.bool_]:
        """For each passage, whether it opens its article."""

    def languages(self, articles: Numbers) -> list[str]:
        """The language of each article."""

    def leads(self, articles: Numbers) -> Numbers:
        """Number of the first passage of each article that has one."""

    def days(self, articles: Numbers) -> Vectors:
        """Float32 `(len(articles),)`: days since the year 0 of each article's date, NaN without one."""

    def stories(self, articles: Numbers) -> Numbers:
        """Int64 `(len(articles),)`: copies of one report have one number, every other article its own."""

    def copies(self, article: int, narrow: Filter) -> list[Article]:
        """The other articles with the report of this one that `narrow` lets through, earliest first."""

    def spans(self, first: int, count: int) -> list[Span]:
        """Start and end, in characters of their article's text, of `count` passages from `first` on."""

    def kept(self) -> dict[str, Kept]:
        """What is kept of every article, by its id."""

    def kept_by_content(self, content: bytes) -> Kept | None:
        """What is kept of an article with this hash of its content, whatever its id."""

    def stats(self) -> CatalogStats:
        """Counts, first and last day, publishers."""

    def sources(self) -> dict[str, int]:
        """Articles of each publisher, most first."""
