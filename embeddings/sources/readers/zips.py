"""Zip files that nobody vouches for: opened within limits, their parts read without unpacking to disk."""

import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from embeddings.sources.readers.base import Unreadable

DOCUMENT = 500_000_000
"""Bytes of a document or a book, at most: what makes it so large are pictures and sounds."""
DIRECTORY = 64_000_000
"""Bytes of a table of contents, at most: some half a million names, each of which takes memory."""
PART = 50_000_000
"""Bytes of a part of a document, at most: its tree takes ten times that. "War and Peace" has 3 million."""
RATIO, RATIO_FROM = 200, 10_000_000
"""A part of this many bytes that was packed to less than a two-hundredth holds nothing but repetition."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END, _END_64, _WHERE_64 = b"PK\5\6", b"PK\6\6", b"PK\6\7"


@contextmanager
def opened(stream: BinaryIO, kind: str) -> Iterator[zipfile.ZipFile]:
    """`stream` as a zip file. Raises Unreadable, naming the `kind` of file it should be, for what is none."""
    start = stream.read(8)
    if start == _OLE:
        raise Unreadable(f"not {kind}, but an old or encrypted Office file: open it and save it as a new one")
    if _directory(stream) > DIRECTORY:
        raise Unreadable(
            f"its table of contents is larger than {DIRECTORY / 1e6:g} MB: split it into several"
        )
    stream.seek(0)
    try:
        packed = zipfile.ZipFile(stream)
    except Exception as error:  # damaged ones fail in ways that the library does not foresee
        raise Unreadable(f"not {kind} ({error}): open it and save a new copy") from None
    with packed:
        yield packed


def why_not(part: zipfile.ZipInfo) -> str | None:
    """Why a part is not read, if it is not."""
    if part.flag_bits & 1:
        return "encrypted: unpack it with its password first"
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "packed in a rare way: pack it again as a plain zip"
    if part.file_size > RATIO_FROM and part.file_size > RATIO * part.compress_size:
        size, packed = part.file_size / 1e6, part.compress_size / 1e6
        return f"{size:,.0f} MB packed into {packed:.2g} MB: nothing but repetition"
    return None


def read_part(packed: zipfile.ZipFile, name: str) -> bytes | None:
    """The bytes of a part of a document; None where there is none. Raises Unreadable beyond the limits."""
    try:
        part = packed.getinfo(name)
    except KeyError:
        return None
    if reason := why_not(part):
        raise Unreadable(f"its {name} is {reason}")
    if part.file_size > PART:
        raise Unreadable(f"its {name} is larger than {PART / 1e6:g} MB: split the document into several")
    try:
        return packed.read(part)
    except Exception as error:
        raise Unreadable(f"its {name} is damaged ({error}): open it and save a new copy") from None


def _directory(stream: BinaryIO) -> int:
    """How long the table of contents says that it is; 0 where there is none."""
    size = stream.seek(0, 2)
    start = stream.seek(max(0, size - 66_000))
    tail = stream.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        return 0
    found: int = struct.unpack_from("<I", tail, at + 12)[0]
    if at >= 20 and tail[at - 20 : at - 16] == _WHERE_64:
        place: int = struct.unpack_from("<Q", tail, at - 12)[0]
        stream.seek(min(place, start + at))
        record = stream.read(56)
        if record.startswith(_END_64) and len(record) == 56:
            found = max(found if found < 0xFFFF_FFFF else 0, struct.unpack_from("<Q", record, 40)[0])
    return found
