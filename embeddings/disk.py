"""A disk that is full: each library that writes an index says so in its own way, a user hears it in one."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embeddings.errors import QAError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_SAID = ("No space left", "disk is full", "File too large", "quota exceeded", "StorageFull", "disk I/O error")


@contextmanager
def told_of_a_full_disk(folder: Path) -> Iterator[None]:
    """Raises QAError, naming `folder`, where what is done inside fails for want of space."""
    try:
        yield
    except (OSError, sqlite3.Error, RuntimeError, ValueError) as error:
        full = isinstance(error, OSError) and error.errno in _FULL
        if not full and not any(words in str(error) for words in _SAID):
            raise
        raise QAError(
            f"the disk of {folder} is full: free some space or give --index a folder on another disk; "
            "the index there stays as it was"
        ) from error
