"""E-books (.epub): each chapter is an article, named after the book and its own heading."""

import posixpath
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import unquote
from zipfile import ZipFile

from embeddings.sources.readers.base import Origin, Unreadable
from embeddings.sources.readers.fields import article, decode
from embeddings.sources.readers.markup import Tree, first_text, page, page_text, parse
from embeddings.sources.readers.zips import opened, read_part
from embeddings.types import Article, Skipped

_CHAPTERS = 10_000
_SHORT = 200
"""Characters of a page without a heading, such as a cover or a dedication, that is left out."""
_DC = "{http://purl.org/dc/elements/1.1/}"


def read(stream: BinaryIO, origin: Origin) -> Iterator[Article | Skipped]:
    """Articles of what `stream` holds, and what of it is left out. Raises Unreadable."""
    with opened(stream, "an e-book (EPUB)") as packed:
        container = read_part(packed, "META-INF/container.xml")
        root = parse(container, "container.xml").find(".//{*}rootfile") if container else None
        name = str(root.get("full-path")) if root is not None else ""
        data = read_part(packed, name)
        if data is None:
            raise Unreadable("not an e-book (EPUB): its list of chapters is missing")
        book = parse(data, "list of chapters")
        locked = read_part(packed, "META-INF/encryption.xml") or b""
        chapters = list(dict.fromkeys(_chapters(book, posixpath.dirname(name))))
        read_any = False
        for number, chapter in enumerate(chapters[:_CHAPTERS], 1):
            if chapter.encode() in locked:
                raise Unreadable("protected against copying (DRM): it cannot be read")
            for found in _chapter(packed, chapter, number, book, origin):
                read_any |= isinstance(found, Article)
                yield found
    if not read_any:
        raise Unreadable("no text in it")


def _chapters(book: Tree, folder: str) -> Iterator[str]:
    """Names of the parts that are read from the first page to the last, without tables of contents."""
    items = {
        str(item.get("id")): posixpath.normpath(posixpath.join(folder, unquote(str(item.get("href")))))
        for item in book.iterfind(".//{*}manifest/{*}item")
        if "nav" not in str(item.get("properties")).split() and "html" in str(item.get("media-type", "html"))
    }
    for place in book.iterfind(".//{*}spine/{*}itemref"):
        if (name := items.get(str(place.get("idref")))) and place.get("linear") != "no":
            yield name


def _chapter(
    packed: ZipFile, name: str, number: int, book: Tree, origin: Origin
) -> Iterator[Article | Skipped]:
    path = f"{origin.path}:{number}"
    try:
        data = read_part(packed, name)
        if data is None:
            raise Unreadable(f"the chapter {name} is missing from the book")
        tree = page(decode(data, path))
    except Unreadable as reason:
        yield Skipped(path, str(reason))
        return
    text, heading = page_text(tree), first_text(tree, "h1", "h2", "h3")
    if not text or (len(text) < _SHORT and not heading):
        return
    if heading:
        line = " ".join(heading.split())
        text = text.removeprefix(line) if text != line else text
    title = first_text(book, f"{_DC}title")
    yield article(
        path,
        f"{origin.id}:{number}",
        ": ".join(part for part in (title, heading) if part),
        text,
        date=first_text(book, f"{_DC}date"),
        source=first_text(book, f"{_DC}publisher", f"{_DC}creator"),
    )
