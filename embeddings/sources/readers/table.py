"""Tables (.csv, .tsv): each row is an article, its fields found by the names of the columns."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from embeddings.sources.readers.base import LARGEST, Origin, Unreadable, read_all
from embeddings.sources.readers.fields import article, clean, decode
from embeddings.types import Article, Skipped

_NAMES: Mapping[str, Sequence[str]] = {
    "text": ("text", "content", "body", "article", "article_text", "full_text", "fulltext", "maintext"),
    "id": ("id", "article_id"),
    "title": ("title", "headline"),
    "url": ("url", "link", "address"),
    "date": ("date", "published", "publish_date", "published_at", "pubdate", "publication_date", "datetime"),
    "source": ("source", "publisher", "publication", "site", "author"),
}
"""What columns are called, the first that is there counts."""
_SEPARATORS = ",;\t|"
_LONGEST_ID = 1_000


def read(stream: BinaryIO, origin: Origin) -> Iterator[Article | Skipped]:
    """Articles of what `stream` holds, and what of it is left out. Raises Unreadable."""
    csv.field_size_limit(LARGEST)
    text = clean(decode(read_all(stream), origin.path))
    head = text.lstrip("\n").partition("\n")[0]
    tabs = origin.path.lower().endswith(".tsv")
    rows = csv.reader(io.StringIO(text), delimiter="\t" if tabs else max(_SEPARATORS, key=head.count))
    try:
        names = next((row for row in rows if row), None)
        if names is None:
            raise Unreadable("no line in it")
        columns = _columns(names, origin.text_column)
        before = rows.line_num
        empty = True
        for row in rows:
            line, before = before + 1, rows.line_num
            if row:
                empty = False
                yield _article(row, columns, line, origin)
        if empty:
            raise Unreadable("no row under the names of its columns")
    except csv.Error as error:
        yield Skipped(
            f"{origin.path}:{rows.line_num}", f"not a row of a table ({error}): the rest is left out"
        )


def _columns(names: Sequence[str], text_column: str | None) -> dict[str, int]:
    """The number of the column of each field."""
    known = {name.strip().casefold(): number for number, name in reversed(list(enumerate(names)))}
    found = {
        field: next(known[name] for name in called if name in known)
        for field, called in _NAMES.items()
        if any(name in known for name in called)
    }
    if text_column is not None:
        if text_column.strip().casefold() not in known:
            raise Unreadable(f"no column {text_column!r} among {_listed(names)}: correct --text-column")
        found["text"] = known[text_column.strip().casefold()]
    if "text" not in found:
        raise Unreadable(f"no column `text` or `content` among {_listed(names)}: name it with --text-column")
    return found


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return ", ".join(repr(name.strip()[:40]) for name in names[:10]) + more


def _article(row: Sequence[str], columns: Mapping[str, int], line: int, origin: Origin) -> Article | Skipped:
    path = f"{origin.path}:{line}"
    fields = {field: row[number].strip() for field, number in columns.items() if number < len(row)}
    id = fields.get("id") or f"{origin.id}:{line}"
    if len(id) > _LONGEST_ID:
        return Skipped(path, f"its id has {len(id)} characters, expected {_LONGEST_ID} at most")
    try:
        return article(
            path,
            id,
            fields.get("title"),
            fields.get("text", ""),
            fields.get("url"),
            fields.get("date"),
            fields.get("source"),
            origin.modified,
        )
    except Unreadable as reason:
        return Skipped(path, str(reason))
