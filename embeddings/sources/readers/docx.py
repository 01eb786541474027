"""Word (.docx): the paragraphs of the text in order, rows of tables in a line, then notes.

Read from its XML, not by python-docx: that unpacks whatever the file holds before it can be asked how
much, and leaves out text boxes, notes and the content controls in which templates put whole letters.
"""

from collections.abc import Iterator
from typing import BinaryIO
from zipfile import ZipFile

from embeddings.sources.readers.base import Origin, Unreadable
from embeddings.sources.readers.fields import article
from embeddings.sources.readers.markup import Grammar, Tree, blocks, first_text, parse
from embeddings.sources.readers.zips import opened, read_part
from embeddings.types import Article, Skipped

_GRAMMAR = Grammar(
    paragraphs=frozenset({"p"}),
    rows=frozenset({"tr"}),
    cells=frozenset({"tc"}),
    skipped=frozenset({"del", "moveFrom", "Fallback", "tabs"}),  # what was struck out, and doubles
    marks={"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"},
    runs=frozenset({"t"}),
)
_HEADINGS = ("Title", "Heading1", "Titel", "Titre")


def read(stream: BinaryIO, origin: Origin) -> Iterator[Article | Skipped]:
    """Articles of what `stream` holds, and what of it is left out. Raises Unreadable."""
    with opened(stream, "a Word document") as packed:
        main = read_part(packed, main_part(packed, "word/document.xml"))
        if main is None:
            raise Unreadable("not a Word document: word/document.xml is missing from it")
        body = blocks(parse(main, "text"), _GRAMMAR)
        for name in ("word/footnotes.xml", "word/endnotes.xml"):
            if (notes := read_part(packed, name)) is not None:
                body += blocks(parse(notes, "notes"), _GRAMMAR)
        core = properties(packed)
        macros = [name for name in packed.namelist() if name.lower().endswith("vbaproject.bin")]
    title = first_text(core, "{*}title")
    if body and (body[0].style in _HEADINGS or body[0].text == title) and len(body) > 1:
        title = body.pop(0).text
    yield article(
        origin.path,
        origin.id,
        title,
        "\n\n".join(block.text for block in body),
        date=first_text(core, "{*}modified", "{*}created"),
        source=first_text(core, "{*}creator"),
    )
    if macros:
        yield Skipped(f"{origin.path}/{macros[0]}", "macros: they are neither read nor run")


def main_part(packed: ZipFile, usual: str) -> str:
    """The part that holds the document, as the file itself says."""
    relations = read_part(packed, "_rels/.rels")
    for relation in parse(relations, "table of parts").iterfind("{*}Relationship") if relations else ():
        if str(relation.get("Type")).endswith("/officeDocument"):
            return str(relation.get("Target")).lstrip("/")
    return usual


def properties(packed: ZipFile) -> Tree | None:
    """What the document says of itself."""
    core = read_part(packed, "docProps/core.xml")
    return parse(core, "properties") if core else None
