"""Zip archives of files that are read (.zip, and .wacz of saved sites): each as if it lay in a folder."""

import gzip
import stat
import tempfile
import zlib
from collections.abc import Iterator
from posixpath import basename
from typing import IO, BinaryIO, cast
from zipfile import ZipFile, ZipInfo

from embeddings.sources.readers.base import Origin, Unreadable
from embeddings.sources.readers.nested import read_inside
from embeddings.sources.readers.zips import opened, why_not
from embeddings.types import Article, Skipped

_IN_MEMORY = 20_000_000
_CHUNK = 1_000_000


class _TooMuch(Exception):
    """More came out of the archive than may."""


def read(stream: BinaryIO, origin: Origin) -> Iterator[Article | Skipped]:
    """Articles of what `stream` holds, and what of it is left out. Raises Unreadable."""
    saved_site = origin.path.lower().endswith(".wacz")
    with opened(stream, "a zip archive") as packed:
        if all(part.is_dir() for part in packed.infolist()):
            raise Unreadable("no file in it")
        for part in packed.infolist():
            if part.is_dir() or (saved_site and not part.filename.startswith("archive/")):
                continue
            if reason := _left_out(part, origin):
                yield Skipped(f"{origin.path}/{part.filename}", reason)
                continue
            with tempfile.SpooledTemporaryFile(_IN_MEMORY) as inner:
                try:
                    name = _unpack(packed, part, inner, origin)
                except _TooMuch:
                    yield Skipped(
                        origin.path,
                        f"more than {origin.max_unpacked:g} GB unpacked, left out from {part.filename} on: "
                        "give --max-unpacked a larger number if you trust the file",
                    )
                    return
                except Exception as error:  # damaged ones fail in ways that the library does not foresee
                    yield Skipped(f"{origin.path}/{part.filename}", f"damaged in the archive ({error})")
                    continue
                inner.seek(0)
                yield from read_inside(name, cast("BinaryIO", inner), origin)


def _left_out(part: ZipInfo, origin: Origin) -> str | None:
    name = part.filename.replace("\\", "/")
    steps = name.split("/")
    if name.startswith("/") or ".." in steps or ":" in steps[0]:
        return "its name leads out of the archive"
    if any(step.startswith(".") or step == "__MACOSX" for step in steps):
        return "hidden file"
    if stat.S_ISLNK(part.external_attr >> 16):
        return "a symbolic link"
    if origin.reader_of(name) is None:
        last = basename(name)
        return f"not a kind that is read ({'.' + last.rpartition('.')[2] if '.' in last else 'no ending'})"
    return why_not(part)


def _unpack(packed: ZipFile, part: ZipInfo, inner: IO[bytes], origin: Origin) -> str:
    """Name of what was unpacked; lines in gzip are unpacked once more, to count as what they hold."""
    zipped = part.filename.lower().endswith(".jsonl.gz")
    with packed.open(part) as outer:
        source = cast("IO[bytes]", gzip.GzipFile(fileobj=outer)) if zipped else outer
        size = 0
        while True:
            try:
                chunk = source.read(_CHUNK)
            except (EOFError, gzip.BadGzipFile, zlib.error):
                if not zipped or not size:
                    raise
                chunk = b""  # what came before the damage is read
            if not chunk:
                break
            size += len(chunk)
            if not origin.takes(len(chunk)):
                raise _TooMuch
            inner.write(chunk)
    return part.filename[:-3] if zipped else part.filename
