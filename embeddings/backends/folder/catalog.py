"""Articles in SQLite and passages in a memory-mapped array: what vectors and words are numbers of."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from embeddings.backends.folder.catalog_writer import COLUMNS, PASSAGE
from embeddings.index.manifest import damaged
from embeddings.index.records import CatalogStats, Kept, ordinal, recent_rank
from embeddings.text.sentences import Span
from embeddings.types import Article, Filter, Numbers, Passage, Vectors, as_article

_KEPT = "id, content, signature, first, count, language"


class Catalog:
    """Reads articles and passages by number, by id, and by filter."""

    def __init__(self, articles: Path, passages: Path) -> None:
        self._files = articles, passages
        self._db = sqlite3.connect(
            f"{articles.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        next(self._select("SELECT number FROM articles LIMIT 1"), None)
        try:
            self._passages: NDArray[Any] = np.load(passages, mmap_mode="r", allow_pickle=False)
        except (ValueError, EOFError) as error:
            raise damaged(passages, error) from None
        if self._passages.dtype != PASSAGE:
            raise damaged(passages, f"it holds {self._passages.dtype}, expected {PASSAGE}")

    @classmethod
    def open(cls, articles: Path, passages: Path) -> Self:
        """Raises IndexMismatchError where the files are damaged, as do all that read from them."""
        try:
            return cls(articles, passages)
        except sqlite3.Error as error:
            raise damaged(articles, error) from None

    def close(self) -> None:
        self._db.close()

    @property
    def passage_count(self) -> int:
        return len(self._passages)

    def articles(self, numbers: Iterable[int]) -> dict[int, Article]:
        """The articles of these numbers."""
        return {row[0]: self._article(row[1:]) for row in self._rows(COLUMNS, numbers)}

    def _select(self, sql: str, values: Sequence[Any] = ()) -> Iterator[Any]:
        try:
            yield from self._db.execute(sql, values)
        except sqlite3.ProgrammingError:
            raise  # our own doing, such as reading what has been closed
        except sqlite3.DatabaseError as error:
            raise damaged(self._files[0], error) from None

    def _rows(self, columns: str, numbers: Iterable[int]) -> Iterator[Any]:
        """Number and `columns` of these articles; SQLite takes only so many numbers at once."""
        wanted = [int(number) for number in numbers]
        for first in range(0, len(wanted), 500):
            some = wanted[first : first + 500]
            marks = ", ".join("?" * len(some))
            yield from self._select(f"SELECT number, {columns} FROM articles WHERE number IN ({marks})", some)

    def all_articles(self) -> Iterator[Article]:
        """Every article, in order."""
        for row in self._select(f"SELECT {COLUMNS} FROM articles ORDER BY number"):
            yield self._article(row)

    def article(self, id: str) -> Article | None:
        row = next(self._select(f"SELECT {COLUMNS} FROM articles WHERE id = ?", (id,)), None)
        return self._article(row) if row else None

    def number(self, id: str) -> int | None:
        row = next(self._select("SELECT number FROM articles WHERE id = ?", (id,)), None)
        return int(row[0]) if row else None

    def headings(self) -> Iterator[Article]:
        """Every article without its text, in order."""
        columns = COLUMNS.replace("text", "''")
        for row in self._select(f"SELECT {columns} FROM articles ORDER BY number"):
            yield self._article(row)

    def passages(self, numbers: Numbers) -> list[Passage]:
        """The passages of these numbers, in their order."""
        rows = self._passages[numbers]
        articles = self.articles(sorted({int(n) for n in rows["article"]}))
        passages = []
        for number, row in zip(numbers, rows, strict=True):
            owner, start, end = int(row["article"]), int(row["start"]), int(row["end"])
            article = articles.get(owner)
            if article is None or not 0 <= start < end <= len(article.text):
                found = f"passage {number} is [{start}:{end}] of article {owner}, which has no such place"
                raise damaged(self._files[1], found)
            passages.append(Passage(int(number), article, start, end))
        return passages

    def article_numbers(self, passages: Numbers) -> Numbers:
        """The article's number of each passage."""
        return np.asarray(self._passages["article"][passages], np.int64)

    def stories(self, articles: Numbers) -> Numbers:
        """Int64 `(len(articles),)`: copies of one report have one number, every other article its own."""
        found = dict(self._rows("story", articles))
        return np.array(
            [int(number) if found[int(number)] is None else found[int(number)] for number in articles],
            np.int64,
        )

    def copies(self, article: int, narrow: Filter) -> list[Article]:
        """The other articles with the report of this one that `narrow` lets through, earliest first."""
        conditions, values = _conditions(narrow)
        rows = self._select(
            f"SELECT {COLUMNS} FROM articles WHERE {' AND '.join(['number != ?', *conditions])}"
            " AND story = (SELECT story FROM articles WHERE number = ?) ORDER BY date IS NULL, date, number",
            [article, *values, article],
        )
        return [self._article(row) for row in rows]

    def days(self, articles: Numbers) -> Vectors:
        """Float32 `(len(articles),)`: days since the year 0 of each article's date, NaN without one."""
        dates = dict(self._rows("date", articles))
        try:
            return np.array([ordinal(dates[int(number)]) for number in articles], np.float32)
        except (KeyError, ValueError) as error:
            raise damaged(self._files[0], f"no article, or no day: {error}") from None

    def languages(self, articles: Numbers) -> list[str]:
        """The language of each article."""
        found = dict(self._rows("language", articles))
        return [found[int(number)] for number in articles]

    @cached_property
    def today(self) -> float:
        """The day that recency counts from, of the kind of `days`; NaN where no article has a date."""
        return ordinal(self._recent())

    def _recent(self) -> str | None:
        dated = next(self._select("SELECT count(date) FROM articles"))[0]
        by_date = "SELECT date FROM articles WHERE date IS NOT NULL ORDER BY date LIMIT 1 OFFSET ?"
        return next((day for (day,) in self._select(by_date, (recent_rank(dated),))), None)

    def leads(self, articles: Numbers) -> Numbers:
        """Number of the first passage of each article that has one."""
        owners = self._passages["article"]
        firsts = np.searchsorted(owners, articles)
        return np.asarray(firsts[firsts < len(owners)], np.int64)

    def first_passages(self, passages: Numbers) -> NDArray[np.bool_]:
        """For each passage, whether it opens its article."""
        return np.asarray(
            (passages == 0) | (self.article_numbers(passages) != self.article_numbers(passages - 1)), np.bool_
        )

    def spans(self, first: int, count: int) -> list[Span]:
        return [(int(row["start"]), int(row["end"])) for row in self._passages[first : first + count]]

    def allowed(self, narrow: Filter) -> Numbers | None:
        """Sorted numbers of the passages whose articles `narrow` lets through; None for all."""
        if not narrow:
            return None
        conditions, values = _conditions(narrow)
        rows = self._select(
            f"SELECT first, count FROM articles WHERE {' AND '.join(conditions)} ORDER BY first", values
        )
        ranges = []
        for first, count in rows:
            self._check_range(first, count)
            ranges.append(np.arange(first, first + count, dtype=np.int64))
        return np.concatenate(ranges) if ranges else np.zeros(0, np.int64)

    def kept_by_content(self, content: bytes) -> Kept | None:
        rows = self._select(f"SELECT {_KEPT} FROM articles WHERE content = ? LIMIT 1", (content,))
        row = next(rows, None)
        return self._kept(row) if row else None

    def kept(self) -> dict[str, Kept]:
        """Every article's row by id."""
        rows = self._select(f"SELECT {_KEPT} FROM articles")
        return {row[0]: self._kept(row) for row in rows}

    def _article(self, row: Sequence[Any]) -> Article:
        id, title, text, *others, pages, language = row
        begins = _numbers(pages)
        known = all(isinstance(v, str) for v in (id, title, text, language))
        if known and begins is not None and all(isinstance(v, str | None) for v in others):
            return as_article([*row[:-2], begins, language])
        raise damaged(self._files[0], f"fields of {id!r:.100} that are no text")

    def _kept(self, row: Sequence[Any]) -> Kept:
        kept = Kept(*row)
        self._check_range(kept.first, kept.count)
        texts = isinstance(kept.id, str) and isinstance(kept.language, str)
        if texts and isinstance(kept.content, bytes) and isinstance(kept.signature, bytes):
            return kept
        raise damaged(self._files[0], f"fields of {kept.id!r:.100} of another type")

    def _check_range(self, first: object, count: object) -> None:
        """Before memory is taken for so many."""
        if type(first) is int and type(count) is int and 0 <= first <= first + count <= len(self._passages):
            return
        raise damaged(
            self._files[0], f"passages {first!r:.100} and {count!r:.100} more, of {len(self._passages)}"
        )

    def stats(self) -> CatalogStats:
        count, since, until = next(self._select("SELECT count(*), min(date), max(date) FROM articles"))
        return CatalogStats(count, len(self._passages), since, until, self.sources(), self._recent())

    def sources(self) -> dict[str, int]:
        """Articles of each publisher, most first."""
        rows = self._select(
            "SELECT source, count(*) AS n FROM articles WHERE source IS NOT NULL"
            " GROUP BY source ORDER BY n DESC, source"
        )
        return dict(rows)


def _numbers(text: Any) -> list[int] | None:
    """The numbers of a JSON list; None for anything else."""
    found = None
    with suppress(ValueError, TypeError, RecursionError):
        found = json.loads(text)
    return found if isinstance(found, list) and all(type(number) is int for number in found) else None


def _conditions(narrow: Filter) -> tuple[list[str], list[str]]:
    """`narrow` as conditions of SQL, with their values."""
    bounds = (("date >= ?", narrow.since), ("date <= ?", narrow.latest))
    conditions = [condition for condition, value in bounds if value]
    values = [value for _, value in bounds if value]
    if narrow.sources:
        conditions.append(f"source IN ({', '.join('?' * len(narrow.sources))})")
    return conditions, [*values, *narrow.sources]
