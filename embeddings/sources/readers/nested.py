"""Files inside files: each is read by the reader of its own kind, within the limits of the whole."""

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from embeddings.sources.readers.base import Origin, Unreadable
from embeddings.types import Article, Skipped

DEEPEST = 3
"""Archives in archives, at most: nobody packs deeper, but bombs do."""


def read_inside(name: str, stream: BinaryIO, origin: Origin) -> Iterator[Article | Skipped]:
    """What stands in the file `name` inside that of `origin`; whatever is wrong with it becomes a remark."""
    inner = replace(origin, path=f"{origin.path}/{name}", id=f"{origin.id}/{name}", depth=origin.depth + 1)
    read = origin.reader_of(name)
    try:
        if inner.depth > DEEPEST:
            raise Unreadable(f"archives in archives in archives are read, but not {DEEPEST + 1} deep")
        if read is None:
            raise Unreadable("no reader for this ending")
        yield from read(stream, inner)
    except Unreadable as error:
        yield Skipped(inner.path, str(error))
    except RecursionError:
        yield Skipped(inner.path, "its parts are nested too deep")
    except Exception as error:  # libraries raise what they like, and one part must not stop the others
        said = f"{type(error).__name__}: {error}".strip(": ")
        yield Skipped(inner.path, f"it cannot be read ({' '.join(said.split())[:200]})")
