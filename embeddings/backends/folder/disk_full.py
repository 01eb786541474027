"""A full or failing disk: each library reports it in its own way; here it becomes one message."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embeddings.errors import QAError

_SPACE, _READ_ONLY, _FAULTY = (
    "free some space on its disk",
    "make its disk one that can be written",
    "look for a fault of its disk, for example with `dmesg`",
)
_ERRORS = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), _SPACE),
    errno.EROFS: _READ_ONLY,
    errno.EIO: _FAULTY,
}
_SAID = {
    **dict.fromkeys(("No space left", "disk is full", "File too large", "quota exceeded"), _SPACE),
    "requested and": _SPACE,  # NumPy: so many requested, fewer written
    **dict.fromkeys(("Read-only file system", "readonly database"), _READ_ONLY),
    **dict.fromkeys(("disk I/O error", "Input/output error"), _FAULTY),
}


@contextmanager
def naming_a_full_disk(folder: Path) -> Iterator[None]:
    """Raises QAError, naming `folder`, where what is done inside fails for want of space, or of a disk."""
    try:
        yield
    except (OSError, sqlite3.Error, RuntimeError, ValueError) as error:
        remedy = _ERRORS.get(error.errno or 0) if isinstance(error, OSError) else None
        remedy = remedy or next((remedy for words, remedy in _SAID.items() if words in str(error)), None)
        if not remedy:
            raise
        why = (isinstance(error, OSError) and error.strerror) or str(error).partition("\n")[0][:200]
        raise QAError(
            f"cannot write the index in {folder} ({why}): {remedy}, or give --index "
            "another folder; the index there stays as it was"
        ) from error
