"""Files that a command is to write at its end: whether it can is said at its beginning."""

import tempfile
from pathlib import Path

from embeddings.errors import QAError


def check_writable(*paths: str | Path | None) -> None:
    """Raises QAError where one of `paths` cannot become a file: said before anything is asked."""
    for path in (Path(path) for path in paths if path):
        if path.is_dir() or not path.absolute().parent.is_dir():
            raise QAError(f"cannot write {path}: name a file in a folder that exists")
        try:
            with tempfile.TemporaryFile(dir=path.parent):
                pass
        except OSError as error:
            raise QAError(
                f"cannot write {path} ({error.strerror}): name a file in a folder that you can write to"
            ) from None
