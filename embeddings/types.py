"""The values that the stages hand to one another."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Vectors: TypeAlias = NDArray[np.float32]
Numbers: TypeAlias = NDArray[np.int64]

ENGLISH = "en"
"""The language of a text that is not known to be in another one."""


@dataclass(frozen=True, slots=True)
class Article:
    """A text with its origin; every passage and answer is a slice of `text`."""

    id: str
    title: str
    text: str
    url: str | None = None
    date: str | None = None
    """Day of publication, ISO 8601 (`YYYY-MM-DD`)."""
    source: str | None = None
    """The publisher; the host of `url` where the source names none."""
    path: str | None = None
    """The file it was read from."""
    pages: tuple[int, ...] = ()
    """Where in `text` the second and each further page begins; empty where the source has no pages."""
    language: str = ENGLISH
    """ISO 639-1; told from its text when it is indexed."""

    def on_pages(self, start: int, end: int) -> tuple[int, int] | None:
        """The first and the last page of `text[start:end]`, from 1; None where the source has no pages."""
        if not self.pages:
            return None
        return 1 + bisect_right(self.pages, start), 1 + bisect_right(self.pages, max(start, end - 1))


def as_article(fields: Sequence[Any]) -> Article:
    """The article with these fields in their order, as JSON gives them."""
    id, title, text, url, date, source, path, pages, language = fields
    return Article(id, title, text, url, date, source, path, tuple(pages), language)


@dataclass(frozen=True, slots=True)
class Passage:
    """`article.text[start:end]`, with the number that vectors and words know it by."""

    number: int
    article: Article
    start: int
    end: int

    @property
    def text(self) -> str:
        """`article.text[start:end]`."""
        return self.article.text[self.start : self.end]

    @property
    def pages(self) -> tuple[int, int] | None:
        """The first and the last page that it stands on, from 1; None where the source has no pages."""
        return self.article.on_pages(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something in a source that did not become an article, and why."""

    path: str
    reason: str
    questions: bool = False
    """Whether it is a file of questions: they lie beside articles, and nobody misses them among these."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article that is cut and encoded already."""

    article: Article
    spans: list[tuple[int, int]]
    """Places of its passages in its text."""
    vectors: Vectors
    """Float32 `(len(spans), dim)`, rows of unit length."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which articles count: dates are inclusive ISO days, sources are publishers' names.

    An article without a date is left out as soon as a day is given.
    """

    since: str | None = None
    until: str | None = None
    sources: tuple[str, ...] = ()
    as_of: str | None = None
    """The day on which the question is asked: later articles do not count, and recent ones come first."""

    def __bool__(self) -> bool:
        return bool(self.since or self.latest or self.sources)

    @property
    def latest(self) -> str | None:
        """The last day that counts."""
        return min((day for day in (self.until, self.as_of) if day), default=None)


class Encoder(Protocol):
    """Texts to unit vectors. `encode_document` is for what is indexed, `encode_query` for what is asked."""

    @property
    def name(self) -> str:
        """The model as a user names it."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever the vectors would: weights, pooling, prompts, token limit."""

    @property
    def dim(self) -> int:
        """Numbers of a vector."""

    @property
    def max_tokens(self) -> int:
        """Tokens the model reads of one document, special tokens and prompt already taken off."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without special tokens."""

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Float32 array `(len(texts), dim)`, rows of unit length."""

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        """Float32 array `(len(texts), dim)`, rows of unit length."""
