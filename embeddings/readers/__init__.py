"""One small module a format; each turns an open file into articles and remarks on what it left out.

A reader is a function `read(stream, origin)`: it reads the binary stream from its start and yields
an Article, or a Skipped, for each record. It raises `Unreadable` where the file as a whole is none.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import BinaryIO, TypeAlias

from embeddings.types import Article, Skipped

Reader: TypeAlias = "Callable[[BinaryIO, Origin], Iterator[Article | Skipped]]"

_MODULES = {
    ".txt": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".jsonl": "jsonl",
    ".jsonl.gz": "jsonl",
    ".html": "html",
    ".htm": "html",
    ".pdf": "pdf",
}
ENDINGS = tuple(_MODULES)


@dataclass(frozen=True, slots=True)
class Origin:
    """The file a reader reads: its path as a user knows it, and the id of an article that fills it."""

    path: str
    id: str


class Unreadable(Exception):
    """The file is not what its ending says; the text says why."""


def ending(name: str) -> str | None:
    """The ending by which a reader for the file `name` is found, if there is one."""
    lower = name.lower()
    return next((e for e in sorted(ENDINGS, key=len, reverse=True) if lower.endswith(e)), None)


def reader(name: str) -> Reader:
    """The reader for the file `name`, imported now: some formats need large libraries."""
    found = ending(name)
    if found is None:
        raise Unreadable("no reader for this ending")
    read: Reader = import_module(f"embeddings.readers.{_MODULES[found]}").read
    return read
