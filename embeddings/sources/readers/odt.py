"""LibreOffice's text documents (.odt): paragraphs in order, rows of tables in a line, notes after them."""

from collections.abc import Iterator
from typing import BinaryIO

from embeddings.sources.readers.base import Origin, Unreadable
from embeddings.sources.readers.fields import article
from embeddings.sources.readers.markup import Grammar, blocks, first_text, parse
from embeddings.sources.readers.zips import opened, read_part
from embeddings.types import Article

_GRAMMAR = Grammar(
    paragraphs=frozenset({"p", "h"}),
    rows=frozenset({"table-row"}),
    cells=frozenset({"table-cell"}),
    skipped=frozenset({"tracked-changes", "annotation", "note-citation", "sequence-decls", "forms"}),
    marks={"s": " ", "tab": "\t", "line-break": "\n"},
    repeats="{urn:oasis:names:tc:opendocument:xmlns:text:1.0}c",
)
_HEADINGS = ("Title", "Heading_20_1")


def read(stream: BinaryIO, origin: Origin) -> Iterator[Article]:
    """The articles that `stream` holds. Raises Unreadable."""
    with opened(stream, "an OpenDocument text") as packed:
        content, about = read_part(packed, "content.xml"), read_part(packed, "meta.xml")
        manifest = read_part(packed, "META-INF/manifest.xml") or b""
    if b"encryption-data" in manifest:
        raise Unreadable("encrypted: save a copy without its password")
    body = parse(content, "text").find(".//{*}body") if content else None
    if body is None:
        raise Unreadable("not an OpenDocument text: there is no body in its content.xml")
    text, meta = blocks(body, _GRAMMAR), parse(about, "properties") if about else None
    title = first_text(meta, "{*}title")
    if len(text) > 1 and (text[0].style in _HEADINGS or text[0].text == title):
        title = text.pop(0).text
    yield article(
        origin.path,
        origin.id,
        title,
        "\n\n".join(block.text for block in text),
        date=first_text(meta, "{http://purl.org/dc/elements/1.1/}date", "{*}creation-date"),
        source=first_text(meta, "{http://purl.org/dc/elements/1.1/}creator", "{*}initial-creator"),
    )
