"""Plain text: the first line is the title when it is short and an empty line follows."""

from collections.abc import Iterator
from typing import BinaryIO

from embeddings.sources.addresses import is_address
from embeddings.sources.readers.base import Origin, Unreadable, read_all
from embeddings.sources.readers.dates import published
from embeddings.sources.readers.fields import article, clean, decode
from embeddings.types import Article

_TITLE = 200
"""Characters of a first line that can be a title, at most."""


def read(stream: BinaryIO, origin: Origin) -> Iterator[Article]:
    """The articles that `stream` holds. Raises Unreadable."""
    whole = decode(read_all(stream), origin.path)
    if is_address(whole.lstrip()) and all(map(is_address, whole.split())):
        raise Unreadable("nothing but addresses: named after --addresses, what they lead to is fetched")
    title, text = split_title(whole)
    day = published(text, origin.modified)
    yield article(origin.path, origin.id, title, text, date=day)


def split_title(text: str) -> tuple[str, str]:
    """The title, or "", and the text without it."""
    text = clean(text).strip()
    first, _, rest = text.partition("\n")
    if len(first) <= _TITLE and rest.strip() and not rest.partition("\n")[0].strip():
        return first.strip(), rest
    return "", text
