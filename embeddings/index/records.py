"""What an index keeps of an article, and counts of all of them: the same in every backend."""

import hashlib
import json
import math
from dataclasses import dataclass
from datetime import date

from embeddings.types import ENGLISH, Article


def content_hash(article: Article) -> bytes:
    """SHA-256 of what an article's passages and vectors come from: title and text."""
    return hashlib.sha256(json.dumps([article.title, article.text]).encode()).digest()


def ordinal(day: str | None) -> float:
    """Days from the year 0 to `day`; NaN without one."""
    return float(date.fromisoformat(day).toordinal()) if day else math.nan


def day_number(day: str | None) -> int:
    """`2022-11-03` as 20221103, as backends that filter by numbers keep days; 0 for none."""
    return int(day.replace("-", "")) if day else 0


@dataclass(frozen=True, slots=True)
class Kept:
    """An article's row in the catalog, without its text."""

    id: str
    content: bytes
    signature: bytes
    first: int
    count: int
    language: str = ENGLISH


@dataclass(frozen=True, slots=True)
class CatalogStats:
    """Counts of a catalog, with its first and its last day (YYYY-MM-DD)."""

    articles: int
    passages: int
    since: str | None
    until: str | None
    sources: dict[str, int]
    """Articles of each publisher, most first."""
    recent: str | None = None
    """The day that all but the newest twentieth of the dated articles do not exceed: `recent_rank`."""


def recent_rank(dated: int) -> int:
    """The place, from 0 and by date, of the article whose day counts as the corpus's today.

    One article dated years after all others, by mistake or not, must not make these old.
    """
    return max(0, (dated - 1) * 19 // 20)
