"""Conversations: what was asked, with all that was shown for it."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_urlsafe

from qa.web.cards import title
from qa.web.history.articles import named, tidy, use
from qa.web.history.database import Database
from qa.web.history.records import Packing
from qa.web.history.shelf import Shelf, clean, now
from qa.web.turns import KEPT, Turn

LISTED = 200
"""Conversations that are listed at once; a search finds the others."""
_LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as it is listed; times are in UTC, as ISO 8601 writes them."""

    id: str
    title: str
    created: str
    updated: str
    questions: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its answer, and when it was asked: UTC, as ISO 8601 writes it."""

    at: str
    turn: Turn


class Conversations:
    """Those that are kept. Each method raises HistoryError where they cannot be read or written."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turns = Packing(Turn)

    def keep(self, shelf: Shelf, id: str, turns: Sequence[Turn]) -> str:
        """Keep what of `turns` is not kept yet in the conversation `id`, or in a new one; its id."""
        if not turns:
            return ""
        with self._database.writing() as connection:
            known = bool(id) and _is_on(connection, shelf, id)
            fresh = list(turns) if not id else self._fresh(connection, id, turns) if known else [turns[-1]]
            if not known:
                id = _begin(connection, shelf, turns[-1] if id else turns[0])
            for turn in fresh:
                self._add(connection, id, turn)
            if fresh:
                connection.execute("UPDATE conversations SET updated = ? WHERE id = ?", (now(), id))
        return id

    def _fresh(self, connection: sqlite3.Connection, id: str, turns: Sequence[Turn]) -> list[Turn]:
        """The last turns, back to one that is kept: another tab may have kept others meanwhile."""
        kept = {sum for (sum,) in connection.execute("SELECT sum FROM turns WHERE conversation = ?", (id,))}
        fresh: list[Turn] = []
        for turn in reversed(turns):
            if self._turns.pack(turn).sum in kept:
                break
            fresh.insert(0, turn)
        return fresh

    def _add(self, connection: sqlite3.Connection, id: str, turn: Turn) -> None:
        packed = self._turns.pack(turn)
        row = (id, now(), packed.sum, _words(turn), packed.record)
        made = connection.execute(
            "INSERT INTO turns (conversation, asked, sum, words, record) VALUES (?, ?, ?, ?, ?)", row
        )
        use(connection, packed, turn=made.lastrowid)

    def conversations(self, shelf: Shelf, text: str = "", most: int = LISTED) -> list[Conversation]:
        """Those whose title, questions, answers or sources hold each word of `text`, last asked in first."""
        asked = "EXISTS (SELECT 1 FROM turns WHERE conversation = id AND instr(words, ?))"
        holds = f" AND (instr(folded, ?) OR {asked})"
        words = clean(text).casefold().split()[:20]
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT id, title, created, updated, (SELECT count(*) FROM turns WHERE conversation = id) "
                f"FROM conversations WHERE owner = ? AND corpus = ?{holds * len(words)} "
                "ORDER BY updated DESC, rowid DESC LIMIT ?",
                (shelf.owner, shelf.corpus, *(part for word in words for part in (word, word)), most),
            ).fetchall()
        return [Conversation(*row) for row in rows]

    def asked(self, shelf: Shelf, id: str, most: int = KEPT) -> list[Asked]:
        """The last turns of a conversation; none where it is not on the shelf."""
        with self._database.reading() as connection:
            if not _is_on(connection, shelf, id):
                return []
            rows = connection.execute(
                "SELECT number, asked, record FROM turns WHERE conversation = ? ORDER BY number DESC LIMIT ?",
                (id, most),
            ).fetchall()
            articles = named(connection, "turn", [number for number, _, _ in rows])
        return [Asked(at, self._turns.unpack(record, articles)) for _, at, record in reversed(rows)]

    def title(self, shelf: Shelf, id: str) -> str | None:
        """What a conversation is called; None where it is not on the shelf."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT title FROM conversations WHERE id = ? AND owner = ? AND corpus = ?",
                (clean(id), shelf.owner, shelf.corpus),
            ).fetchone()
        return str(row[0]) if row else None

    def rename(self, shelf: Shelf, id: str, name: str) -> None:
        shown = _title(name)
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE conversations SET title = ?, folded = ? WHERE id = ? AND owner = ? AND corpus = ?",
                (shown, shown.casefold(), id, shelf.owner, shelf.corpus),
            )

    def delete(self, shelf: Shelf, id: str) -> None:
        with self._database.writing() as connection:
            connection.execute(
                "DELETE FROM conversations WHERE id = ? AND owner = ? AND corpus = ?",
                (id, shelf.owner, shelf.corpus),
            )
            tidy(connection)


def _is_on(connection: sqlite3.Connection, shelf: Shelf, id: str) -> bool:
    found = connection.execute(
        "SELECT 1 FROM conversations WHERE id = ? AND owner = ? AND corpus = ?",
        (clean(id), shelf.owner, shelf.corpus),
    )
    return found.fetchone() is not None


def _begin(connection: sqlite3.Connection, shelf: Shelf, first: Turn) -> str:
    id, shown, at = token_urlsafe(12), _title(first.question), now()
    row = (id, shelf.owner, shelf.corpus, shown, shown.casefold(), at, at)
    connection.execute("INSERT INTO conversations VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    return id


def _words(turn: Turn) -> str:
    """What a search finds a turn by."""
    parts = [turn.question]
    if turn.result:
        answer = turn.result.answer
        parts += [turn.result.understood, answer.text if answer else ""]
        articles = [ranked.passage.article for ranked in turn.result.passages]
        parts += [f"{title(article)} {article.source or ''}" for article in articles]
    return clean(" ".join(parts)).casefold()


def _title(text: str) -> str:
    line = " ".join(clean(text).split()) or "Without a name"
    return line if len(line) <= _LONGEST_TITLE else f"{line[: _LONGEST_TITLE - 1]}…"
