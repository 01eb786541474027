"""Standard output and standard error, whatever they lead to: a closed one, a full disk, a width of 0."""

import os
import sys
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from typing import TextIO

_WIDEST = 10_000
"""Columns or lines of a terminal, at most: some are told more, and fill them with spaces."""


def settle() -> None:
    """Make the streams of this process fit to be written to."""
    _occupy()
    _forget_impossible_sizes()
    for name, must in (("stdout", True), ("stderr", False)):
        stream = getattr(sys, name)
        if stream is None:  # it was closed: nobody wants to read it
            stream = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
        if not isinstance(stream, _Stream):
            setattr(sys, name, cast("TextIO", _Stream(stream, must)))


def flush() -> str | None:
    """Write what waits to be written. Why that was not possible; the rest of it is dropped then."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output, such as `head`, has seen enough
        drop()
    except OSError as error:
        drop()
        return f"{error.filename} cannot be written ({error.strerror}): the command itself is done"
    return None


def drop() -> None:
    """Let standard output lead nowhere from now on."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Stream:
    """A stream whose errors say whose they are, and no errors where it need not be written."""

    def __init__(self, stream: "TextIO", must: bool) -> None:
        self._stream = stream
        self._must = must

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except OSError as error:
            self._failed(error)
            return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError as error:
            self._failed(error)

    def _failed(self, error: OSError) -> None:
        if isinstance(error, BrokenPipeError) and self._must:
            raise error
        if self._must:
            raise OSError(error.errno, error.strerror, "standard output") from None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _occupy() -> None:
    """No file that is opened later may get the number of a closed stream: libraries write to that."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)
    os.close(number)


def _forget_impossible_sizes() -> None:
    for name in ("COLUMNS", "LINES"):
        given = os.environ.get(name, "")
        if not (given.isascii() and given.isdecimal() and 0 < int(given[:9]) <= _WIDEST):
            os.environ.pop(name, None)
