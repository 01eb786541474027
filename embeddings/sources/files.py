"""The files of a source, in a stable order, with the reason for every one that is not read."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from embeddings.errors import SourceError
from embeddings.sources.readers.base import Reading, Unreadable
from embeddings.sources.readers.by_ending import ENDINGS, ending
from embeddings.sources.readers.fields import host
from embeddings.types import Article, Skipped

_LINK = "a symbolic link: add --follow-links to read what it points to"


@dataclass(frozen=True, slots=True)
class FetchedFrom:
    """Where a file was fetched, and what the feed that led there says of it."""

    address: str
    """As it was named, or as a feed has it."""
    url: str
    """Where it came from in the end; empty for what stood in a feed alone."""
    date: str = ""
    source: str = ""

    def named(self, article: Article, file: str) -> Article:
        """`article`, read from the file of that name, with what is known besides.

        A page may give another address for itself, but only on its own host.
        """
        own = article.url
        if own and file.endswith((".html", ".htm")) and host(own) != host(self.url):
            own = None
        url = own or self.url or None
        return replace(
            article,
            url=url,
            date=self.date or article.date,
            source=article.source or self.source or host(url),
        )


@dataclass(frozen=True, slots=True)
class File:
    """A file of a source, not yet read."""

    path: Path
    id: str
    folder: str
    """Name of the source folder: it tells same-named files of two sources apart."""
    size: int
    reading: Reading | None = None
    """How it is read, if not as the others."""
    fetched: FetchedFrom | None = None
    """Where it was fetched, if it was."""

    @property
    def name(self) -> str:
        """As messages have it."""
        return self.fetched.address if self.fetched else str(self.path)


def find(source: Path, follow_links: bool = False) -> Iterator[File | Skipped]:
    """The files of `source`, which is one itself or a folder that is read recursively by name.

    Symbolic links inside a folder count only with `follow_links`, and then each folder once; `source` may
    be one. Raises SourceError where `source` does not exist or is of no kind that is read.
    """
    if source.is_file():
        if source.suffix.lower() == ".opml":
            raise SourceError(f"{source} is a list of feeds: `--addresses {source}` fetches them")
        if ending(source.name) is None:
            raise SourceError(f"{source}: cannot read this kind; expected {', '.join(ENDINGS)}")
        yield File(source, source.name, source.absolute().parent.name, source.stat().st_size)
    elif source.is_dir():
        yield from _walk(source, follow_links)
    else:
        raise missing(source)


def missing(source: Path) -> SourceError:
    """The error of a source that is neither a file nor a folder."""
    what = "is neither a file nor a folder" if source.exists() else "does not exist"
    return SourceError(f"{source} {what}: name a folder of articles or a file")


def open_regular(path: Path) -> BinaryIO:
    """`path`, open for reading. Raises OSError, or Unreadable for what is no regular file.

    A pipe that took the file's place since it was found is not waited for.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise Unreadable("not a regular file")
    return os.fdopen(handle, "rb")


def _walk(source: Path, follow_links: bool) -> Iterator[File | Skipped]:
    """Depth first, the files of a folder before its folders; without recursion, however deep."""
    folders = [source]
    seen: set[tuple[int, int]] = set()
    while folders:
        folder = folders.pop()
        try:
            about = folder.stat()
            if (about.st_dev, about.st_ino) in seen:
                yield Skipped(str(folder), "a link to a folder that has been read already")
                continue
            seen.add((about.st_dev, about.st_ino))
            names = sorted(os.listdir(folder))
        except OSError as error:
            yield Skipped(str(folder), error.strerror or str(error))
            continue
        inner: list[Path] = []
        for name in names:
            path = folder / name
            try:
                found = _look(path, source, follow_links)
            except OSError as error:  # it has gone, may not be looked at, or its link leads in a circle
                found = Skipped(str(path), _why(path, error))
            if isinstance(found, Path):
                inner.append(found)
            else:
                yield found
        folders.extend(reversed(inner))


def _look(path: Path, source: Path, follow_links: bool) -> File | Skipped | Path:
    """What stands at `path`: a file to read, a folder to enter, or something to leave out."""
    about = path.lstat()
    link = stat.S_ISLNK(about.st_mode)
    if path.name.startswith("."):
        return Skipped(str(path), f"hidden {'folder' if stat.S_ISDIR(about.st_mode) else 'file'}")
    if link:
        about = path.stat()
        if not follow_links:
            return Skipped(str(path), _LINK)
    if stat.S_ISDIR(about.st_mode):
        return path
    if ending(path.name) is None:
        return Skipped(str(path), f"not a kind that is read ({path.suffix or 'no ending'})")
    if not stat.S_ISREG(about.st_mode):
        return Skipped(str(path), "not a regular file")
    return File(path, path.relative_to(source).as_posix(), source.absolute().name, about.st_size)


def _why(path: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError) and path.is_symlink():
        return "a broken link"
    return error.strerror or str(error)
