"""What an index keeps of an article, and counts of all of them: the same in every backend."""

import hashlib
import json
from dataclasses import dataclass

from embeddings.types import Article


def content_hash(article: Article) -> bytes:
    """SHA-256 of what an article's passages and vectors come from: title and text."""
    return hashlib.sha256(json.dumps([article.title, article.text]).encode()).digest()


@dataclass(frozen=True, slots=True)
class Kept:
    """An article's row in the catalog, without its text."""

    id: str
    content: bytes
    signature: bytes
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class CatalogStats:
    articles: int
    passages: int
    since: str | None
    until: str | None
    sources: dict[str, int]
    """Articles of each publisher, most first."""
