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
from embeddings.errors import QAError

_PREFIX = "qa-uploads-"
_LOCK = "LOCK"


@contextmanager
def upload_folder(place: str | None = None) -> Iterator[Path]:
    """A new folder, removed at the end; those of processes that were killed are removed at the beginning.

    It lies in `place`, or among the system's temporary files; nothing else there is touched. Whoever lives
    holds a lock in its folder. Raises QAError where no folder can be made.
    """
    root = Path(place or tempfile.gettempdir())
    try:
        root.mkdir(parents=True, exist_ok=True)
        _sweep(root)
        made = Path(tempfile.mkdtemp(prefix="qa-new-", dir=root))
        (made / _LOCK).touch()
    except OSError as error:
        raise QAError(
            f"uploads cannot be laid in {root} ({error.strerror}): name another folder in $GRADIO_TEMP_DIR"
        ) from None
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
