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
_STAMP = 0
"""Lines that a page may have and still be a picture."""


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
    pages: list[list[Line]] = []
    pictures = 0
    room = LARGEST
    for number in range(len(document)):
        lines, is_picture = _page(document, number, path)
        pages.append(lines)
        pictures += is_picture
        room -= sum(len(line.text) for line in lines)
        if room < 0:
            raise too_large()
    kept = without_running(pages)
    if not any(kept) and not pictures:  # then what is alike on all pages is what they say
        kept = pages
    text, begins = running_text(kept)
    if not text:
        raise Unreadable("no text in it, only pictures of pages: run `ocrmypdf` on it first")
    if pictures:
        log.warning("%s: no text on %d of its %d pages: run `ocrmypdf` on it", path, pictures, len(pages))
    return text, begins


def _page(document: "PdfDocument", number: int, path: str) -> tuple[list[Line], bool]:
    """The lines of a page in the order of reading, and whether it is only a picture."""
    import pypdfium2

    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        log.warning("%s: its page %d cannot be read", path, number + 1)
        return [], False
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
    return f"not a readable PDF ({error}): open it and save a new copy"
