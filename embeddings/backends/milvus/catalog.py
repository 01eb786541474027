"""Articles and passages on Milvus: what vectors and words are numbers of."""

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import groupby
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from embeddings.backends.milvus.queries import Collection
from embeddings.backends.milvus.schema import condition, text_hash
from embeddings.errors import IndexMismatchError
from embeddings.index.records import CatalogStats, Kept, ordinal
from embeddings.text.sentences import Span
from embeddings.types import Article, Filter, Numbers, Passage, Vectors, as_article

_AHEAD = 2_000
"""Passages that are fetched together where they are wanted one after the other."""
_REMEMBERED = 200_000
"""Places of passages and articles that are kept: a generation never changes."""
Place: TypeAlias = tuple[int, ...]


class MilvusCatalog:
    """Reads articles and passages by number, by id, and by filter."""

    def __init__(
        self,
        passages: Collection,
        articles: Collection,
        texts: Collection,
        stats: CatalogStats,
        remedy: str,
    ) -> None:
        self._passages = passages
        self._articles = articles
        self._texts = texts
        self._stats = stats
        self._remedy = remedy
        self._places: dict[int, Place] = {}
        """Of a passage: article, start, end."""
        self._about: dict[int, Place] = {}
        """Of an article: date, first passage, count of passages, story."""

    def close(self) -> None:
        """The connection is shared: nothing is held."""

    @property
    def passage_count(self) -> int:
        return self._stats.passages

    def stats(self) -> CatalogStats:
        return self._stats

    def sources(self) -> dict[str, int]:
        return self._stats.sources

    @property
    def today(self) -> float:
        return ordinal(self._stats.recent or self._stats.until)

    def articles(self, numbers: Iterable[int]) -> dict[int, Article]:
        found: dict[int, Article] = {}
        for number in sorted({int(number) for number in numbers}):  # each may have hundreds of megabytes
            found |= _joined(self._texts.pieces(number, ["number", "piece", "head", "text"]))
        return found

    def all_articles(self) -> Iterator[Article]:
        for _, article in _joined(self._every(self._texts, "head", "text")):
            yield article

    def headings(self) -> Iterator[Article]:
        for _, article in _joined(self._every(self._texts, "head", also=' and head != ""')):
            yield article

    def article(self, id: str) -> Article | None:
        number = self.number(id)
        return None if number is None else self._at(number)

    def number(self, id: str) -> int | None:
        rows = self._articles.rows("id_hash", [text_hash(id)], ["number"], " and piece == 0")
        return int(rows[0]["number"]) if rows else None

    def passages(self, numbers: Numbers) -> list[Passage]:
        places = self._placed([int(number) for number in numbers])
        articles = self.articles(sorted({owner for owner, _, _ in places}))
        passages = []
        for number, (owner, start, end) in zip(numbers, places, strict=True):
            article = articles.get(owner)
            if article is None or not 0 <= start < end <= len(article.text):
                found = f"passage {number} as [{start}:{end}] of article {owner}, which has no such place"
                raise IndexMismatchError(f"{self._passages.name} has {found}: {self._remedy}")
            passages.append(Passage(int(number), article, start, end))
        return passages

    def article_numbers(self, passages: Numbers) -> Numbers:
        return np.array([owner for owner, _, _ in self._placed([int(n) for n in passages])], np.int64)

    def first_passages(self, passages: Numbers) -> NDArray[np.bool_]:
        owners = self.article_numbers(passages)
        firsts = [first for _, first, _, _ in self._known(owners)]
        return np.asarray(passages == np.array(firsts, np.int64), np.bool_)

    def leads(self, articles: Numbers) -> Numbers:
        return np.array([first for _, first, count, _ in self._known(articles) if count], np.int64)

    def days(self, articles: Numbers) -> Vectors:
        return np.array([ordinal(_iso(day)) for day, _, _, _ in self._known(articles)], np.float32)

    def languages(self, articles: Numbers) -> list[str]:
        numbers = list({int(number) for number in articles})
        rows = self._articles.rows("number", numbers, ["number", "language"], " and piece == 0")
        found = {int(row["number"]): str(row["language"]) for row in rows}
        return [found[int(number)] for number in articles]

    def stories(self, articles: Numbers) -> Numbers:
        known = self._known(articles)
        stories = [
            story if story >= 0 else int(n) for n, (_, _, _, story) in zip(articles, known, strict=True)
        ]
        return np.array(stories, np.int64)

    def copies(self, article: int, narrow: Filter) -> list[Article]:
        [(_, _, _, story)] = self._known([article])
        if story < 0:
            return []
        also = f" and piece == 0 and number != {article}"
        also += f" and {condition(narrow)}" if narrow else ""
        rows = self._articles.rows("story", [story], ["number"], also)
        found = self.articles(int(row["number"]) for row in rows).items()
        return [copy for _, copy in sorted(found, key=lambda item: (item[1].date or "9", item[0]))]

    def spans(self, first: int, count: int) -> list[Span]:
        if any(number not in self._places for number in range(first, first + count)):
            last = min(max(first + count, first + _AHEAD), self.passage_count)
            for row in self._passages.stretch(first, last, ["number", "article", "start", "end"]):
                self._places[int(row["number"])] = int(row["article"]), int(row["start"]), int(row["end"])
        return [(start, end) for _, start, end in self._placed(list(range(first, first + count)))]

    def kept(self) -> dict[str, Kept]:
        return {kept.id: kept for kept in self._kept.values()}

    def kept_by_content(self, content: bytes) -> Kept | None:
        return self._by_content.get(content)

    @cached_property
    def _by_content(self) -> dict[bytes, Kept]:
        return {kept.content: kept for kept in reversed(self._kept.values())}

    @cached_property
    def _kept(self) -> dict[int, Kept]:
        about = {
            int(row["number"]): row
            for row in self._every(
                self._articles, "content", "signature", "first", "count", also=" and piece == 0"
            )
        }
        return {
            number: Kept(
                heading.id,
                bytes.fromhex(about[number]["content"]),
                bytes.fromhex(about[number]["signature"]),
                int(about[number]["first"]),
                int(about[number]["count"]),
                heading.language,
            )
            for number, heading in _joined(self._every(self._texts, "head", also=' and head != ""'))
        }

    def _at(self, number: int) -> Article:
        found = self.articles([number])
        if number not in found:
            raise IndexMismatchError(f"{self._texts.name} has no article {number}: {self._remedy}")
        return found[number]

    def _every(self, rows: Collection, *fields: str, also: str = "") -> Iterator[Any]:
        return rows.every(self._stats.articles, ["number", "piece", *fields], also)

    def _placed(self, numbers: list[int]) -> list[Place]:
        fields = ["number", "article", "start", "end"]
        return self._remembered(self._places, self._passages, numbers, fields)

    def _known(self, numbers: "Sequence[int] | Numbers") -> list[Place]:
        fields = ["number", "date", "first", "count", "story"]
        wanted = [int(number) for number in numbers]
        return self._remembered(self._about, self._articles, wanted, fields, " and piece == 0")

    def _remembered(
        self, kept: dict[int, Place], rows: Collection, numbers: list[int], fields: list[str], also: str = ""
    ) -> list[Place]:
        missing = [number for number in dict.fromkeys(numbers) if number not in kept]
        if len(kept) + len(missing) > _REMEMBERED:
            kept.clear()
            missing = list(dict.fromkeys(numbers))
        for row in rows.rows("number", missing, fields, also):
            kept[int(row["number"])] = tuple(int(row[field]) for field in fields[1:])
        try:
            return [kept[number] for number in numbers]
        except KeyError as error:
            raise IndexMismatchError(f"{rows.name} has no number {error}: {self._remedy}") from None


def _joined(rows: Iterable[Any]) -> Iterator[tuple[int, Article]]:
    """Number and article of pieces in order; without `text` where that was not asked for."""
    for number, pieces in groupby(rows, key=lambda row: int(row["number"])):
        parts = list(pieces)
        id, title, *origin = json.loads("".join(part["head"] for part in parts))
        text = "".join(part.get("text", "") for part in parts)
        yield number, as_article([id, title, text, *origin])


def _iso(day: int) -> str | None:
    digits = f"{day:08}"
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if day else None
