"""Lines to running text: the ends of lines inside paragraphs joined, and where each page begins in it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from embeddings.sources.layout.hyphens import Hyphens
from embeddings.sources.layout.lines import UNSPACED, Line

_ENDED = re.compile(r"[.!?:;…。！？]['\"”’»)\]]*$")
_ITEM = re.compile(r"(?:[•‣▪◦●○■□–—*·-]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s")
_LISTED = re.compile(r"(?:[.·…] ?){4}[^\W_]+$")
"""An entry of a table of contents."""
_GAP = 1.3
"""Times the usual distance of two lines: beyond it a paragraph begins."""
_INDENT = (0.7, 5.0)
"""Heights of a line by which the first of a paragraph may stand in."""
_SIZE = 1.15
"""Times the height of the line before: beyond it a heading begins, or ends."""
_SPACE = 0.25
"""Heights of a line that a space takes."""
_FULL = 0.9
"""Of ten lines of a stretch one may stand out beyond its right edge."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A line, the stretch of lines below one another that it stands in, and that one's right edge."""

    line: Line
    page: int
    stretch: int
    edge: float


def running_text(pages: Sequence[Sequence[Line]]) -> tuple[str, tuple[int, ...]]:
    """The text of `pages`, and the offsets in it at which the second and each further page begins."""
    placed = list(_placed(pages))
    texts = [one.line.text for one in placed]
    hyphens = Hyphens(texts)
    usual = _usual(placed)
    parts: list[str] = []
    begins: list[int] = []
    length = 0
    opens = True
    for at, one in enumerate(placed):
        if at:
            mark = _between(placed, at, usual, opens)
            opens = mark == "\n\n"
            if mark == " " and UNSPACED.match(texts[at - 1][-1]) and UNSPACED.match(texts[at]):
                mark = ""
            elif mark == " " and texts[at - 1].endswith("-"):
                mark = ""
                if hyphens.goes(texts[at - 1], texts[at]):
                    parts[-1] = parts[-1][:-1]
                    length -= 1
            parts.append(mark)
            length += len(mark)
        begins += [length] * (one.page - len(begins))
        parts.append(one.line.text)
        length += len(one.line.text)
    begins += [length] * (len(pages) - 1 - len(begins))
    return "".join(parts), tuple(begins)


def _placed(pages: Sequence[Sequence[Line]]) -> Iterator[_Placed]:
    stretch = 0
    for number, lines in enumerate(pages):
        first = 0
        for at in range(1, len(lines) + 1):
            if at == len(lines) or not _is_below(lines[at], lines[at - 1]):
                edge = sorted(line.right for line in lines[first:at])[int(_FULL * (at - first - 1))]
                yield from (_Placed(line, number, stretch, edge) for line in lines[first:at])
                stretch += 1
                first = at


def _is_below(line: Line, before: Line) -> bool:
    beside = line.left < before.right and before.left < line.right
    return beside and line.middle < before.middle - before.height / 4


def _usual(placed: Sequence[_Placed]) -> float:
    """The usual distance of two lines, in heights of a line."""
    found = [
        (one.line.bottom - two.line.bottom) / max(two.line.height, 1.0)
        for one, two in pairwise(placed)
        if one.stretch == two.stretch
    ]
    return median(found) if found else 1.2


def _between(placed: Sequence[_Placed], at: int, usual: float, opens: bool) -> str:
    """What stands between the line before `at` and that one: a space, a line's end or a paragraph's.

    `opens` says whether the line before is the first of its paragraph.
    """
    before, one = placed[at - 1], placed[at]
    height = max(before.line.height, one.line.height, 1.0)
    if height > _SIZE * min(before.line.height, one.line.height):
        return "\n\n"
    ended = bool(_ENDED.search(before.line.text))
    if before.stretch != one.stretch:
        alone = at == 1 or placed[at - 2].stretch != before.stretch
        full = not alone and not _had_room(before, one.line)
        goes_on = not ended and (full or one.line.text[:1].islower())
        return " " if goes_on and not _ITEM.match(one.line.text) else "\n\n"
    if before.line.bottom - one.line.bottom > _GAP * usual * height:
        return "\n\n"
    step = one.line.left - before.line.left
    after = placed[at + 1] if at + 1 < len(placed) else None
    back = after is None or after.stretch != one.stretch or after.line.left < one.line.left - height / 3
    if _INDENT[0] * height < step < _INDENT[1] * height and back and (ended or not opens):
        return "\n\n"
    if step < -_INDENT[0] * height and not opens:
        return "\n\n"
    if _LISTED.search(before.line.text) or (before.line.is_row and one.line.is_row):
        return "\n"
    if _had_room(before, one.line):
        return "\n\n" if ended or _ITEM.match(one.line.text) else "\n"
    return "\n\n" if ended and _ITEM.match(one.line.text) else " "


def _had_room(before: _Placed, line: Line) -> bool:
    """Whether the first word of `line` would have stood behind the line before: its end was meant."""
    return before.edge - before.line.right > line.first + _SPACE * line.height
