"""Locks: the one writer's, and those by which a file that is read stays where it is (`flock`).

Nothing is locked where the file system has no locks, and on Windows, which renames no folder with open files.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from filelock import FileLock, Timeout

from embeddings.errors import IndexBusyError

if sys.platform != "win32":
    import fcntl


@contextmanager
def only_writer(folder: Path, index: str) -> Iterator[None]:
    """Hold the one writer's lock in `folder`. Raises IndexBusyError where another process does; OSError."""
    lock = FileLock(folder / "LOCK", blocking=False)
    try:
        lock.acquire()
    except Timeout:
        raise IndexBusyError(
            f"another process is writing the index {index}: wait until it has finished"
        ) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def reading(file: Path) -> Iterator[bool]:
    """Hold `file` open under a shared lock. False where it is missing, or is being taken away."""
    try:
        stream = file.open("rb")
    except OSError:
        yield False
        return
    with stream:
        # Whoever took it away has let go of it by now: the name must still be this file's.
        yield _lock(stream, exclusive=False) and file.exists()


@contextmanager
def removing(file: Path) -> Iterator[bool]:
    """Hold `file` under an exclusive lock. False where somebody reads it; True where there is none."""
    if sys.platform == "win32" or not file.exists():
        yield True
        return
    try:
        stream = file.open("r+b")  # network file systems lock only what is open for writing
    except OSError:
        yield True
        return
    with stream:
        yield _lock(stream, exclusive=True)


def _lock(stream: IO[bytes], exclusive: bool) -> bool:
    """Whether the lock was free; True as well where the file system has no locks."""
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(stream, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
