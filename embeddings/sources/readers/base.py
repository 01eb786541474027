"""What every reader takes and gives.

A reader is a function `read(stream, origin)`: it reads the binary stream from its start and yields
an Article, or a Skipped, for each record. It raises `Unreadable` where the file as a whole is none.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, TypeAlias

from embeddings.errors import SourceError
from embeddings.types import Article, Skipped

Reader: TypeAlias = "Callable[[BinaryIO, Origin], Iterator[Article | Skipped]]"
LARGEST = 256_000_000
"""Bytes of one article, at most. Its text is in memory several times while it is indexed, and a terabyte of
zeros can stand in one line; the longest novels have some ten million."""
_PART = 1_000_000
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
    text_column: str | None = None
    """The column of a table that holds the text, where none has a name that is known."""
    without: tuple[str, ...] = ()
    """Ids of articles that were removed from the index, though the source has them."""
    addresses: bool = False
    """Whether the file is a list of addresses."""
    allow_private: bool = False
    """Whether the addresses that are named may be of this machine or its own network."""

    def __post_init__(self) -> None:
        if not 0 < self.max_unpacked < float("inf"):
            raise SourceError(f"--max-unpacked is {self.max_unpacked}, expected gigabytes above 0")


DEFAULT_READING = Reading()


@dataclass(slots=True)
class Unpacked:
    """Bytes that have come out of a file and of all that is packed in it, however deep."""

    size: int = 0


@dataclass(frozen=True, slots=True)
class Origin:
    """The file a reader reads: its path as a user knows it, and the id of an article that fills it."""

    path: str
    id: str
    max_unpacked: float
    """As in Reading."""
    text_column: str | None = None
    """As in Reading."""
    modified: float | None = None
    """When the file was last written, in seconds since 1970: what "2 hours ago" in it counts from."""
    depth: int = 0
    """How many archives it lies in."""
    unpacked: Unpacked = field(default_factory=Unpacked)
    reader_of: "Callable[[str], Reader | None]" = lambda _: None
    """The reader of a file that lies in this one, by its name; None for a kind that is not read."""

    def takes(self, size: int) -> bool:
        """Counts bytes that are unpacked; whether all together are still no more than may be."""
        self.unpacked.size += size
        return self.unpacked.size <= self.max_unpacked * 1e9


class Unreadable(Exception):
    """The file is not what its ending says; the text says why."""


def read_all(stream: BinaryIO, largest: int | None = None) -> bytes:
    """All of `stream`, which is one article. Raises Unreadable for one of more than `largest` bytes."""
    parts: list[bytes] = []
    room = largest or LARGEST
    while part := stream.read(_PART):  # who asks for all at once is given memory for the most there may be
        parts.append(part)
        room -= len(part)
        if room < 0:
            raise too_large(largest)
    return b"".join(parts)


def too_large(largest: int | None = None) -> Unreadable:
    """The error of an article with more than `largest` bytes."""
    return Unreadable(f"an article of more than {(largest or LARGEST) / 1e6:g} MB: split it into several")
