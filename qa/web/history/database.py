"""The file in which conversations are kept: its tables, who may read it, what is said where it fails."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from embeddings.errors import QAError

_VERSION = 1
_WAIT = 10.0
"""Seconds that one process waits for another's writing."""
_TABLES = """
CREATE TABLE conversations (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, corpus TEXT NOT NULL, title TEXT NOT NULL, folded TEXT NOT NULL,
    created TEXT NOT NULL, updated TEXT NOT NULL
);
CREATE INDEX newest ON conversations (owner, corpus, updated);
CREATE TABLE turns (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
    asked TEXT NOT NULL, sum TEXT NOT NULL, words TEXT NOT NULL, record TEXT NOT NULL
);
CREATE INDEX turns_of ON turns (conversation, number);
CREATE TABLE pins (
    number INTEGER PRIMARY KEY AUTOINCREMENT, owner TEXT NOT NULL, corpus TEXT NOT NULL, pinned TEXT NOT NULL,
    article TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, record TEXT NOT NULL,
    UNIQUE (owner, corpus, article, start, "end")
);
CREATE TABLE articles (sum TEXT PRIMARY KEY, whole BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE uses (
    sum TEXT NOT NULL REFERENCES articles, turn INTEGER REFERENCES turns ON DELETE CASCADE,
    pin INTEGER REFERENCES pins ON DELETE CASCADE
);
CREATE INDEX uses_sum ON uses (sum);
CREATE INDEX uses_turn ON uses (turn);
CREATE INDEX uses_pin ON uses (pin);
"""


class HistoryError(QAError):
    """What is kept cannot be read or written."""


class Database:
    """Opened anew for every piece of work: several threads, tabs and processes share the file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        with self._said():
            file.parent.mkdir(0o700, parents=True, exist_ok=True)
            os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
        with self.writing() as connection:
            [version] = connection.execute("PRAGMA user_version").fetchone()
            if version == 0:
                for statement in _TABLES.split(";"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {_VERSION}")
            elif version != _VERSION:
                raise HistoryError(
                    f"{file} was written by another version of this program ({version}, expected "
                    f"{_VERSION}): move it away, or give --no-history"
                )

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        with self._said(), closing(self._connect()) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """All that is done within is kept, or none of it."""
        with self._said(), closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.file, timeout=_WAIT, isolation_level=None)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # what is deleted is written over
        return connection

    @contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise HistoryError(
                f"{self.file} cannot be used to keep conversations ({why}): "
                "move it away, set QA_DATA to another folder, or give --no-history"
            ) from None
