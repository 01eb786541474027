"""PDF: the text of its pages; a page break is a paragraph break."""

import logging
from collections.abc import Iterator
from typing import BinaryIO

from embeddings.readers import Origin, Unreadable
from embeddings.readers.fields import article
from embeddings.types import Article


def read(stream: BinaryIO, origin: Origin) -> Iterator[Article]:
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.ERROR)  # it remarks on every flaw that it mends
    try:
        document = pypdf.PdfReader(stream)
        if document.is_encrypted and not document.decrypt(""):
            raise Unreadable("encrypted: save a copy without its password")
        pages = [page.extract_text() for page in document.pages]
        title = document.metadata.title if document.metadata else None
    except Unreadable:
        raise
    except Exception as error:  # a damaged file can fail anywhere in the library
        raise Unreadable(f"not a readable PDF ({type(error).__name__}: {error})") from None
    text = "\n\n".join(page.strip() for page in pages if page.strip())
    if not text:
        raise Unreadable("no text in it: scanned pages need text recognition (OCR) first")
    yield article(origin.path, origin.id, title, text)
