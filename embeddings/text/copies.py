"""Copies of one report: the same text in several papers, found by MinHash.

Broder, "On the resemblance and containment of documents", SEQUENCES 1997.
"""

import re
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

import numpy as np

from embeddings.types import Numbers

_HASHES = 64
_SCHEME = "affine32"
_SHINGLE = 5
"""Words that a shingle has."""
_ALIKE = 0.7
"""Share of their shingles that copies have in common: papers cut a report, and add to it."""
_APART = 31
"""Days after which the same text is news of another time."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Copy:
    """What tells whether an article is a copy of another."""

    title: str
    source: str | None
    day: str | None
    signature: bytes


def signature(text: str) -> bytes:
    """The MinHash of `text`: 64 hashes of 4 bytes; empty where it has fewer than five words."""
    from datasketch import MinHash

    sketch = MinHash(num_perm=_HASHES, hashfunc=zlib.crc32, scheme=_SCHEME)
    shingles = _shingles(text)
    found = False
    while batch := list(islice(shingles, 10_000)):  # of a book, all at once would take gigabytes
        sketch.update_batch(batch)
        found = True
    return bytes(sketch.digest().astype("<u4").tobytes()) if found else b""


def _shingles(text: str) -> Iterator[bytes]:
    words: deque[str] = deque(maxlen=_SHINGLE)
    for match in _WORD.finditer(text.lower()):
        words.append(match[0])
        if len(words) == _SHINGLE:
            yield " ".join(words).encode()


def stories(copies: Sequence[Copy]) -> Numbers:
    """Int64 `(len(copies),)`: each one's story, named by the place of its first copy.

    Two are copies where their texts are alike, their dates a month apart at most, and they have one title
    or different publishers: what a publisher's pages with many titles share is a notice about cookies.
    """
    from datasketch import MinHash, MinHashLSH

    story = np.arange(len(copies), dtype=np.int64)
    texts = MinHashLSH(threshold=_ALIKE, num_perm=_HASHES)
    titles: dict[str, list[int]] = {}
    seen: set[tuple[str | None, str | None, bytes]] = set()
    for number, copy in enumerate(copies):
        if not copy.signature:
            continue
        sketch = MinHash(hashvalues=np.frombuffer(copy.signature, "<u4"), scheme=_SCHEME)
        elsewhere = [at for at in texts.query(sketch) if copies[at].source != copy.source or not copy.source]
        titled = titles.setdefault(copy.title.casefold(), []) if copy.title else []
        found = [at for at in elsewhere + titled if _alike(copy, copies[at])]
        story[number] = min((story[at] for at in found), default=number)
        titled.append(number)
        if (copy.source, copy.day, copy.signature) not in seen:
            seen.add((copy.source, copy.day, copy.signature))
            texts.insert(number, sketch)
    return story


def copied_stories(copies: Sequence[Copy]) -> dict[int, int]:
    """The story of each article that has a copy among `copies`, by its number."""
    story = stories(copies)
    shared = np.flatnonzero(np.isin(story, story[story != np.arange(len(story))]))
    return {int(number): int(story[number]) for number in shared}


def _alike(one: Copy, two: Copy) -> bool:
    if one.day and two.day and abs(date.fromisoformat(one.day) - date.fromisoformat(two.day)).days > _APART:
        return False
    hashes = (np.frombuffer(copy.signature, "<u4") for copy in (one, two))
    return bool(np.equal(*hashes).mean() >= _ALIKE)
