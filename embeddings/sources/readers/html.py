"""A saved page: main text, title, date and publisher, found by trafilatura."""

import logging
import re
from collections.abc import Iterator
from typing import BinaryIO

from embeddings.sources.readers.base import LARGEST_PAGE, Origin, Unreadable, read_all
from embeddings.sources.readers.fields import article, decode
from embeddings.types import Article

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)
BOOKMARKS = re.compile(rb"\s*<!DOCTYPE NETSCAPE-Bookmark-file", re.IGNORECASE)
"""How a file begins to which a browser has exported its bookmarks."""
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*>")


def read(stream: BinaryIO, origin: Origin) -> Iterator[Article]:
    """The articles that `stream` holds. Raises Unreadable."""
    from trafilatura import bare_extraction

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # its remarks name no file; ours do

    data = read_all(stream, LARGEST_PAGE)
    if BOOKMARKS.match(data):
        raise Unreadable("bookmarks of a browser: named after --addresses, what they lead to is fetched")
    declared = _CHARSET.search(data[:4096])
    page_text = decode(data, origin.path, declared[1].decode("ascii") if declared else None)
    try:
        page = bare_extraction(
            _DECLARATION.sub("", page_text),  # of an encoding that it no longer has
            with_metadata=True,
            include_comments=False,
            include_tables=True,
            deduplicate=False,
        )
    except MemoryError:  # the file may be whole
        raise
    except Exception as error:  # a damaged page can fail anywhere in the library
        raise Unreadable(f"the page cannot be taken apart ({type(error).__name__}: {error})") from None
    if page is None:
        raise Unreadable("no article found in the page")
    fields = page if isinstance(page, dict) else page.as_dict()
    # The library writes a paragraph a line.
    text = "\n\n".join(line for line in (fields.get("text") or "").split("\n") if line.strip())
    yield article(
        path=origin.path,
        id=origin.id,
        title=fields.get("title"),
        text=text,
        url=fields.get("url"),
        date=fields.get("date"),
        source=fields.get("sitename"),
        modified=origin.modified,
    )
