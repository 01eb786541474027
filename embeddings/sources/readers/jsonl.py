"""JSON lines, plain or gzip: a record a line with `text` and optional id, title, url, date, source."""

import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, TextIO, TypeAlias, cast

from embeddings.sources.readers.base import LARGEST, Origin, Unreadable, too_large
from embeddings.sources.readers.fields import article, utf_16_or_32
from embeddings.types import Article, Skipped

_LONGEST_ID = 1_000
_HOPELESS = 100_000
"""Empty or broken lines in a row after which a file is given up: a small .gz can hold billions."""
_PADDING = 100
"""Zeros after a member, from which on they are counted."""
ReadLine: TypeAlias = Callable[[int], bytes]


def read(stream: BinaryIO, origin: Origin) -> Iterator[Article | Skipped]:
    """Articles of what `stream` holds, and what of it is left out. Raises Unreadable."""
    number = broken = 0
    without_text = _Lines()
    articles = questions = 0
    try:
        for number, line in enumerate(_lines(stream, origin), 1):
            if broken == _HOPELESS:
                yield Skipped(
                    origin.path, f"{broken:,} lines in a row without a record: the rest is left out"
                )
                break
            broken += 1
            if not line.strip():
                continue
            try:
                record = _record(line, number, origin)
                broken = 0
                articles += 1
                yield record
            except _WithoutText as record:
                broken = 0
                questions += record.is_question
                without_text.add(number)
            except Unreadable as reason:
                yield Skipped(f"{origin.path}:{number}", str(reason))
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        yield Skipped(origin.path, f"damaged gzip after line {number}: {error}")
    except _TooMuch:
        yield Skipped(
            origin.path,
            f"more than {origin.max_unpacked:g} GB unpacked, left out after line {number}: "
            "give --max-unpacked a larger number if you trust the file",
        )
    else:
        if number == 0:
            yield Skipped(origin.path, "no line in it")
    if questions == without_text.count and questions and not articles:
        yield Skipped(
            origin.path,
            f"no article, but {questions:,} question{'s' if questions > 1 else ''}",
            questions=True,
        )
    elif without_text.count:
        yield Skipped(origin.path, f"no `text` in line {without_text}")


class _WithoutText(Exception):
    """A record of another kind: reported once a file."""

    def __init__(self, is_question: bool) -> None:
        super().__init__()
        self.is_question = is_question


class _TooMuch(Exception):
    """More came out of a compressed file than may."""


def _lines(stream: BinaryIO, origin: Origin) -> Iterator[bytes]:
    """Lines in UTF-8, one in memory at a time; of one that is too long, no more than tells that it is."""
    zipped = origin.path.lower().endswith(".gz")
    unpacked = cast(
        "io.BufferedReader", gzip.GzipFile(fileobj=_members(stream, origin)) if zipped else stream
    )
    start = unpacked.read1(4096)
    encoding = utf_16_or_32(start)
    if start and not start.strip(b"\0"):
        raise Unreadable("not text: it is full of NUL bytes")
    unpacked.seek(0)
    wrapper = io.TextIOWrapper(unpacked, encoding, "replace", newline="\n") if encoding else None
    read_line: ReadLine = unpacked.readline
    if wrapper:
        read_line = _encoded(wrapper)
    if zipped:
        read_line = _limited(read_line, origin.max_unpacked * 1e9)
    try:
        while line := read_line(LARGEST + 1):
            yield line
            while line and not line.endswith(b"\n"):
                line = read_line(1_000_000)
    finally:
        if wrapper:
            wrapper.detach()  # else it closes the stream, which is not its own


def _members(stream: BinaryIO, origin: Origin) -> BinaryIO:
    return cast("BinaryIO", _Members(stream, origin.max_unpacked * 1e9))


class _Members:
    """A gzip file, in which `gzip` looks for the next member after any number of zeros, one by one."""

    def __init__(self, stream: BinaryIO, most: float) -> None:
        self._stream = stream
        self._left = most
        self._zeros = 0
        self.seek = stream.seek
        self.tell = stream.tell

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._zeros = self._zeros + 1 if data == b"\0" else 0
        return self._after_zeros() if self._zeros > _PADDING else data

    def _after_zeros(self) -> bytes:
        """The first byte that is none of them. Raises _TooMuch beyond what may come out of the file."""
        while chunk := self._stream.read(1_000_000):
            rest = chunk.lstrip(b"\0")
            self._left -= len(chunk) - len(rest)
            if self._left < 0:
                raise _TooMuch
            if rest:
                self._stream.seek(1 - len(rest), io.SEEK_CUR)
                return rest[:1]
        return b""


def _encoded(lines: TextIO) -> ReadLine:
    return lambda size: lines.readline(size).encode()


def _limited(read_line: ReadLine, size: float) -> ReadLine:
    left = size

    def read(most: int) -> bytes:
        nonlocal left
        line = read_line(most)
        left -= len(line)
        if left < 0:
            raise _TooMuch
        return line

    return read


@dataclass(slots=True)
class _Lines:
    """The first numbers of some lines, and how many there are: a file can have billions."""

    first: list[int] = field(default_factory=list)
    count: int = 0

    def add(self, number: int) -> None:
        self.count += 1
        if self.count <= 3:
            self.first.append(number)

    def __str__(self) -> str:
        more = f" and {self.count - 3} more" if self.count > 3 else ""
        return ", ".join(map(str, self.first)) + more


def _record(line: bytes, number: int, origin: Origin) -> Article:
    if len(line) > LARGEST:
        raise too_large()
    try:
        record: Any = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Unreadable(f"not UTF-8 at byte {error.start + 1} of the line: convert the file") from None
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"not a JSON line ({error})") from None
    if not isinstance(record, dict):
        raise Unreadable("not a JSON object")
    text, id = record.get("text"), record.get("id")
    if text is None:
        raise _WithoutText(isinstance(record.get("question"), str))
    if not isinstance(text, str):
        raise Unreadable("`text` is not a string")
    if id is not None and (not isinstance(id, str | int) or isinstance(id, bool)):
        raise Unreadable("`id` is neither a string nor a number")
    if len(str(id)) > _LONGEST_ID:
        raise Unreadable(f"`id` has {len(str(id))} characters, expected {_LONGEST_ID} at most")
    return article(
        path=f"{origin.path}:{number}",
        id=str(id) if id not in (None, "") else f"{origin.id}:{number}",
        title=record.get("title"),
        text=text,
        url=record.get("url"),
        date=record.get("date"),
        source=record.get("source"),
        modified=origin.modified,
    )
