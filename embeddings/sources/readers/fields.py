"""Bytes to text and loose values to an article's fields, the same way for every format."""

import codecs
import logging
import string
from urllib.parse import urlsplit

from embeddings.sources.readers.base import Unreadable
from embeddings.sources.readers.dates import Ambiguous, day
from embeddings.types import Article

log = logging.getLogger(__name__)

_SAMPLE = 1_000_000
_ENCODINGS = (
    *("cp1252", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256"),
    *("shift_jis", "euc_jp", "gb18030", "big5", "euc_kr"),
)
"""What files without UTF-8 are in today; with all that Python knows, detection finds exotic ones.
The commoner come first."""
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_COMMON = frozenset(string.ascii_letters + string.digits + ' \n\r\t"{}.,:' + "，。、：！？「」“”")
"""Characters of which any text has some; two bytes of anything else rarely make one of them."""
MAX_FIELD = 1_000
"""Characters of a title, an address or a publisher."""


def decode(data: bytes, path: str, declared: str | None = None) -> str:
    """`data` as text: UTF-16 or UTF-32 by its mark or its NUL bytes, UTF-8, as `declared`, or as detected.

    What is guessed is logged with the path. Raises Unreadable for what is no text.
    """
    wide = utf_16_or_32(data)
    if wide:
        if not data.startswith(tuple(_MARKS)):
            log.warning("%s is not UTF-8: read as %s", path, wide)
        return data.decode(wide, "replace")
    if 4 * data[:_SAMPLE].count(0) > len(data[:_SAMPLE]):
        raise Unreadable("not text: it is full of NUL bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode(declared or "ascii")
    except (UnicodeError, LookupError):  # some codecs, `undefined` among them, raise the bare UnicodeError
        pass
    encoding = _detected(data[:_SAMPLE])
    log.warning("%s is not UTF-8: read as %s", path, encoding)
    return data.decode(encoding, "replace")


def _detected(sample: bytes) -> str:
    """The likeliest encoding; of equally likely ones (French is as good in cp1250), the commonest."""
    from charset_normalizer import from_bytes

    matches = from_bytes(sample, cp_isolation=list(_ENCODINGS))
    best = matches.best()
    if best is None:
        raise Unreadable("neither UTF-8 nor any other text")
    equal = {
        encoding
        for match in matches
        if (match.chaos, match.coherence) == (best.chaos, best.coherence)
        for encoding in match.could_be_from_charset
    }
    return next((encoding for encoding in _ENCODINGS if encoding in equal), best.encoding)


def utf_16_or_32(data: bytes) -> str | None:
    """The encoding of `data`, or of a text that begins so, where it is one of these."""
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return encoding
    sample = data[:_SAMPLE]
    if 0 not in sample:
        return None
    if wide := _utf_32(sample):
        return wide
    shares = {encoding: _common(sample, encoding) for encoding in ("utf-16-le", "utf-16-be")}
    best = max(shares, key=shares.__getitem__)
    least = 0.5 if _is_utf_8(sample) else 0.03  # Chinese has little but line ends and full stops
    return best if shares[best] >= least else None


def _utf_32(sample: bytes) -> str | None:
    """Four bytes a character, of which the highest is 0, and the next one of seventeen planes."""
    for encoding, highest, plane in (("utf-32-le", 3, 2), ("utf-32-be", 0, 1)):
        if len(sample) < 8 or any(sample[highest::4]) or max(sample[plane::4]) > 0x10:
            continue
        if _common(sample, encoding) >= 0.03:
            return encoding
    return None


def _common(sample: bytes, encoding: str) -> float:
    text = sample.decode(encoding, "ignore")
    return sum(character in _COMMON for character in text) / max(1, len(text))


def _is_utf_8(sample: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)  # its last character may be cut
    except UnicodeDecodeError:
        return False
    return True


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
    modified: float | None = None,
) -> Article:
    """An article of cleaned fields; `modified` as in Origin. Raises Unreadable where no text is left."""
    body = clean(text).strip()
    if not body:
        raise Unreadable("no text in it")
    if 4 * body.count("\ufffd") > len(body):
        raise Unreadable("no text: most of its characters cannot be read; save it as UTF-8")
    address = _short("address", url, path)
    heading = one_line(title) or ""
    if len(heading) > MAX_FIELD:
        log.warning("%s: its title of %d characters is cut", path, len(heading))
    return Article(
        id=clean(id),
        title=heading[:MAX_FIELD],
        text=body,
        url=address,
        date=iso_date(date, path, modified),
        source=_short("publisher", source, path) or host(address),
        path=clean(path),
    )


def iso_date(value: object, path: str, modified: float | None = None) -> str | None:
    """The day that a loose value names; None, with a warning, for what names none."""
    if value is None or value == "":
        return None
    text = str(value).strip()[:100] if isinstance(value, str | int | float) else f"a {type(value).__name__}"
    try:
        found = day(text, modified)
    except Ambiguous:
        log.warning("%s: the date %r may be of two days: left out", path, text)
        return None
    except (ValueError, OverflowError, OSError):
        found = None
    if found is None:
        log.warning("%s: the date %r names no day: left out", path, text)
    return found


def _short(name: str, value: object, path: str) -> str | None:
    """A loose value as one line of text; None, with a warning, for one that is too long."""
    line = one_line(value)
    if line and len(line) > MAX_FIELD:
        log.warning("%s: its %s of %d characters is left out", path, name, len(line))
        return None
    return line


def one_line(value: object) -> str | None:
    """A loose value as one line of text; None for what is no text."""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return None
    return " ".join(clean(str(value)).split()) or None


def host(url: str | None) -> str | None:
    """The host of an address, without `www.`."""
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None
