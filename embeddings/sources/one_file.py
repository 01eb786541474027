"""One file read by the reader of its format: whatever goes wrong with it becomes a remark on it."""

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from embeddings.sources.files import File, open_regular
from embeddings.sources.readers.base import Origin, Reading, Unreadable
from embeddings.sources.readers.by_ending import check_size, reader, reader_of
from embeddings.sources.readers.dates import begin_file
from embeddings.types import Article, Skipped

log = logging.getLogger(__name__)


def read_file(
    file: File, reading: Reading, on_read: Callable[[int], None] = lambda _: None, place: Path | None = None
) -> Iterator[Article | Skipped]:
    """What stands in `file`, opened at `place` if that is given; `on_read` is called with the bytes read."""
    path, reading = str(file.path), file.reading or reading
    begin_file()
    try:
        read = reader(file.path.name)
        with open_regular(place or file.path) as stream:
            before = os.fstat(stream.fileno())
            check_size(file.path.name, before.st_size)
            origin = Origin(
                path,
                file.id,
                reading.max_unpacked,
                reading.text_column,
                modified=before.st_mtime,
                reader_of=reader_of,
            )
            for item in read(stream, origin):
                on_read(stream.tell())
                yield item
            after = os.fstat(stream.fileno())
            if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
                log.warning("%s changed while it was read: run `qa index` again", path)
    except Unreadable as error:
        yield Skipped(path, str(error))
    except OSError as error:
        yield Skipped(path, error.strerror or str(error))
    except Exception as error:  # libraries raise what they like, and one file must never stop the others
        yield Skipped(path, _damaged(error))


def _damaged(error: Exception) -> str:
    """Why a file is left out whose reader failed in a way that it did not foresee."""
    if isinstance(error, MemoryError):
        return "there is not memory enough to read it"
    if isinstance(error, RecursionError):
        return "its parts are nested too deep"
    said = f"{type(error).__name__}: {error}".strip(": ")
    return f"it cannot be read ({' '.join(said.split())[:200]})"
