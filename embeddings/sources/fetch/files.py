"""The files that stand for the addresses of a source: what was fetched of them before."""

import shlex
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from embeddings.errors import SourceError
from embeddings.sources.addresses import is_address
from embeddings.sources.fetch import kept
from embeddings.sources.fetch.lists import listed
from embeddings.sources.files import FetchedFrom, File
from embeddings.sources.source import Source, absolute
from embeddings.types import Skipped

NOTHING: Mapping[str, str] = {}


def addresses_of(source: Source) -> Iterator[str | Skipped]:
    """The addresses that `source` names. Raises SourceError for a list that cannot be read."""
    if is_address(source.path):
        yield absolute(source.path)
    elif source.reading.addresses:
        yield from listed(Path(source.path))


def all_addresses(sources: Iterable[Source]) -> set[str]:
    """The addresses that `sources` name; of a list that can no longer be read, none."""
    found: set[str] = set()
    for source in sources:
        with suppress(SourceError):
            found.update(one for one in addresses_of(source) if isinstance(one, str))
    return found


def fetched_files(
    source: Source, home: Path | None, failed: Mapping[str, str] = NOTHING
) -> Iterator[File | Skipped]:
    """The files of `source`, kept in the index whose folder is `home`, and what is missing.

    `failed` says why addresses were not fetched just now.
    """
    for address in addresses_of(source):
        if isinstance(address, Skipped):
            yield address
            continue
        folder = kept.folder_of(home, address) if home else None
        named = kept.read(kept.named_record(folder)) if folder else None
        if not folder or not named:
            yield Skipped(address, failed.get(address) or f"not fetched yet: `qa add {_named(source)}` does")
            continue
        if address in failed:
            yield Skipped(address, failed[address])
        if named.is_feed:
            for path, entry in kept.entries(folder):
                yield _file(path, entry)
        else:
            yield _file(folder / named.file, named)


def _named(source: Source) -> str:
    option = "--addresses " if source.reading.addresses else ""
    return f"{option}{shlex.quote(source.path)}"


def _file(path: Path, found: kept.KeptFile) -> File:
    origin = FetchedFrom(found.address, found.url, found.date, found.source)
    return File(path, found.address, path.parent.name, path.stat().st_size, fetched=origin)
