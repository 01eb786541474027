"""Bytes to text and loose values to an article's fields, the same way for every format."""

import datetime
import logging
from urllib.parse import urlsplit

from charset_normalizer import from_bytes

from embeddings.readers import Unreadable
from embeddings.types import Article

log = logging.getLogger(__name__)

_SAMPLE = 1_000_000
_ENCODINGS = (
    *("cp1252", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256"),
    *("shift_jis", "euc_jp", "gb18030", "big5", "euc_kr"),
)
"""What files without UTF-8 are in today; with all that Python knows, detection finds exotic ones."""


def decode(data: bytes, path: str) -> str:
    """`data` as text: UTF-8, UTF-16 by its mark, or what detection finds, which is logged with the path."""
    if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return data.decode("utf-32", "replace")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if 4 * data[:_SAMPLE].count(0) > len(data[:_SAMPLE]):
        return _unmarked(data, path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    best = from_bytes(data[:_SAMPLE], cp_isolation=list(_ENCODINGS)).best()
    if best is None:
        raise Unreadable("neither UTF-8 nor any other text")
    encoding = "cp1252" if "cp1252" in best.could_be_from_charset else best.encoding
    log.warning("%s is not UTF-8: read as %s", path, encoding)
    return data.decode(encoding, "replace")


def _unmarked(data: bytes, path: str) -> str:
    """Text in UTF-16 without a mark: every other byte of Western text is 0."""
    even, odd = data[:_SAMPLE:2].count(0), data[1:_SAMPLE:2].count(0)
    if not (even == 0 or odd == 0):
        raise Unreadable("not text: it is full of NUL bytes")
    encoding = "utf-16-le" if even == 0 else "utf-16-be"
    log.warning("%s is not UTF-8: read as %s", path, encoding)
    return data.decode(encoding, "replace")


def clean(text: str) -> str:
    """`text` as it is kept: one kind of line end; NUL and lone surrogates become U+FFFD."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    return text.encode("utf-8", "replace").decode() if _has_surrogates(text) else text


def _has_surrogates(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def article(
    path: str,
    id: str,
    title: object,
    text: str,
    url: object = None,
    date: object = None,
    source: object = None,
) -> Article:
    """An article of cleaned fields. Raises Unreadable where no text is left."""
    body = clean(text).strip()
    if not body:
        raise Unreadable("no text in it")
    address = one_line(url)
    return Article(
        id=clean(id),
        title=one_line(title) or "",
        text=body,
        url=address,
        date=iso_date(date, path),
        source=one_line(source) or _host(address),
        path=clean(path),
    )


def iso_date(value: object, path: str) -> str | None:
    """The day of `value` (a date, or text that begins with an ISO one); None, with a warning, for others."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime.date):
        return value.isoformat()[:10]
    try:
        return datetime.date.fromisoformat(str(value).strip()[:10]).isoformat()
    except ValueError:
        log.warning("%s: the date %.40r is not YYYY-MM-DD: left out", path, value)
        return None


def one_line(value: object) -> str | None:
    """A loose value as one line of text; None for what is no text."""
    if not isinstance(value, str | int | float | datetime.date) or isinstance(value, bool):
        return None
    return " ".join(clean(str(value)).split()) or None


def _host(url: str | None) -> str | None:
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None
