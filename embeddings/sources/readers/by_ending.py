"""The reader of a file, by the ending of its name."""

from embeddings.sources.readers import html, jsonl, markdown, pdf, text
from embeddings.sources.readers.base import Reader, Unreadable

_READERS: dict[str, Reader] = {
    ".txt": text.read,
    ".md": markdown.read,
    ".markdown": markdown.read,
    ".jsonl": jsonl.read,
    ".jsonl.gz": jsonl.read,
    ".html": html.read,
    ".htm": html.read,
    ".pdf": pdf.read,
}
ENDINGS = tuple(_READERS)


def ending(name: str) -> str | None:
    """The ending by which a reader for the file `name` is found, if there is one."""
    lower = name.lower()
    return next((e for e in sorted(ENDINGS, key=len, reverse=True) if lower.endswith(e)), None)


def reader(name: str) -> Reader:
    """The reader for the file `name`. Raises Unreadable where there is none."""
    found = ending(name)
    if found is None:
        raise Unreadable("no reader for this ending")
    return _READERS[found]
