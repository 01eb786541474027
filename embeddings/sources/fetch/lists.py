"""Files of addresses: a line each (.txt), feeds of a reader (.opml), bookmarks of a browser (.html)."""

import re
from collections.abc import Iterator
from pathlib import Path

from embeddings.errors import SourceError
from embeddings.sources.addresses import address
from embeddings.sources.readers.base import Unreadable
from embeddings.sources.readers.fields import decode
from embeddings.sources.readers.html import BOOKMARKS
from embeddings.sources.readers.markup import page, parse
from embeddings.types import Skipped

_LARGEST = 10_000_000
_MOST = 10_000
_OPML = re.compile(rb"<opml[\s>]", re.IGNORECASE)


def listed(path: Path) -> Iterator[str | Skipped]:
    """The addresses in the file at `path`, each once, and what is none. Raises SourceError."""
    try:
        data = path.read_bytes() if path.stat().st_size <= _LARGEST else None
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}: expected a file of addresses") from None
    if data is None:
        raise SourceError(f"{path} has more than {_LARGEST / 1e6:g} MB: too large for a list of addresses")
    seen: set[str] = set()
    try:
        for place, given in _given(data, path):
            try:
                found = address(given)
            except SourceError as error:
                yield Skipped(f"{path}:{place}", str(error))
                continue
            if found not in seen:
                seen.add(found)
                yield found
            if len(seen) == _MOST:
                yield Skipped(str(path), f"more than {_MOST:,} addresses: the others are left out")
                return
    except Unreadable as error:
        raise SourceError(f"{path}: {error}") from None


def _given(data: bytes, path: Path) -> Iterator[tuple[int, str]]:
    """What stands there for an address, and in which line."""
    if _OPML.search(data[:4_096]):
        for element in parse(data, "list of feeds").iter("{*}outline"):
            if feed := element.get("xmlUrl") or element.get("xmlurl"):
                yield element.sourceline or 0, feed.strip()
    elif BOOKMARKS.match(data):
        tree = page(decode(data, str(path)))
        for element in tree.iter("a") if tree is not None else ():
            link = (element.get("href") or "").strip()
            if link.lower().startswith(("http://", "https://")):  # others are places of the browser itself
                yield element.sourceline or 0, link
    else:
        for number, line in enumerate(decode(data, str(path)).splitlines(), 1):
            if (text := line.strip()) and not text.startswith("#"):
                yield number, text
