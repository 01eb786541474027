"""A catalog as it is written: a table of articles in SQLite, and an array of passages."""

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.index.records import Kept, content_hash
from embeddings.text.copies import Copy, copied_stories, signature
from embeddings.text.sentences import Span
from embeddings.types import Article

COLUMNS = "id, title, text, url, date, source, path, pages, language"
"""Of an article, in the order of `as_article`."""
_TABLE = """
CREATE TABLE articles (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL,
    url TEXT, date TEXT, source TEXT, path TEXT, pages TEXT NOT NULL, language TEXT NOT NULL,
    content BLOB NOT NULL, signature BLOB NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL,
    story INTEGER
)
"""
_INDEXES = """
CREATE UNIQUE INDEX by_id ON articles (id);
CREATE INDEX by_content ON articles (content);
CREATE INDEX by_date ON articles (date, source, first, count);
CREATE INDEX by_source ON articles (source, first, count);
CREATE INDEX by_first ON articles (first);
CREATE INDEX by_story ON articles (story) WHERE story IS NOT NULL;
"""
PASSAGE = np.dtype([("article", "<i8"), ("start", "<i8"), ("end", "<i8")])


class CatalogWriter:
    """Writes a catalog article by article; `close` makes it whole."""

    def __init__(self, articles: Path, passages: Path) -> None:
        self._db = sqlite3.connect(articles, isolation_level=None)
        self._db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _TABLE)
        self._db.execute("BEGIN")
        self._path = passages
        self._spans: list[NDArray[Any]] = []
        self._copies: list[Copy] = []
        self.languages: Counter[str] = Counter()
        self.articles = 0
        self.passages = 0

    def add(self, article: Article, spans: Sequence[Span], kept: Kept | None = None) -> tuple[int, int]:
        """Number of the article, and of its first passage; `kept` is its row in another catalog."""
        sketch = kept.signature if kept else signature(article.text)
        self._copies.append(Copy(article.title, article.source, article.date, sketch))
        number, first = self.articles, self.passages
        self._spans.append(np.array([(number, start, end) for start, end in spans], PASSAGE))
        self._db.execute(
            f"INSERT INTO articles (number, {COLUMNS}, content, signature, first, count)"
            f" VALUES ({', '.join('?' * 14)})",
            (
                *(number, article.id, article.title, article.text, article.url, article.date, article.source),
                *(article.path, json.dumps(article.pages), article.language),
                *(content_hash(article), sketch, first, len(spans)),
            ),
        )
        self.languages[article.language] += 1
        self.articles += 1
        self.passages += len(spans)
        return number, first

    def close(self) -> None:
        found = copied_stories(self._copies)
        self._db.executemany(
            "UPDATE articles SET story = ? WHERE number = ?",
            [(story, number) for number, story in found.items()],
        )
        self._db.execute("COMMIT")
        self._db.executescript(_INDEXES)
        self._db.close()
        rows = np.concatenate(self._spans) if self._spans else np.zeros(0, PASSAGE)
        np.save(self._path, rows, allow_pickle=False)
