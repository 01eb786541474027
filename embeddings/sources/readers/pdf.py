"""PDF: its pages as running text, with the places at which they begin; by PDFium."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, BinaryIO

from embeddings.sources.layout.columns import in_order
from embeddings.sources.layout.lines import Line, lines_of
from embeddings.sources.layout.paragraphs import running_text
from embeddings.sources.layout.running import without_running
from embeddings.sources.readers.base import LARGEST, Origin, Unreadable, read_all, too_large
from embeddings.sources.readers.fields import article
from embeddings.types import Article

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfiumError, PdfPage

log = logging.getLogger(__name__)

_ONE = Lock()
"""PDFium reads for one thread at a time."""
_PAGES = 100_000
_STAMP = 3
"""Lines that may be printed on the picture of a page."""


def read(stream: BinaryIO, origin: Origin) -> Iterator[Article]:
    """The articles that `stream` holds. Raises Unreadable."""
    import pypdfium2

    data = read_all(stream)
    try:
        with _ONE, pypdfium2.PdfDocument(data) as document:
            text, begins = _text(document, origin.path)
            about = document.get_metadata_dict()
    except pypdfium2.PdfiumError as error:
        raise Unreadable(_said(error)) from None
    title, author, day = (about[key] for key in ("Title", "Author", "CreationDate"))
    yield replace(article(origin.path, origin.id, title, text, date=day, source=author), pages=begins)


def _text(document: "PdfDocument", path: str) -> tuple[str, tuple[int, ...]]:
    """Text, and where its pages begin.

    Raises Unreadable where there is none, or where pages that share their content add up to more than an
    article can be.
    """
    import pypdfium2

    if len(document) > _PAGES:
        raise Unreadable(f"a PDF of more than {_PAGES:,} pages: split it into several")
    pages: list[list[Line]] = []
    pictured: list[bool] = []
    lost = 0
    room = LARGEST
    for number in range(len(document)):
        try:
            lines, is_picture = _page(document, number)
        except pypdfium2.PdfiumError:  # the others may be whole
            lines, is_picture = [], False
            lost += 1
        pages.append(lines)
        pictured.append(is_picture)
        room -= sum(len(line.text) for line in lines)
        if room < 0:
            raise too_large()
    kept = without_running(pages)
    if not any(kept) and not any(pictured):  # then what is alike on all pages is what they say
        kept = pages
    text, begins = running_text(kept)
    if not text:
        raise Unreadable("no text in it, only pictures of pages: run `ocrmypdf` on it first")
    if pictures := sum(is_picture and not lines for is_picture, lines in zip(pictured, kept, strict=True)):
        log.warning("%s: %d of its %d pages are pictures: run `ocrmypdf` on it", path, pictures, len(pages))
    if lost:
        log.warning("%s: %d of its %d pages cannot be read", path, lost, len(pages))
    return text, begins


def _page(document: "PdfDocument", number: int) -> tuple[list[Line], bool]:
    """The lines of a page in the order of reading, and whether it may be only a picture."""
    page = document[number]
    try:
        lines = in_order(lines_of(page))
        return lines, len(lines) <= _STAMP and _has_picture(page)
    finally:
        page.close()


def _has_picture(page: "PdfPage") -> bool:
    from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

    return next(page.get_objects([FPDF_PAGEOBJ_IMAGE], max_depth=3), None) is not None


def _said(error: "PdfiumError") -> str:
    """Why a document cannot be opened."""
    from pypdfium2.raw import FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY

    if error.err_code in (FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY):
        return "encrypted: save a copy without its password"
    why = str(error).partition("PDFium: ")[2].rstrip(").") or str(error)
    return f"not a readable PDF ({why}): open it and save a new copy"
