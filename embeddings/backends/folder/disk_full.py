"""A full disk: each library reports it in its own way; here it becomes one message."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embeddings.errors import QAError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO}
_SAID = (
    *("No space left", "disk is full", "File too large", "quota exceeded", "disk I/O error"),
    *(
        "Read-only file system",
        "requested and",
    ),  # NumPy: so many requested, fewer written
)


@contextmanager
def naming_a_full_disk(folder: Path) -> Iterator[None]:
    """Raises QAError, naming `folder`, where what is done inside fails for want of space."""
    try:
        yield
    except (OSError, sqlite3.Error, RuntimeError, ValueError) as error:
        full = isinstance(error, OSError) and error.errno in _FULL
        if not full and not any(words in str(error) for words in _SAID):
            raise
        why = (isinstance(error, OSError) and error.strerror) or str(error).partition("\n")[0][:200]
        raise QAError(
            f"cannot write the index in {folder} ({why}): free some space on its disk or give --index "
            "another folder; the index there stays as it was"
        ) from error
