"""The folder in which uploads lie until they are read: this process's own, and gone with it."""

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from embeddings.backends.locks import reading, removing

_PREFIX = "qa-uploads-"
_LOCK = "LOCK"


@contextmanager
def upload_folder() -> Iterator[Path]:
    """A new folder, removed at the end; those of processes that were killed are removed at the beginning.

    Whoever lives holds a lock in its folder.
    """
    root = Path(tempfile.gettempdir())
    _sweep(root)
    made = Path(tempfile.mkdtemp(prefix="qa-new-"))
    (made / _LOCK).touch()
    folder = made.with_name(made.name.replace("qa-new-", _PREFIX, 1))
    try:
        with reading(made / _LOCK):
            made.rename(folder)  # only now does it go by the name of one that can be swept
            yield folder
    finally:
        for left in (made, folder):
            shutil.rmtree(left, ignore_errors=True)


def _sweep(root: Path) -> None:
    if sys.platform == "win32":  # where nothing is locked, and so nobody known to be dead
        return
    with suppress(OSError):
        for folder in root.glob(f"{_PREFIX}*"):
            if _is_ours(folder) and (folder / _LOCK).is_file():
                with removing(folder / _LOCK) as free:
                    if free:
                        shutil.rmtree(folder, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    """A folder, no link to one, that this user has made and nobody else can write to."""
    try:
        about = folder.lstat()
    except OSError:
        return False
    private = stat.S_ISDIR(about.st_mode) and not stat.S_IMODE(about.st_mode) & 0o077
    return private and about.st_uid == os.geteuid()
