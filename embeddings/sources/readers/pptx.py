"""Slides (.pptx): the text of each slide in their order, with its notes; one article."""

import posixpath
from collections.abc import Iterator
from typing import BinaryIO
from zipfile import ZipFile

from embeddings.sources.readers.base import Origin, Unreadable
from embeddings.sources.readers.docx import main_part, properties
from embeddings.sources.readers.fields import article
from embeddings.sources.readers.markup import Grammar, blocks, first_text, parse
from embeddings.sources.readers.zips import opened, read_part
from embeddings.types import Article

_GRAMMAR = Grammar(
    paragraphs=frozenset({"p"}),
    rows=frozenset({"tr"}),
    cells=frozenset({"tc"}),
    skipped=frozenset({"Fallback", "fld"}),  # doubles; numbers of slides
    marks={"br": "\n"},
    runs=frozenset({"t"}),
)
_SLIDES = 5_000
_UNNAMED = "PowerPoint Presentation"
"""What PowerPoint calls a file that nobody gave a title."""


def read(stream: BinaryIO, origin: Origin) -> Iterator[Article]:
    """Articles of what `stream` holds, and what of it is left out. Raises Unreadable."""
    with opened(stream, "a PowerPoint file") as packed:
        main = main_part(packed, "ppt/presentation.xml")
        text = [line for slide in _slides(packed, main)[:_SLIDES] for line in _lines(packed, slide)]
        core = properties(packed)
    title = first_text(core, "{*}title")
    if text and title in (None, _UNNAMED, text[0]):
        title = text.pop(0) if len(text) > 1 else text[0]
    yield article(
        origin.path,
        origin.id,
        title,
        "\n\n".join(text),
        date=first_text(core, "{*}modified", "{*}created"),
        source=first_text(core, "{*}creator"),
    )


def _slides(packed: ZipFile, main: str) -> list[str]:
    data = read_part(packed, main)
    if data is None:
        raise Unreadable(f"not a PowerPoint file: {main} is missing from it")
    targets = _relations(packed, main)
    found: list[str] = []
    for slide in parse(data, "list of slides").iterfind(".//{*}sldId"):
        ids = (value for key, value in slide.attrib.items() if key.endswith("}id"))
        if (target := targets.get(next(ids, ""))) and target[1] not in found:
            found.append(target[1])
    return found


def _lines(packed: ZipFile, slide: str) -> Iterator[str]:
    notes = [target for kind, target in _relations(packed, slide).values() if kind == "notesSlide"]
    for part in (slide, *notes[:1]):
        if data := read_part(packed, part):
            yield from (block.text for block in blocks(parse(data, part), _GRAMMAR))


def _relations(packed: ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Kind and name of each part that `part` refers to, by the number that it uses for it."""
    folder, name = posixpath.split(part)
    data = read_part(packed, f"{folder}/_rels/{name}.rels")
    if data is None:
        return {}
    return {
        str(one.get("Id")): (
            str(one.get("Type")).rpartition("/")[2],
            posixpath.normpath(posixpath.join("/", folder, str(one.get("Target")))).lstrip("/"),
        )
        for one in parse(data, "table of parts").iterfind("{*}Relationship")
    }
