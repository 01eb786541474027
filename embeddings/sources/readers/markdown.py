"""Markdown with YAML front matter (title, date, url, source); the text is kept as it is written."""

import logging
import re
from collections.abc import Iterator
from typing import BinaryIO

from embeddings.sources.readers.base import Origin, read_all
from embeddings.sources.readers.dates import published
from embeddings.sources.readers.fields import MAX_FIELD, article, clean, decode, one_line
from embeddings.types import Article

log = logging.getLogger(__name__)

_FRONT = re.compile(r"\A\s*---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_UNCLOSED = re.compile(r"\A\s*---[ \t]*\n[A-Za-z_]+:")
_HEADING = re.compile(r"#[ \t]+(\S.*)")
_MAX_FRONT = 64_000


def read(stream: BinaryIO, origin: Origin) -> Iterator[Article]:
    """The articles that `stream` holds. Raises Unreadable."""
    text = clean(decode(read_all(stream), origin.path))
    fields: dict[str, str] = {}
    front = _FRONT.match(text[:_MAX_FRONT])
    if front:
        fields = _fields(front[1], origin.path)
        text = text[front.end() :]
    elif _UNCLOSED.match(text[:_MAX_FRONT]):
        log.warning("%s: front matter is not closed by ---: read as text", origin.path)
    title = one_line(fields.get("title")) or ""
    heading, rest = _split_heading(text)
    if heading and rest.strip() and (not title or title == heading):
        title, text = heading, rest
    day = fields.get("date") or published(text, origin.modified)
    yield article(
        origin.path, origin.id, title, text, fields.get("url"), day, fields.get("source"), origin.modified
    )


def _split_heading(text: str) -> tuple[str, str]:
    """The heading of the first level that `text` begins with, or "", and what follows it."""
    line, _, rest = text.lstrip().partition("\n")
    found = _HEADING.match(line) if len(line) <= MAX_FIELD else None
    return (found[1].rstrip(" \t#"), rest) if found else ("", text)


def _fields(front: str, path: str) -> dict[str, str]:
    """The plain values of the front matter, as they are written.

    They are taken from YAML's nodes, not its values: aliases and merge keys are never expanded, so that a
    "billion laughs" stays folded, and a title such as `No` or `12:30` stays what it is.
    """
    import yaml

    try:
        node = yaml.compose(front, yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        log.warning("%s: front matter is not YAML, left out (%s)", path, str(error).partition("\n")[0])
        return {}
    if not isinstance(node, yaml.MappingNode):
        log.warning("%s: front matter is not `name: value` lines, left out", path)
        return {}
    return {
        key.value: value.value
        for key, value in node.value
        if isinstance(key, yaml.ScalarNode)
        and isinstance(value, yaml.ScalarNode)
        and value.tag != "tag:yaml.org,2002:null"
    }
