"""The reader of a file, by the ending of its name."""

from embeddings.sources.readers import (
    archive,
    base,
    docx,
    eml,
    epub,
    feed,
    html,
    jsonl,
    markdown,
    mbox,
    odt,
    pdf,
    pptx,
    rtf,
    table,
    text,
    warc,
)
from embeddings.sources.readers.base import LARGEST_PAGE, Reader, Unreadable, too_large
from embeddings.sources.readers.zips import DOCUMENT

_READERS: dict[str, Reader] = {
    ".txt": text.read,
    ".md": markdown.read,
    ".markdown": markdown.read,
    ".jsonl": jsonl.read,
    ".jsonl.gz": jsonl.read,
    ".html": html.read,
    ".htm": html.read,
    ".pdf": pdf.read,
    ".docx": docx.read,
    ".odt": odt.read,
    ".pptx": pptx.read,
    ".rtf": rtf.read,
    ".epub": epub.read,
    ".eml": eml.read,
    ".mbox": mbox.read,
    ".csv": table.read,
    ".tsv": table.read,
    ".xml": feed.read,
    ".rss": feed.read,
    ".atom": feed.read,
    ".zip": archive.read,
    ".wacz": archive.read,
    ".warc": warc.read,
    ".warc.gz": warc.read,
}
ENDINGS = tuple(_READERS)


def ending(name: str) -> str | None:
    """The ending by which a reader for the file `name` is found, if there is one."""
    lower = name.lower()
    return next((e for e in sorted(ENDINGS, key=len, reverse=True) if lower.endswith(e)), None)


def reader_of(name: str) -> "Reader | None":
    """The reader for the file `name`, if there is one."""
    found = ending(name)
    return None if found is None else _READERS[found]


def reader(name: str) -> Reader:
    """The reader for the file `name`. Raises Unreadable where there is none."""
    found = reader_of(name)
    if found is None:
        raise Unreadable("no reader for this ending")
    return found


MANY = 100_000_000_000
"""Bytes of a file of many articles, which are read one after the other; larger ones are mostly holes."""
_LARGEST: dict[str, int] = {
    **dict.fromkeys((".html", ".htm"), LARGEST_PAGE),
    **dict.fromkeys((".docx", ".odt", ".pptx", ".epub"), DOCUMENT),
    **dict.fromkeys((".xml", ".rss", ".atom"), feed.LARGEST),
    **dict.fromkeys((".jsonl", ".jsonl.gz", ".mbox", ".zip", ".wacz", ".warc", ".warc.gz"), MANY),
    ".rtf": rtf.LARGEST,
    ".eml": eml.LARGEST,
}
"""What a file may have at most; others as much as an article."""
_ARTICLES = (".txt", ".md", ".markdown", ".pdf", ".rtf", ".html", ".htm")
"""Kinds of one article each."""


def check_size(name: str, size: int) -> None:
    """Raises Unreadable for a file of more bytes than its kind may have: said before anything is opened."""
    kind = ending(name) or ""
    largest = _LARGEST.get(kind, base.LARGEST)
    if size > largest:
        if kind in _ARTICLES:
            raise too_large(largest)
        raise Unreadable(f"a {kind} file of more than {largest / 1e6:,.0f} MB: split it into several")
