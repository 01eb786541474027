"""JSON lines, plain or gzip: a record a line with `text` and optional id, title, url, date, source."""

import gzip
import json
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from embeddings.readers import Origin, Unreadable
from embeddings.readers.fields import article
from embeddings.types import Article, Skipped


def read(stream: BinaryIO, origin: Origin) -> Iterator[Article | Skipped]:
    zipped = origin.path.lower().endswith(".gz")
    lines: Iterator[bytes] = iter(gzip.GzipFile(fileobj=stream) if zipped else stream)
    number = 0
    without_text: list[int] = []
    while True:
        try:
            line = next(lines, None)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            yield Skipped(origin.path, f"damaged gzip after line {number}: {error}")
            break
        if line is None:
            break
        number += 1
        if not line.strip():
            continue
        try:
            yield _record(line, number, origin)
        except _WithoutText:
            without_text.append(number)
        except Unreadable as reason:
            yield Skipped(f"{origin.path}:{number}", str(reason))
    if without_text:
        yield Skipped(origin.path, _lines_without_text(without_text))


class _WithoutText(Exception):
    """A record of another kind, such as a question: reported once a file."""


def _lines_without_text(numbers: list[int]) -> str:
    named = ", ".join(str(number) for number in numbers[:3])
    more = f" and {len(numbers) - 3} more" if len(numbers) > 3 else ""
    return f"no `text` in line {named}{more}"


def _record(line: bytes, number: int, origin: Origin) -> Article:
    try:
        record: Any = json.loads(line.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise Unreadable(f"not a JSON line ({error})") from None
    if not isinstance(record, dict):
        raise Unreadable("not a JSON object")
    text, id = record.get("text"), record.get("id")
    if text is None:
        raise _WithoutText
    if not isinstance(text, str):
        raise Unreadable("`text` is not a string")
    if id is not None and (not isinstance(id, str | int) or isinstance(id, bool)):
        raise Unreadable("`id` is neither a string nor a number")
    return article(
        path=f"{origin.path}:{number}",
        id=str(id) if id not in (None, "") else f"{origin.id}:{number}",
        title=record.get("title"),
        text=text,
        url=record.get("url"),
        date=record.get("date"),
        source=record.get("source"),
    )
