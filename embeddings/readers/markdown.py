"""Markdown with YAML front matter (title, date, url, source); the text is kept as it is written."""

import logging
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import yaml

from embeddings.readers import Origin
from embeddings.readers.fields import article, clean, decode, one_line
from embeddings.types import Article

log = logging.getLogger(__name__)

_FRONT = re.compile(r"\A\s*---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"\A\s*#[ \t]+(\S[^\n]*?)[ \t#]*(?:\n|\Z)")
_MAX_FRONT = 64_000


def read(stream: BinaryIO, origin: Origin) -> Iterator[Article]:
    text = clean(decode(stream.read(), origin.path))
    fields: dict[str, Any] = {}
    front = _FRONT.match(text[:_MAX_FRONT])
    if front:
        fields = _fields(front[1], origin.path)
        text = text[front.end() :]
    title = one_line(fields.get("title"))
    heading = _HEADING.match(text)
    if heading and (not title or title == heading[1]) and text[heading.end() :].strip():
        title, text = heading[1], text[heading.end() :]
    yield article(
        origin.path, origin.id, title, text, fields.get("url"), fields.get("date"), fields.get("source")
    )


def _fields(front: str, path: str) -> dict[str, Any]:
    try:
        # Aliases are shared, not copied, and only plain values are taken out: a "bomb" stays folded.
        loaded = yaml.safe_load(front)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        log.warning("%s: front matter is not YAML, left out (%s)", path, str(error).partition("\n")[0])
        return {}
    return loaded if isinstance(loaded, dict) else {}
