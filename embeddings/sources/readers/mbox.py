"""Mailboxes (.mbox), as Thunderbird, Apple Mail and Google Takeout write them: each mail is an article.

Not by the standard `mailbox`, which opens files by name and reads a mail whole, however large.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from embeddings.sources.readers.base import Origin, Unreadable
from embeddings.sources.readers.eml import LARGEST, read_mail
from embeddings.types import Article, Skipped

_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_LINE = 1_000_000


def read(stream: BinaryIO, origin: Origin) -> Iterator[Article | Skipped]:
    """Articles of what `stream` holds, and what of it is left out. Raises Unreadable."""
    for number, mail in enumerate(_mails(stream), 1):
        inner = replace(origin, path=f"{origin.path}:{number}", id=f"{origin.id}:{number}")
        try:
            if len(mail) > LARGEST:
                raise Unreadable(f"a mail of more than {LARGEST / 1e6:g} MB")
            yield from read_mail(_QUOTED.sub(rb"\1", mail), inner)
        except Unreadable as reason:
            yield Skipped(inner.path, str(reason))
        except RecursionError:
            yield Skipped(inner.path, "its parts are nested too deep")
        except Exception as error:  # one mail must not stop the others
            yield Skipped(inner.path, f"it cannot be read ({type(error).__name__})")


def _mails(stream: BinaryIO) -> Iterator[bytes]:
    """The mails, one in memory at a time; of one that is too long, no more than tells that it is."""
    line = stream.readline(_LINE)
    if not line.startswith(b"From "):
        raise Unreadable("not a mailbox: it does not begin with a line `From ...`")
    lines: list[bytes] = []
    size, empty = 0, False
    while line := stream.readline(_LINE):
        if empty and line.startswith(b"From "):
            yield b"".join(lines)
            lines, size, empty = [], 0, False
            continue
        empty = not line.strip()
        if size <= LARGEST:
            lines.append(line)
            size += len(line)
    yield b"".join(lines)
