"""What is said of errors that nobody foresaw: one line; what a developer needs is kept in a file."""

import os
import shlex
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path

from embeddings.errors import QAError

_NO_MEMORY = (
    *("bad_alloc", "cannot allocate memory", "unable to allocate", "out of memory"),
    *("can't start new thread", "failed to map segment"),
)
"""What libraries say then."""
_WITHOUT_MODEL = ("info", "llm", "sources")
_TAKES, _TAKES_WITH_MODEL = 600_000_000, 1_700_000_000
"""Bytes of addresses: 0.51 GB were measured of `qa info`, 1.69 of `qa search`, 2.14 of `qa ask`."""
_KEPT = 20
"""Traces, at most; the oldest go."""


def need_a_working_folder() -> None:
    """Raises QAError where somebody has removed it: nothing that is named can be found then."""
    try:
        os.getcwd()  # noqa: PTH109
    except OSError as error:
        raise QAError(
            f"the working folder is gone ({error.strerror}): run `cd ~`, or go to another"
        ) from None


def need_memory(command: str) -> None:
    """Raises MemoryError where the user has set a limit below what `command` takes.

    Said before any library is loaded: where memory ends in the middle of one, it may end the process.
    """
    room = _room()
    if room is not None and room < (_TAKES if command in _WITHOUT_MODEL else _TAKES_WITH_MODEL):
        raise MemoryError


def out_of_memory() -> str:
    """What is said where memory does not suffice."""
    free = _free()
    left = f": {free / 1e6:,.0f} MB are free" if free else ""
    return f"not enough memory{left}; close other programs, raise `ulimit -v`, or give fewer articles at once"


def lacks_memory(error: BaseException | None) -> bool:
    """Whether `error` is that of a library that got no memory, in whatever words."""
    while error:
        if isinstance(error, MemoryError) or any(words in str(error).lower() for words in _NO_MEMORY):
            return True
        error = error.__cause__ or error.__context__
    return False


def unforeseen(error: BaseException) -> str:
    """What is said of `error`, whose trace is kept in the user's state folder."""
    said = f"unforeseen {type(error).__name__}: {str(error)[:300]}; this is a bug: please report it with "
    try:
        return f"{said}the trace in {_keep(error)}"
    except OSError as why:
        return f"{said}what is printed under QA_DEBUG=1 (the trace could not be kept: {why})"


def _keep(error: BaseException) -> Path:
    import platform
    from importlib.metadata import version

    import platformdirs

    folder = platformdirs.user_state_path("article-qa") / "errors"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in sorted(folder.glob("*.txt"))[: 1 - _KEPT]:
        old.unlink(missing_ok=True)
    file = folder / f"{time.strftime('%Y-%m-%dT%H%M%S')}-{os.getpid()}.txt"
    about = f"article-qa {version('article-qa')}, Python {platform.python_version()}, {platform.platform()}"
    trace = "".join(traceback.format_exception(error))
    file.write_text(f"{about}\n{shlex.join(sys.argv)}\n\n{trace}", "utf-8", "replace")
    return file


def _free() -> int | None:
    """Bytes that this process can still get, where the system says so."""
    found = [room] if (room := _room()) is not None else []
    with suppress(AttributeError, ValueError, OSError):
        found.append(os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    return min(found, default=None)


def _room() -> int | None:
    """Bytes up to the limit that the user has set (`ulimit -v`), if there is one."""
    with suppress(ImportError, AttributeError, ValueError, OSError):
        import resource

        limit, _ = resource.getrlimit(resource.RLIMIT_AS)
        used = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
        if limit != resource.RLIM_INFINITY:
            return max(0, limit - used)
    return None
