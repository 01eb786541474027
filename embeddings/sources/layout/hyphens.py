"""Words that are broken at the end of a line: which hyphens were only there for the break."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LAST = re.compile(r"([^\W\d_]+(?:-[^\W\d_]+)*)-$")
_LONGEST = 100
"""Letters of half a word."""
_FIRST = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


class Hyphens:
    """Decides by the words of the document itself, whatever its language.

    The hyphen goes where the whole word stands elsewhere in the document. It stays where the word stands
    elsewhere with it, and where what follows begins with no small letter. If neither stands elsewhere, it
    goes only in a document of whose other broken words more turned out to be whole than to have a hyphen,
    and only if not both halves are words of the document.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        pairs = pairwise(["", *lines])
        self._words = frozenset(word for before, line in pairs for word in _inside(before, line))
        breaks = [broken for one, two in pairwise(lines) if (broken := _broken(one, two))]
        found = [goes for broken in breaks if (goes := self._elsewhere(*broken)) is not None]
        self._breaks_words = 2 * sum(found) > len(found)

    def goes(self, line: str, after: str) -> bool:
        """Whether the hyphen at the end of `line` goes where the line `after` is put behind it."""
        broken = _broken(line, after)
        if not broken:
            return False
        known = self._elsewhere(*broken)
        if known is not None:
            return known
        return self._breaks_words and not self._words.issuperset(broken)

    def _elsewhere(self, half: str, rest: str) -> bool | None:
        """What the word's other places in the document say, where it has any."""
        if f"{half}-{rest}" in self._words:
            return False
        return True if f"{half}{rest}" in self._words else None


def _inside(before: str, line: str) -> Iterable[str]:
    """The words of a line, without what may be a half of one at its ends."""
    words = [found.group().casefold() for found in _WORD.finditer(line)]
    return words[before.endswith("-") : -1 if line.endswith("-") else None]


def _broken(line: str, after: str) -> tuple[str, str] | None:
    """The halves of a word that `line` begins and `after` ends."""
    half = _LAST.search(line[-_LONGEST:]) if line.endswith("-") else None
    rest = _FIRST.match(after)
    if not half or not rest or not rest.group()[0].islower():
        return None
    return half[1].casefold(), rest.group().casefold()
