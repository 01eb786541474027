"""A mail (.eml): its plain text, or what its HTML shows; subject, day and sender; then what is attached.

By the standard library. Headers are decoded here, one by one: the policy that would do it takes apart
every address of a header before it can be asked how many there are.
"""

import io
import re
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.utils import parseaddr
from typing import BinaryIO

from embeddings.sources.readers.base import Origin, Unreadable, read_all
from embeddings.sources.readers.fields import article, decode
from embeddings.sources.readers.markup import page, page_text
from embeddings.sources.readers.nested import read_inside
from embeddings.types import Article, Skipped

LARGEST = 100_000_000
"""Bytes of a mail with its attachments, at most."""
_ATTACHED = 100
"""Attachments that are read, at most."""
_HEADER = 2_000
_MAIL = re.compile(rb"\A\s*(?:From [^\n]*\n)?[!-9;-~]{1,100}:", re.ASCII)


def read(stream: BinaryIO, origin: Origin) -> Iterator[Article | Skipped]:
    """Articles of what `stream` holds, and what of it is left out. Raises Unreadable."""
    yield from read_mail(read_all(stream, LARGEST), origin)


def read_mail(data: bytes, origin: Origin) -> Iterator[Article | Skipped]:
    """The mail in `data`, and what is attached to it. Raises Unreadable where it is none."""
    if not _MAIL.match(data):
        raise Unreadable("not a mail: it does not begin with headers such as `From:`")
    mail = BytesParser().parsebytes(data)
    parts = [part for part in mail.walk() if not part.is_multipart()]
    attached = [part for part in parts if _is_attached(part)]
    sender, address = parseaddr(_header(mail, "From"))
    text = _text([part for part in parts if not _is_attached(part)], origin)
    if text:
        yield article(
            origin.path,
            origin.id,
            _header(mail, "Subject"),
            text,
            date=_header(mail, "Date") or None,
            source=sender or address or None,
        )
    else:
        yield Skipped(origin.path, "no text in the mail")
    yield from _attachments(attached, origin)


def _text(parts: list[Message], origin: Origin) -> str:
    """The plain texts, or, where there is none, what the HTML shows."""
    plain = [_decoded(part, origin) for part in parts if part.get_content_type() == "text/plain"]
    text = "\n\n".join(filter(None, (one.strip() for one in plain)))
    if text:
        return text
    pages = (_decoded(part, origin) for part in parts if part.get_content_type() == "text/html")
    return "\n\n".join(filter(None, (page_text(page(one)) for one in pages if one.strip())))


def _decoded(part: Message, origin: Origin) -> str:
    data = part.get_payload(decode=True)
    charset = part.get_content_charset()
    return decode(data, origin.path, charset) if isinstance(data, bytes) and data else ""


def _attachments(attached: list[Message], origin: Origin) -> Iterator[Article | Skipped]:
    unread: list[str] = []
    for number, part in enumerate(attached):
        name = " ".join(str(part.get_filename("")).replace("\\", "/").rpartition("/")[2].split())[:200]
        data = part.get_payload(decode=True)
        if not origin.reader_of(name) or not isinstance(data, bytes):
            unread.append(name or f"one of type {part.get_content_type()}")
        elif number < _ATTACHED:
            yield from read_inside(name, io.BytesIO(data), origin)
    if len(attached) > _ATTACHED:
        yield Skipped(origin.path, f"{len(attached):,} files attached: those after {_ATTACHED} are left out")
    if unread:
        more = f" and {len(unread) - 3:,} more" if len(unread) > 3 else ""
        yield Skipped(origin.path, f"attached, and not of a kind that is read: {', '.join(unread[:3])}{more}")


def _is_attached(part: Message) -> bool:
    if part.get_content_disposition() == "attachment":
        return True
    return part.get_content_maintype() != "text" and "Content-ID" not in part


def _header(mail: Message, name: str) -> str:
    raw = str(mail.get(name, ""))[:_HEADER]
    try:
        return " ".join(str(make_header(decode_header(raw))).split())
    except Exception:  # an encoding that does not exist, or a word that is cut
        return " ".join(raw.split())
