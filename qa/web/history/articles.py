"""The whole articles that conversations and pins name: each is kept once, and goes with its last use."""

import sqlite3
from collections.abc import Sequence

from qa.web.history.records import Packed


def use(
    connection: sqlite3.Connection, packed: Packed, turn: int | None = None, pin: int | None = None
) -> None:
    """Keep the articles that a record names, each once."""
    connection.executemany("INSERT OR IGNORE INTO articles VALUES (?, ?)", packed.articles.items())
    connection.executemany("INSERT INTO uses VALUES (?, ?, ?)", [(sum, turn, pin) for sum in packed.articles])


def tidy(connection: sqlite3.Connection) -> None:
    """Articles that nothing kept names any more go."""
    connection.execute("DELETE FROM articles WHERE sum NOT IN (SELECT sum FROM uses)")


def named(connection: sqlite3.Connection, kind: str, numbers: Sequence[int]) -> dict[str, bytes]:
    """The articles of these turns or pins, by their sums."""
    marks = ",".join("?" * len(numbers))
    rows = connection.execute(
        f"SELECT sum, whole FROM articles WHERE sum IN (SELECT sum FROM uses WHERE {kind} IN ({marks}))",
        list(numbers),
    )
    return dict(rows.fetchall())
