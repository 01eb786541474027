"""The lines of a page, each with its place, in the order in which the file has them."""

import re
from collections.abc import Callable, Iterator
from ctypes import byref
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage

_BREAKS = frozenset("\r\n")
_HYPHEN = "\x02"
"""A hyphen at the end of a line, as PDFium has it: it takes away the line's end behind it."""
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ft", "ﬆ": "st", "\xad": "-", "‐": "-"}
)
UNSPACED = re.compile(r"[\u0e00-\u0eff\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
"""A letter of a script without spaces: Thai, Lao, Khmer, Chinese, Japanese."""
_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_WIDE = 1.5
"""Heights of a line: a gap that no space between two words has, even in justified text."""
_CELLS = 3.0
"""The same: a gap between two cells of a table."""

Box: TypeAlias = tuple[float, float, float, float]
"""Left, bottom, right, top, in points from the lower left corner of the page as it is seen."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line, or a part of one that stands apart from the part before."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    height: float
    """Of its characters."""
    first: float
    """Width of its first word; of its first letter where the script has no spaces."""
    goes_on: bool = False
    """Whether it is a part of the same line as the one before."""
    is_row: bool = False
    """Whether it is put together of parts that stand apart, as the cells of a table do."""

    @property
    def middle(self) -> float:
        """How high it stands."""
        return (self.bottom + self.top) / 2


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    box: Box
    height: float


def lines_of(page: "PdfPage") -> list[Line]:
    """The lines of `page` that hold anything; a hyphen at the end of one is `-`, whatever it was."""
    text = page.get_textpage()
    turned = _Turned(page)
    return [line for words in _lines(text, turned) for line in _parts(words)]


def joined(lines: list[Line]) -> list[Line]:
    """`lines` with the parts of each put together again."""
    whole: list[Line] = []
    for line in lines:
        if line.goes_on and whole:
            before = whole[-1]
            whole[-1] = replace(
                before,
                text=f"{before.text} {line.text}",
                left=min(before.left, line.left),
                bottom=min(before.bottom, line.bottom),
                right=max(before.right, line.right),
                top=max(before.top, line.top),
                is_row=before.is_row or line.left - before.right > _CELLS * line.height,
            )
        else:
            whole.append(line)
    return whole


class _Turned:
    """Boxes on a page that is shown turned."""

    def __init__(self, page: "PdfPage") -> None:
        self._by = page.get_rotation()
        self._width, self._height = page.get_width(), page.get_height()
        if self._by in (90, 270):
            self._width, self._height = self._height, self._width

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        if self._by == 90:
            return bottom, self._width - right, top, self._width - left
        if self._by == 180:
            return self._width - right, self._height - top, self._width - left, self._height - bottom
        if self._by == 270:
            return self._height - top, left, self._height - bottom, right
        return left, bottom, right, top


def _lines(text: "PdfTextPage", turned: _Turned) -> Iterator[list[_Word]]:
    """The words of each line."""
    import pypdfium2.raw as pdfium

    code_of = pdfium.FPDFText_GetUnicode
    place = pdfium.FS_RECTF()

    def box(at: int) -> Box:
        pdfium.FPDFText_GetLooseCharBox(text, at, byref(place))
        return turned.box(place.left, place.bottom, place.right, place.top)

    words: list[_Word] = []
    letters: list[str] = []
    count = text.count_chars()
    for at in range(count + 1):
        letter = chr(code_of(text, at)) if at < count else "\n"
        if letter == _HYPHEN:
            letters.append("-")
        elif not letter.isspace():
            letters.append(letter)
            continue
        if letters:
            last = at if letter == _HYPHEN else at - 1
            start = last - len(letters) + 1
            word = _word(as_written(letters, start, box), box(start), box(last))
            if words and _is_under(word, words[-1]):  # PDFium takes lines that touch for one
                yield words
                words = []
            words.append(word)
            letters = []
        if letter in _BREAKS or letter == _HYPHEN:
            if words:
                yield words
            words = []


def as_written(letters: list[str], start: int, box: Callable[[int], Box]) -> list[str]:
    """The letters of a word in the order in which they are written.

    PDFium reverses words of Arabic that some programs set in shaped letters; `box` says where a letter of
    the page stands, of which the word has those from number `start` on.
    """
    if max(letters) < "\u0590":
        return letters
    places = [place for place, letter in enumerate(letters) if _RIGHT_TO_LEFT.match(letter)]
    if len(places) < 2 or box(start + places[0])[0] > box(start + places[-1])[0]:
        return letters
    first, end = places[0], places[-1] + 1
    return [*letters[:first], *reversed(letters[first:end]), *letters[end:]]


def _is_under(word: _Word, before: _Word) -> bool:
    (left, _, _, top), (before_left, before_bottom, _, _) = word.box, before.box
    return left < before_left and top < before_bottom + before.height / 3


def _word(letters: list[str], first: Box, last: Box) -> _Word:
    text = "".join(letters).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    left, bottom = min(first[0], last[0]), min(first[1], last[1])
    right, top = max(first[2], last[2]), max(first[3], last[3])
    height = min(first[3] - first[1], last[3] - last[1])
    return _Word(text.translate(_LIGATURES), (left, bottom, right, top), height)


def _parts(words: list[_Word]) -> Iterator[Line]:
    """A line, cut where a gap is wide."""
    height = sorted(word.height for word in words)[len(words) // 2]
    first = 0
    for at in range(1, len(words) + 1):
        if at == len(words) or words[at].box[0] - words[at - 1].box[2] > _WIDE * max(height, 1.0):
            yield _line(words[first:at], height, first > 0)
            first = at


def _line(words: list[_Word], height: float, goes_on: bool) -> Line:
    lefts, bottoms, rights, tops = zip(*(word.box for word in words), strict=True)
    left, right = min(lefts), max(rights)
    turned = _RIGHT_TO_LEFT.search(words[0].text) if len(words) == 1 else lefts[-1] < lefts[0]
    if turned:  # from right to left: as in a mirror, so that a line begins at its left
        left, right = -right, -left
    text = " ".join(word.text for word in words)
    first = height if UNSPACED.match(text) else words[0].box[2] - words[0].box[0]
    return Line(text, left, min(bottoms), right, max(tops), height, first, goes_on)
