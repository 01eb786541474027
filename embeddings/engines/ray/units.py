"""Files grouped into units, one of which a task reads, and the records of a unit in parts, each a shard."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.engines.ray.wire import Record, Warned
from embeddings.index.records import content_hash
from embeddings.sources.corpus import few_remarks
from embeddings.sources.files import File
from embeddings.sources.readers.base import Reading
from embeddings.sources.separate_process import read_apart
from embeddings.types import Article

_UNIT_BYTES = 4_000_000
_UNIT_FILES = 256
_PART_CHARACTERS = 500_000
"""Of text in a shard: some 800 passages, which two cores encode in about seven seconds."""
_PART_RECORDS = 1_000

Marks = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Part:
    """A run of records of one unit."""

    records: list[Record]
    read: int
    """Bytes of files that were read for it."""
    last: bool
    """Whether the unit ends with it."""


def units(files: Sequence[File]) -> Iterator[range]:
    """Numbers of the files of each unit: one large file, or several small ones that follow one another."""
    first = size = 0
    for number, file in enumerate(files):
        if number > first and (size + file.size > _UNIT_BYTES or number - first == _UNIT_FILES):
            yield range(first, number)
            first, size = number, 0
        size += file.size
    if files:
        yield range(first, len(files))


def known_marks(contents: Iterable[bytes]) -> Marks:
    """The first eight bytes of each content hash, sorted: what all tasks can share.

    Should two articles ever agree in them, one is encoded by the driver that would have been by an actor.
    """
    return np.sort(np.frombuffer(b"".join(content[:8] for content in contents), np.uint64))


def read_parts(files: Iterable[tuple[int, File, Path]], reading: Reading, known: Marks) -> Iterator[Part]:
    """The records of the files of one unit, each with its number and place; at least one part."""
    records: list[Record] = []
    characters = reported = done = 0
    for record, read in _records(files, reading, known):
        if records and (characters >= _PART_CHARACTERS or len(records) >= _PART_RECORDS):
            yield Part(records, read - reported, last=False)
            records, characters, reported = [], 0, read
        records.append(record)
        characters += len(record.item.text) if isinstance(record.item, Article) else 0
        done = read
    yield Part(records, done - reported, last=True)


def _records(
    files: Iterable[tuple[int, File, Path]], reading: Reading, known: Marks
) -> Iterator[tuple[Record, int]]:
    """Each record with the bytes that have been read when it is there."""
    before = 0
    with _warnings() as warnings:
        for number, file, place in files:
            read = 0

            def on_read(place: int) -> None:
                nonlocal read
                read = place

            for item in few_remarks(file, read_apart(file, reading, on_read, place)):
                so_far = before + min(read, file.size)
                for warned in warnings:
                    yield Record(number, warned), so_far
                warnings.clear()
                yield Record(number, item, isinstance(item, Article) and _is_known(item, known)), so_far
            before += file.size
            for warned in warnings:
                yield Record(number, warned), before
            warnings.clear()


def _is_known(article: Article, known: Marks) -> bool:
    mark = known_marks([content_hash(article)])
    at = int(np.searchsorted(known, mark)[0])
    return at < len(known) and bool(known[at] == mark[0])


@contextmanager
def _warnings() -> Iterator[list[Warned]]:
    """The warnings that are logged inside, to be shown on another machine."""
    collector = _Collector(logging.WARNING)
    logger = logging.getLogger("embeddings")
    logger.addHandler(collector)
    try:
        yield collector.found
    finally:
        logger.removeHandler(collector)


class _Collector(logging.Handler):
    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.found: list[Warned] = []

    def emit(self, record: logging.LogRecord) -> None:
        arguments = record.args if isinstance(record.args, tuple) else ()
        plain = tuple(a if isinstance(a, str | int | float) else str(a) for a in arguments)
        self.found.append(Warned(record.name, str(record.msg), plain))
