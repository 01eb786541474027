"""Files are read in a process of its own, which can be ended.

It is started for the first file, serves one after the other, and is ended and replaced where a file takes
more time or memory than it may. Requests and answers are lines of JSON, so that nothing is run here of what
it says. It costs the start of an interpreter; the libraries would have to be imported anyway.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from embeddings.sources.files import File
from embeddings.sources.one_file import read_file
from embeddings.sources.readers.base import Reading
from embeddings.sources.readers.by_ending import ending
from embeddings.sources.reading_process import ReadingProcess, Took
from embeddings.types import Article, Skipped

log = logging.getLogger(__name__)

SECONDS = 30.0
"""Of computing for one file, and one more for each PER_SECOND of its bytes."""
PER_SECOND = 100_000
MEMORY = 2_000_000_000
"""Bytes for one file, beyond what the process itself takes."""
_PLAIN = (".txt", ".md", ".markdown")
_SMALL = 1_000_000
"""Bytes of a plain text that is read here: none of that size takes long."""
_idle: list[ReadingProcess] = []
"""The process that waits for a file, if there is one: threads that read at a time have one each."""


def is_apart(name: str, size: int) -> bool:
    """Whether a file of that name and size is read in a process of its own."""
    return size > _SMALL or ending(name) not in _PLAIN


def read_apart(
    file: File, reading: Reading, on_read: Callable[[int], None] = lambda _: None, place: Path | None = None
) -> Iterator[Article | Skipped]:
    """What `read_file` yields; a file that takes too much is left out."""
    now = _grown(file, place)
    if is_apart(file.path.name, now.size):
        yield from _read(now, reading, on_read, place)
    else:
        yield from read_file(now, reading, on_read, place)
    on_read(file.size)


def _grown(file: File, place: Path | None) -> File:
    """`file` with the size that it has now."""
    try:
        return replace(file, size=(place or file.path).stat().st_size)
    except OSError:  # it has gone: its reader says so
        return file


def _read(
    file: File, reading: Reading, on_read: Callable[[int], None], place: Path | None
) -> Iterator[Article | Skipped]:
    try:
        process = _waiting() or ReadingProcess()
    except OSError:  # no room for another process
        yield from read_file(file, reading, on_read, place)
        return
    answered = False
    try:
        seconds = SECONDS + file.size / PER_SECOND
        yield from process.read(file, file.reading or reading, on_read, place, seconds, MEMORY)
        answered = True
    except Took as reason:
        yield Skipped(str(file.path), str(reason))
    finally:
        if answered and not _idle:
            _idle.append(process)
        else:
            process.end()


def _waiting() -> ReadingProcess | None:
    """A process that has nothing to read, unless somebody has ended it."""
    try:
        process = _idle.pop()
    except IndexError:
        return None
    if process.running.poll() is None:
        return process
    process.end()
    return None
