"""Formats that large libraries take apart are read in a process of its own, which can be ended.

It is started for the first such file, serves one after the other, and is ended and replaced where a file
takes more time or memory than it may. Requests and answers are lines of JSON, so that nothing is run here of
what it says. It costs the start of an interpreter; the libraries would have to be imported anyway.
"""

import json
import logging
import os
import signal
import subprocess
import sys
from atexit import register
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import astuple
from pathlib import Path
from threading import Lock, Timer
from typing import Any, BinaryIO

from embeddings.sources.files import File
from embeddings.sources.one_file import read_file
from embeddings.sources.readers.base import Reading
from embeddings.sources.readers.by_ending import ENDINGS, ending
from embeddings.types import Article, Skipped

log = logging.getLogger(__name__)

APART = frozenset(ENDINGS) - {".txt", ".md", ".markdown", ".jsonl", ".jsonl.gz", ".csv", ".tsv"}
"""The others take time and memory by their size, which is limited."""
SECONDS = 30.0
"""Of computing for one file, and one more for each PER_SECOND of its bytes."""
PER_SECOND = 100_000
MEMORY = 2_000_000_000
"""Bytes for one file, beyond what the process itself takes."""
_PATIENCE = 4
"""Seconds of waiting for one of computing: others compute too."""
_START = "import sys; sys.path[:] = {path!r}; from embeddings.sources.apart import serve; serve()"


def read_apart(
    file: File, reading: Reading, told: Callable[[int], None] = lambda _: None, place: Path | None = None
) -> Iterator[Article | Skipped]:
    """What `read_file` yields; a file that takes too much is left out."""
    if ending(file.path.name) not in APART:
        yield from read_file(file, reading, told, place)
        return
    yield from _reader.read(file, file.reading or reading, told, place)
    told(file.size)


class _Process:
    """The process that reads, and the one question that it is asked at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._running: subprocess.Popen[bytes] | None = None
        register(self.end)

    def read(
        self, file: File, reading: Reading, told: Callable[[int], None], place: Path | None
    ) -> Iterator[Article | Skipped]:
        seconds = SECONDS + file.size / PER_SECOND
        asked = {
            "file": [str(file.path), file.id, file.folder, file.size],
            "reading": list(astuple(reading)),
            "place": str(place) if place else None,
            "seconds": seconds,
            "memory": MEMORY,
        }
        with self._lock:
            try:
                running = self._started()
            except OSError:  # no room for another process
                yield from read_file(file, reading, told, place)
                return
            answered = False
            try:
                yield from _answer(running, asked)
                answered = True
            except (OSError, ValueError, EOFError):
                taken = f"{seconds:.0f} seconds or {MEMORY / 1e9:g} GB of memory"
                yield Skipped(str(file.path), f"its reader took more than {taken}, or failed")
            finally:
                if not answered:
                    self.end()

    def end(self) -> None:
        running, self._running = self._running, None
        if running:
            running.kill()
            running.wait()
            for stream in (running.stdin, running.stdout):
                if stream:
                    with suppress(OSError):
                        stream.close()

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._running is None or self._running.poll() is not None:
            self.end()
            self._running = subprocess.Popen(
                [sys.executable, "-c", _START.format(path=sys.path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._running


def _answer(running: "subprocess.Popen[bytes]", asked: dict[str, Any]) -> Iterator[Article | Skipped]:
    """What it finds. Raises EOFError where it has ended instead, or was ended."""
    if running.stdin is None or running.stdout is None:
        raise EOFError
    running.stdin.write(json.dumps(asked).encode() + b"\n")
    running.stdin.flush()
    while True:
        timer = Timer(_PATIENCE * asked["seconds"], running.kill)
        timer.daemon = True
        timer.start()
        try:
            line = running.stdout.readline()
        finally:
            timer.cancel()
        if not line:
            raise EOFError
        kind, values = json.loads(line)
        if kind == "end":
            return
        if kind == "warning":
            log.warning(values[0], *values[1:])
        else:
            yield Article(*values) if kind == "article" else Skipped(*values)


_reader = _Process()


class _Said(logging.Handler):
    """Warnings of readers, for the process that asked."""

    def __init__(self, out: BinaryIO) -> None:
        super().__init__(logging.WARNING)
        self._out = out

    def emit(self, record: logging.LogRecord) -> None:
        values = record.args if isinstance(record.args, tuple) else ()
        _tell(self._out, "warning", [str(record.msg), *(v if isinstance(v, int) else str(v) for v in values)])


def serve() -> None:
    """Read each file that is asked for on standard input, until that is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asked hears it too, and ends this process
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints is no answer
    logging.basicConfig(level=logging.WARNING, handlers=[_Said(out)])
    for line in sys.stdin.buffer:
        asked = json.loads(line)
        _limit(asked["seconds"], asked["memory"])
        path, *rest = asked["file"]
        place = Path(asked["place"]) if asked["place"] else None
        follow_links, max_unpacked, text_column, without = asked["reading"]
        reading = Reading(follow_links, max_unpacked, text_column, tuple(without))
        for item in read_file(File(Path(path), *rest), reading, place=place):
            _tell(out, type(item).__name__.lower(), list(astuple(item)))
        _tell(out, "end", [])


def _tell(out: BinaryIO, kind: str, values: list[Any]) -> None:
    out.write(json.dumps([kind, values]).encode() + b"\n")
    out.flush()


def _limit(seconds: float, memory: int) -> None:
    """No more than so much from now on: beyond the time this process is ended, by the system."""
    if sys.platform == "win32":
        return
    import resource

    times = os.times()
    most = int(times.user + times.system + seconds) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (most, hard))
    with suppress(OSError, ValueError):  # only Linux says how much is taken
        used = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (used + memory, hard))
