"""A process that reads files for another one, within limits: both ends of it."""

import json
import logging
import os
import signal
import subprocess
import sys
from atexit import register, unregister
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import astuple
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import Any, BinaryIO

from embeddings.sources.files import File
from embeddings.sources.one_file import read_file
from embeddings.sources.readers.base import Reading
from embeddings.sources.source import from_json, to_json
from embeddings.types import Article, Skipped, as_article

log = logging.getLogger(__name__)

PATIENCE = 4.0
"""Seconds of waiting for one of computing: others compute too."""
_LOOKS = 0.25
"""Seconds from one look at the clock to the next."""
_REPORT_EVERY = 1_000_000
"""Bytes after which a reader says again how far it has read."""
_START = "import sys; sys.path[:] = {path!r}; from embeddings.sources.reading_process import serve; serve()"


class Took(Exception):
    """A file took its reader more than it may: the text says what."""


class ReadingProcess:
    """One process, which is asked for one file at a time. Raises OSError where none can be started."""

    def __init__(self) -> None:
        self._until: float | None = None
        self._late = False
        self.running = subprocess.Popen(
            [sys.executable, "-c", _START.format(path=sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        register(self.end)
        Thread(target=self._watch, name="reading", daemon=True).start()

    def read(
        self,
        file: File,
        reading: Reading,
        on_read: Callable[[int], None],
        place: Path | None,
        seconds: float,
        memory: int,
    ) -> Iterator[Article | Skipped]:
        """What it finds in `file`. Raises Took where it has ended instead, or was ended."""
        asked = {
            "file": [str(file.path), file.id, file.folder, file.size],
            "reading": to_json(reading),
            "place": str(place) if place else None,
            "seconds": seconds,
            "memory": memory,
        }
        try:
            yield from self._answer(asked, on_read)
        except (OSError, ValueError, EOFError):
            self.end()
            raise Took(self._why(seconds, memory)) from None

    def end(self) -> None:
        """End it at once, whatever it reads."""
        unregister(self.end)
        self.running.kill()
        self.running.wait()
        for stream in (self.running.stdin, self.running.stdout):
            if stream:
                with suppress(OSError):
                    stream.close()

    def _answer(self, asked: dict[str, Any], on_read: Callable[[int], None]) -> Iterator[Article | Skipped]:
        if self.running.stdin is None or self.running.stdout is None:
            raise EOFError
        self.running.stdin.write(json.dumps(asked).encode() + b"\n")
        self.running.stdin.flush()
        while True:
            self._until = monotonic() + PATIENCE * asked["seconds"]
            line = self.running.stdout.readline()
            self._until = None
            if not line:
                raise EOFError
            kind, values = _unpacked(line)
            if kind == "end":
                return
            if kind == "read":
                on_read(values)
            elif kind == "warning":
                log.warning(values[0], *values[1:])
            else:
                yield as_article(values) if kind == "article" else Skipped(*values)

    def _why(self, seconds: float, memory: int) -> str:
        over_time = -getattr(signal, "SIGXCPU", 0)
        if self._late or self.running.returncode == over_time:
            return f"its reader took more than {seconds:.0f} seconds"
        return f"its reader failed, perhaps for want of memory: it may take {memory / 1e9:g} GB"

    def _watch(self) -> None:
        """Ends the process where it lets wait too long: what it computes the system limits itself."""
        while self.running.poll() is None:
            until = self._until
            if until is not None and monotonic() > until:
                self._late = True
                self.running.kill()
            sleep(_LOOKS)


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
        reported = 0

        def on_read(read: int) -> None:
            nonlocal reported
            if read >= reported + _REPORT_EVERY:
                reported = read
                _tell(out, "read", read)

        for item in read_file(File(Path(path), *rest), from_json(asked["reading"]), on_read, place):
            _tell(out, type(item).__name__.lower(), astuple(item))
        _tell(out, "end", None)


def _tell(out: BinaryIO, kind: str, values: Any) -> None:
    out.write(json.dumps([kind, values], ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n")
    out.flush()


def _unpacked(line: bytes) -> Any:
    return json.loads(line.decode("utf-8", "surrogatepass"))


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
        within = used + memory if hard == resource.RLIM_INFINITY else min(used + memory, hard)
        resource.setrlimit(resource.RLIMIT_AS, (within, hard))
