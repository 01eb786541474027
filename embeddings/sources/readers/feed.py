"""Feeds that were saved (RSS, Atom): each entry is an article, with as much text as the feed gives."""

import io
import logging
from collections.abc import Iterator
from typing import Any, BinaryIO

from embeddings.sources.readers.base import Origin, Unreadable, read_all
from embeddings.sources.readers.fields import article, utf_16_or_32
from embeddings.sources.readers.markup import DECLARATION, page, page_text
from embeddings.types import Article, Skipped

log = logging.getLogger(__name__)

LARGEST = 50_000_000
_LONGEST_ID = 1_000


def read(stream: BinaryIO, origin: Origin) -> Iterator[Article | Skipped]:
    """Articles of what `stream` holds, and what of it is left out. Raises Unreadable."""
    import feedparser

    data = read_all(stream, LARGEST)
    if wide := utf_16_or_32(data):  # whatever it declares
        data = DECLARATION.sub("", data.decode(wide, "replace").lstrip("\ufeff")).encode()
    # A stream, never the bytes themselves: those it might take for an address to fetch.
    feed: Any = feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    if not feed.entries:
        why = f" ({feed.bozo_exception})" if feed.bozo else ""
        what = "a feed without entries" if feed.get("version") else "no feed in it: RSS or Atom expected"
        raise Unreadable(" ".join(f"{what}{why}".split())[:300])
    if feed.bozo:
        said = " ".join(str(feed.bozo_exception).split())[:200]
        if isinstance(feed.bozo_exception, feedparser.CharacterEncodingOverride):
            log.warning("%s: its encoding is not the one that it names (%s)", origin.path, said)
        else:
            yield Skipped(origin.path, f"the feed is damaged ({said}): entries after that may be missing")
    for number, entry in enumerate(feed.entries, 1):
        yield _article(entry, number, feed.feed, origin)


def _article(entry: Any, number: int, feed: Any, origin: Origin) -> Article | Skipped:
    path = f"{origin.path}:{number}"
    bodies = [str(content.get("value", "")) for content in entry.get("content", [])]
    bodies.append(str(entry.get("summary", "")))
    text = max((_shown(body) for body in bodies), key=len)
    title = _shown(str(entry.get("title", "")))
    link = entry.get("link")
    called = str(entry.get("id") or link or "")
    try:
        return article(
            path,
            called if 0 < len(called) <= _LONGEST_ID else f"{origin.id}:{number}",
            title,
            text or title,
            url=link,
            date=entry.get("published") or entry.get("updated"),
            source=_publisher(entry, feed),
            modified=origin.modified,
        )
    except Unreadable as reason:
        return Skipped(path, str(reason))


def _publisher(entry: Any, feed: Any) -> str | None:
    named = entry.get("source") or {}
    return _shown(str(named.get("title") or feed.get("title") or "")) or None


def _shown(markup: str) -> str:
    """What a text with or without HTML shows."""
    if "<" not in markup and "&" not in markup:
        return markup.strip()
    return page_text(page(f"<div>{markup}</div>"))
