"""What an index is made from: sources added, removed and listed, and what a new index would lose."""

import os
import shlex
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from embeddings.backends.open import store
from embeddings.errors import IndexMismatchError, NoIndexError, QAError
from embeddings.index.manifest import Manifest
from embeddings.sources.addresses import is_address
from embeddings.sources.fetch.files import all_addresses
from embeddings.sources.fetch.kept import folder_of
from embeddings.sources.readers.base import Reading
from embeddings.sources.source import Source, absolute
from embeddings.types import Article


def with_more(named: Sequence[Source], place: str) -> list[Source]:
    """The sources of the index at `place` and those that are `named`. Raises QAError."""
    before = _manifest(place).read_from
    new = [source.remembered() for source in named]
    for source in new:
        holder = next((one for one in before if one != source and one.holds(source)), None)
        if holder and holder.path != source.path:
            raise QAError(
                f"{source.path} lies in {holder.path}, which is a source: "
                f"`qa add {shlex.quote(holder.path)}` reads it again"
            )
    return [one for one in before if not any(source.holds(one) for source in new)] + new


def with_less(names: Sequence[str], place: str) -> list[Source]:
    """The sources of the index at `place` without those, or the articles, of these names. Raises QAError."""
    with store(place).look() as (manifest, catalog):
        sources = {source.path: source for source in manifest.read_from}
        ids: list[str] = []
        for name in names:
            if sources.pop(absolute(name), None):
                continue
            id = absolute(name) if is_address(name) and catalog.article(name) is None else name
            if catalog.article(id) is None:
                raise QAError(
                    f"{name} is neither a source nor the id of an article of {place}: "
                    f"`qa sources --index {shlex.quote(place)}` lists the sources"
                )
            ids.append(id)
    if not sources:
        raise QAError(f"nothing would be left in {place}: remove it, or make it from others by `qa index`")
    return [_without(source, ids) for source in sources.values()]


def _without(source: Source, ids: Iterable[str]) -> Source:
    left_out = tuple(sorted({*source.reading.without, *ids}))
    return replace(source, reading=replace(source.reading, without=left_out))


def lines(place: str) -> list[str]:
    """A line for each source of the index at `place`: where it is, and how it is read."""
    return [" ".join([source.path, *_how(source)]) for source in _manifest(place).read_from]


def _how(source: Source) -> list[str]:
    how = source.reading
    said = ["--addresses"] if how.addresses else []
    if not is_address(source.path) and not Path(source.path).exists():
        said.append("(it is no longer there)")
    if how.follow_links:
        said.append("--follow-links")
    if how.max_unpacked != Reading().max_unpacked:
        said.append(f"--max-unpacked {how.max_unpacked:g}")
    if how.text_column is not None:
        said.append(f"--text-column {shlex.quote(how.text_column)}")
    if how.allow_private:
        said.append("--allow-private")
    if how.without:
        said.append(f"(without {len(how.without):,} removed articles)")
    return said


def what_goes(named: Sequence[Source], place: str) -> str | None:
    """What an index made from those `named` alone would lose of the one at `place`; None for nothing."""
    if not all(is_address(source.path) or Path(source.path).exists() for source in named):
        return None  # who builds says so
    new = [source.remembered() for source in named]
    home = store(place).home
    try:
        with store(place).look() as (manifest, catalog):
            gone = [old for old in manifest.read_from if not any(one.holds(old) for one in new)]
            if not gone:
                return None
            all_go = len(gone) == len(manifest.sources)
            count = manifest.articles if all_go else _count(catalog.headings(), gone, home)
    except (NoIndexError, IndexMismatchError):  # nothing is known of what a damaged one holds
        return None
    where = ", ".join(source.path for source in gone[:3])
    more = f" and {len(gone) - 3} more sources" if len(gone) > 3 else ""
    articles = f"{count:,} article{'s' if count != 1 else ''}"
    return f"{articles} of {where}{more} would be removed: use `qa add` to keep them"


def confirm(said: str) -> None:
    """Says what would go, and asks whether to go on where somebody can answer. Raises QAError for a no."""
    print(f"qa: {said}", file=sys.stderr, flush=True)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return
    print("Go on? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().casefold() not in ("y", "yes"):
        raise QAError("nothing was done; `--yes` goes on without asking")


def _count(articles: Iterable[Article], sources: Sequence[Source], home: Path) -> int:
    folders = {str(folder_of(home, address)) for address in all_addresses(sources)}
    whole = folders | {source.path for source in sources}
    starts = tuple(f"{path}{mark}" for path in whole for mark in (os.sep, "/", ":"))
    paths = (absolute(article.path) for article in articles if article.path)
    return sum(path in whole or path.startswith(starts) for path in paths)


def _manifest(place: str) -> Manifest:
    with store(place).look() as (manifest, _):
        return manifest
