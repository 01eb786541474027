"""The reading list: passages that were pinned, as they stood then."""

from dataclasses import dataclass

from embeddings.types import Article
from qa.types import Answer, RankedPassage
from qa.web.cards import inside_of
from qa.web.history.articles import named, tidy, use
from qa.web.history.database import Database
from qa.web.history.records import Packing
from qa.web.history.shelf import Shelf, now


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A passage of an article, and the answer in it."""

    question: str
    article: Article
    start: int
    end: int
    answer: Answer | None
    corpus: str | None = None
    """The one that it is from, where there are several."""

    @property
    def text(self) -> str:
        return self.article.text[self.start : self.end]

    @property
    def pages(self) -> tuple[int, int] | None:
        return self.article.on_pages(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Pin:
    """A pinned passage, its number on the list and when it was pinned: UTC, as ISO 8601 writes it."""

    number: int
    pinned: str
    excerpt: Excerpt


class ReadingList:
    """What is pinned. Each method raises HistoryError where it cannot be read or written."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._excerpts = Packing(Excerpt)

    def pin(self, shelf: Shelf, question: str, ranked: RankedPassage, answer: Answer | None = None) -> None:
        """Put a passage, pinned for `question`, on the reading list, where it is not there yet."""
        passage = ranked.passage
        inside = inside_of(ranked, answer)
        excerpt = Excerpt(question, passage.article, passage.start, passage.end, inside, ranked.corpus)
        packed = self._excerpts.pack(excerpt)
        row = (*_place(shelf, ranked), now(), packed.record)
        with self._database.writing() as connection:
            made = connection.execute(
                'INSERT OR IGNORE INTO pins (owner, corpus, article, start, "end", pinned, record) '
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                row,
            )
            if made.rowcount:
                use(connection, packed, pin=made.lastrowid)

    def unpin(self, shelf: Shelf, number: int) -> None:
        with self._database.writing() as connection:
            connection.execute(
                "DELETE FROM pins WHERE number = ? AND owner = ? AND corpus = ?",
                (number, shelf.owner, shelf.corpus),
            )
            tidy(connection)

    def pinned(self, shelf: Shelf, ranked: RankedPassage) -> int | None:
        """The number of the pin of a passage; None where it has none."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT number FROM pins WHERE owner = ? AND corpus = ? AND article = ? AND start = ? "
                'AND "end" = ?',
                _place(shelf, ranked),
            ).fetchone()
        return int(row[0]) if row else None

    def pins(self, shelf: Shelf) -> list[Pin]:
        """The reading list, in the order in which it was made."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT number, pinned, record FROM pins WHERE owner = ? AND corpus = ? ORDER BY number",
                (shelf.owner, shelf.corpus),
            ).fetchall()
            articles = named(connection, "pin", [number for number, _, _ in rows])
        return [
            Pin(number, pinned, self._excerpts.unpack(record, articles)) for number, pinned, record in rows
        ]


def _place(shelf: Shelf, ranked: RankedPassage) -> tuple[str, str, str, int, int]:
    passage, corpus = ranked.passage, f"{ranked.corpus}\n" if ranked.corpus else ""
    return shelf.owner, shelf.corpus, f"{corpus}{passage.article.id}", passage.start, passage.end
