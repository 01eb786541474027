"""A saved page: main text, title, date and publisher, found by trafilatura."""

import logging
from collections.abc import Iterator
from typing import BinaryIO

from embeddings.readers import Origin, Unreadable
from embeddings.readers.fields import article
from embeddings.types import Article


def read(stream: BinaryIO, origin: Origin) -> Iterator[Article]:
    from trafilatura import bare_extraction

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # its remarks name no file; ours do

    data = stream.read()
    try:
        page = bare_extraction(
            data, with_metadata=True, include_comments=False, include_tables=True, deduplicate=False
        )
    except (ValueError, RecursionError, AssertionError) as error:
        raise Unreadable(f"the page cannot be taken apart ({error})") from None
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
    )
