"""Rich text (.rtf), as old word processors and TextEdit write it: by striprtf."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from embeddings.sources.readers.base import Origin, Unreadable, read_all
from embeddings.sources.readers.fields import article
from embeddings.sources.readers.text import split_title
from embeddings.types import Article

LARGEST = 50_000_000
_INFO = 100_000
"""Bytes from the start among which a file says what it is."""
_PICTURE = re.compile(r"[0-9a-fA-F\s]{2000,}")
_MOMENT = re.compile(r"\\(?:revtim|creatim)\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")


def read(stream: BinaryIO, origin: Origin) -> Iterator[Article]:
    """The articles that `stream` holds. Raises Unreadable."""
    from striprtf.striprtf import rtf_to_text

    data = read_all(stream, LARGEST)
    if not data.lstrip().startswith(b"{\\rtf"):
        raise Unreadable("not an RTF file: it does not begin with {\\rtf")
    code = _PICTURE.sub(" ", data.decode("latin-1"))
    text = rtf_to_text(code, encoding="cp1252", errors="replace")
    info = code[:_INFO]
    title, moment = _said("title", info), _MOMENT.search(info)
    if not title:
        title, text = split_title(text)
    yield article(
        origin.path,
        origin.id,
        title,
        re.sub(r"\s*\n\s*", "\n\n", text),
        date="-".join(moment.groups()) if moment else None,
        source=_said("author", info),
    )


def _said(name: str, info: str) -> str | None:
    """What the file says of itself under `name`."""
    from striprtf.striprtf import rtf_to_text

    found = re.search(r"\{\\" + name + r" ([^{}]{1,1000})\}", info)
    return rtf_to_text("{\\rtf1 " + found[1] + "}", encoding="cp1252", errors="replace") if found else None
