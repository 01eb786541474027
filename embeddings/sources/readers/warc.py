"""Web archives (.warc, .warc.gz), as wget, browsertrix and the Internet Archive write them: by warcio.

Each page that a server answered with is an article, taken apart as saved pages are.
"""

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO

from embeddings.sources.readers import html
from embeddings.sources.readers.base import Origin, Unreadable
from embeddings.sources.readers.fields import host
from embeddings.types import Article, Skipped

_LARGEST = 20_000_000
"""Bytes of a page, as for pages in files."""
_LONGEST_ID = 1_000
_LONGEST_LINE = 1_000_000
"""Bytes of a header, at most: the library gathers a line piece by piece, each time copying all of it."""
_PAGES = ("text/html", "application/xhtml+xml")


def read(stream: BinaryIO, origin: Origin) -> Iterator[Article | Skipped]:
    """Articles of what `stream` holds, and what of it is left out. Raises Unreadable."""
    from warcio.exceptions import ArchiveLoadFailed

    number = others = pages = 0
    try:
        for number, record in enumerate(_records(stream), 1):
            if not _is_page(record):
                within = _pass_over(record, origin)
                others += record.rec_type in ("response", "resource")
            else:
                pages += 1
                data = record.content_stream().read(_LARGEST + 1)
                within = origin.takes(len(data))
                yield from _page(data, record, number, origin)
            if not within:
                yield Skipped(
                    origin.path,
                    f"more than {origin.max_unpacked:g} GB unpacked, left out after record {number}: "
                    "give --max-unpacked a larger number if you trust the file",
                )
                return
    except ArchiveLoadFailed as error:
        if number == 0:
            raise Unreadable(f"not a web archive ({' '.join(str(error).split())[:200]})") from None
        yield Skipped(origin.path, f"damaged after record {number} ({' '.join(str(error).split())[:200]})")
    except Exception as error:  # damaged ones fail in ways that the library does not foresee
        yield Skipped(origin.path, f"damaged after record {number} ({type(error).__name__}: {error})")
    if number == 0:
        raise Unreadable("no record in it")
    if not pages and not others:
        yield Skipped(origin.path, "no page in it")
    if others:
        yield Skipped(origin.path, f"{others:,} of its {number:,} records are no pages, such as pictures")


def _records(stream: BinaryIO) -> Iterator[Any]:
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    records: Any = ArchiveIterator(stream)
    read_line = records.reader.readline

    def line(length: int | None = None) -> bytes:
        found: bytes = read_line(min(length or _LONGEST_LINE, _LONGEST_LINE))
        if len(found) == _LONGEST_LINE:
            raise ArchiveLoadFailed("a line without end")
        return found

    records.reader.readline = line
    yield from records


def _is_page(record: Any) -> bool:
    headers = record.http_headers
    if record.rec_type == "response" and headers is not None and headers.get_statuscode() != "200":
        return False
    kind = str((headers or record.rec_headers).get_header("Content-Type") or "").partition(";")[0]
    return record.rec_type in ("response", "resource") and kind.strip().lower() in _PAGES


def _pass_over(record: Any, origin: Origin) -> bool:
    """Reads to the end of a record; whether no more came out of the archive than may."""
    within = True
    while within and (chunk := record.raw_stream.read(1_000_000)):
        within = origin.takes(len(chunk))
    return within


def _page(data: bytes, record: Any, number: int, origin: Origin) -> Iterator[Article | Skipped]:
    address = str(record.rec_headers.get_header("WARC-Target-URI") or "").strip("<> ")
    path = f"{origin.path}:{number}"
    named = address if 0 < len(address) <= _LONGEST_ID else f"{origin.id}:{number}"
    try:
        for item in html.read(io.BytesIO(data), replace(origin, path=path, id=named)):
            found = item.url or address or None
            yield replace(item, url=found, source=item.source or host(found))
    except Unreadable as reason:
        yield Skipped(path, str(reason))
