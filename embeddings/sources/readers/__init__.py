"""One small module a format; each turns an open file into articles and remarks on what it left out.

A reader is a function `read(stream, origin)`: it reads the binary stream from its start and yields
an Article, or a Skipped, for each record. It raises `Unreadable` where the file as a whole is none.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import BinaryIO, TypeAlias

from embeddings.errors import SourceError
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


LARGEST = 256_000_000
"""Bytes of one article, at most. Its text is in memory several times while it is indexed, and a terabyte of
zeros can stand in one line; the longest novels have some ten million."""


LARGEST_PAGE = 20_000_000
"""Bytes of a saved page, at most, as trafilatura has it: its tree takes many times that."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How sources are read."""

    follow_links: bool = False
    """Whether symbolic links inside a folder are followed."""
    max_unpacked: float = 4.0
    """Gigabytes that may come out of one compressed file: gzip can hold a thousand times its size. A year of
    a large newspaper is well below one."""

    def __post_init__(self) -> None:
        if not 0 < self.max_unpacked < float("inf"):
            raise SourceError(f"--max-unpacked is {self.max_unpacked}, expected gigabytes above 0")


@dataclass(frozen=True, slots=True)
class Origin:
    """The file a reader reads: its path as a user knows it, and the id of an article that fills it."""

    path: str
    id: str
    max_unpacked: float
    """As in Reading."""


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
    read: Reader = import_module(f"embeddings.sources.readers.{_MODULES[found]}").read
    return read


def check_size(name: str, size: int) -> None:
    """Raises Unreadable for a file of more bytes than its kind may have: said before anything is opened.

    Lines of JSON are articles by the million, and limited one by one.
    """
    kind = _MODULES[ending(name) or ".txt"]
    largest = {"jsonl": None, "html": LARGEST_PAGE}.get(kind, LARGEST)
    if largest is not None and size > largest:
        raise too_large(largest)


def read_all(stream: BinaryIO, largest: int | None = None) -> bytes:
    """All of `stream`, which is one article. Raises Unreadable for one of more than `largest` bytes."""
    data = stream.read((largest or LARGEST) + 1)
    if len(data) > (largest or LARGEST):
        raise too_large(largest)
    return data


def too_large(largest: int | None = None) -> Unreadable:
    return Unreadable(f"an article of more than {(largest or LARGEST) / 1e6:g} MB: split it into several")
