"""PDF: the text of its pages; a page break is a paragraph break."""

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from embeddings.sources.readers.base import LARGEST, Origin, Unreadable, too_large
from embeddings.sources.readers.fields import article
from embeddings.types import Article

if TYPE_CHECKING:
    from pypdf import PdfReader


def read(stream: BinaryIO, origin: Origin) -> Iterator[Article]:
    """The articles that `stream` holds. Raises Unreadable."""
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it remarks on every flaw that it mends
    try:
        document = pypdf.PdfReader(stream)
        if document.is_encrypted and not document.decrypt(""):
            raise Unreadable("encrypted: save a copy without its password")
        text = _text(document)
        about: dict[str, object] = dict(document.metadata or {})
        title, author, day = (about.get(key) for key in ("/Title", "/Author", "/CreationDate"))
    except Unreadable:
        raise
    except pypdf.errors.DependencyError:  # AES without `cryptography`
        raise Unreadable("encrypted: save a copy without its password") from None
    except MemoryError:  # the file may be whole
        raise
    except Exception as error:  # a damaged file can fail anywhere in the library
        raise Unreadable(
            f"not a readable PDF ({type(error).__name__}: {error}): open it and save a new copy"
        ) from None
    if not text:
        raise Unreadable("no text in it, only pictures of pages: run `ocrmypdf` on it first")
    yield article(origin.path, origin.id, title, text, date=day, source=author)


def _text(document: "PdfReader") -> str:
    """Raises Unreadable where pages that share their content add up to more than an article can be."""
    pages: list[str] = []
    room = LARGEST
    for page in document.pages:
        pages.append(page.extract_text().strip())
        room -= len(pages[-1])
        if room < 0:
            raise too_large()
    return "\n\n".join(page for page in pages if page)
