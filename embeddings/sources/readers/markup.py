"""XML and HTML that nobody vouches for, and the paragraphs of their text."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from embeddings.sources.readers.base import Unreadable

Tree: TypeAlias = Any
_SPACES = re.compile(r"[ \t\n\r\f\xa0]+")
_BLOCKS = frozenset(
    "address article aside blockquote body br caption dd div dl dt fieldset figcaption figure footer form h1 "
    "h2 h3 h4 h5 h6 header hr html li main nav ol p pre section table tbody td tfoot th thead tr ul".split()
)
_UNSEEN = frozenset("head math noscript script select style svg template textarea title".split())
DECLARATION = re.compile(r"\A\s*<\?xml[^>]*>")
"""Of an encoding that a text no longer has."""


def parse(data: bytes, what: str) -> Tree:
    """The root of an XML file. Nothing that it names is fetched, and no entity is replaced."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(
            f"its {what} is damaged ({str(error).strip()}): open it and save a new copy"
        ) from None
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and next(declared.iterentities(), None) is not None:
        raise Unreadable(f"its {what} declares entities, which documents do not: save a copy without them")
    return root


def first_text(root: Tree | None, *names: str) -> str | None:
    """The text of the first element, in the order of `names` ("{*}title"), that has one."""
    if root is None:
        return None
    for name in names:
        for element in root.iterfind(f".//{name}"):
            if text := "".join(element.itertext()).strip():
                return text
    return None


@dataclass(frozen=True, slots=True)
class Grammar:
    """What the elements of a kind of document mean, by their names without namespace."""

    paragraphs: frozenset[str]
    rows: frozenset[str]
    cells: frozenset[str]
    skipped: frozenset[str]
    marks: Mapping[str, str]
    """Elements that stand for characters."""
    runs: frozenset[str] | None = None
    """The only elements whose text counts; without them, all text does, with its white space as one space."""
    repeats: str | None = None
    """The attribute that tells how often a mark stands there."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a row of a table with its cells."""

    text: str
    style: str | None = None


@dataclass(slots=True)
class _Frame:
    """What is being filled: a document or a cell (its blocks), or a row (its cells)."""

    blocks: list["Block | _Open"] = field(default_factory=list)


@dataclass(slots=True)
class _Open:
    """A paragraph that holds its place among the others until it ends: notes in it come after it."""

    pieces: list[str] = field(default_factory=list)
    style: str | None = None


def blocks(root: Tree, grammar: Grammar) -> list[Block]:
    """The paragraphs and rows under `root` in reading order; without recursion, however deep it is."""
    from lxml import etree

    frames, opened = [_Frame()], [_Open()]
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        name = _local(element)
        if event == "start" and name in grammar.skipped:
            walk.skip_subtree()
        elif event == "start":
            _enter(element, name, grammar, frames, opened)
        else:
            _leave(name, grammar, frames, opened)
            if grammar.runs is None and element is not root and element.tail:
                opened[-1].pieces.append(_SPACES.sub(" ", element.tail))
    return list(_closed(frames[0]))


def _enter(element: Tree, name: str, grammar: Grammar, frames: list[_Frame], opened: list[_Open]) -> None:
    if name in grammar.rows or name in grammar.cells:
        frames.append(_Frame())
    elif name in grammar.paragraphs:
        opened.append(_Open(style=_style(element)))
        frames[-1].blocks.append(opened[-1])
    elif name in grammar.marks:
        count = str(element.get(grammar.repeats, "1")) if grammar.repeats else "1"
        times = int(count) if count.isascii() and count.isdecimal() and len(count) < 4 else 1
        opened[-1].pieces.append(grammar.marks[name] * times)
    if element.text and (name in grammar.runs if grammar.runs is not None else True):
        opened[-1].pieces.append(element.text if grammar.runs else _SPACES.sub(" ", element.text))


def _leave(name: str, grammar: Grammar, frames: list[_Frame], opened: list[_Open]) -> None:
    if name in grammar.paragraphs and len(opened) > 1:
        opened.pop()
    elif name in grammar.cells and len(frames) > 1:
        cell = frames.pop()
        frames[-1].blocks.append(Block(" ".join(block.text for block in _closed(cell))))
    elif name in grammar.rows and len(frames) > 1:
        row = frames.pop()
        frames[-1].blocks.append(Block(" | ".join(block.text for block in _closed(row))))


def _closed(frame: _Frame) -> Iterator[Block]:
    for block in frame.blocks:
        done = block if isinstance(block, Block) else Block("".join(block.pieces).strip(), block.style)
        if done.text:
            yield done


def _local(element: Tree) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _style(element: Tree) -> str | None:
    """The style of a paragraph: `w:pPr/w:pStyle`, or `text:style-name` and the like."""
    named = element.find("{*}pPr/{*}pStyle")
    for attributes in (element.attrib, named.attrib if named is not None else {}):
        for key, value in attributes.items():
            if key.rpartition("}")[2] in ("style-name", "val"):
                return str(value)
    return None


def page(text: str) -> Tree | None:
    """The tree of an HTML text, whatever its faults; None for one without any."""
    from lxml import etree, html

    try:
        return html.document_fromstring(DECLARATION.sub("", text), parser=html.HTMLParser(huge_tree=False))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def page_text(root: Tree | None) -> str:
    """What an HTML tree shows: a paragraph for each block, the cells of a row in one line."""
    from lxml import etree

    if root is None:
        return ""
    done: list[str] = []
    pieces: list[str] = []

    def flush() -> None:
        line = _SPACES.sub(" ", "".join(pieces)).strip(" |")
        pieces.clear()
        if line:
            done.append(line)

    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        name = element.tag if isinstance(element.tag, str) else ""
        if event == "start" and name in _UNSEEN:
            walk.skip_subtree()
            continue
        if name in ("td", "th") and event == "end":
            pieces.append(" | ")
        elif name in _BLOCKS and not (pieces and _in_cell(element)):
            flush()
        if event == "start" and name and element.text:
            pieces.append(element.text)
        if event != "start" and element is not root and element.tail:
            pieces.append(element.tail)
    flush()
    return "\n\n".join(done)


def _in_cell(element: Tree) -> bool:
    """Whether it is a block in a row of a table, whose cells stay in one line."""
    if element.tag in ("tr", "table", "tbody", "thead", "tfoot"):
        return False
    parent = element if element.tag in ("td", "th") else element.getparent()
    return parent is not None and parent.tag in ("td", "th")
