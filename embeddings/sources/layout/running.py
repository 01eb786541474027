"""Running heads, running feet and page numbers: what stands at the edge of page after page."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from embeddings.sources.layout.lines import Line

_ROWS = 3
"""Rows at the upper and at the lower edge of a page that may be running ones."""
_LONGEST = 200
"""Characters of a running line."""
_NEAR = 4.0
"""Points by which a running line may stand higher on one page than on another."""
_PAGES = 3
"""Pages on which a line stands word for word, at least; both pages where there are two."""
_NUMBER = re.compile(r"\d+")
_ROMAN = re.compile(
    r"[\W_]*(m{0,3}(?:cm|cd|d?c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3}))[\W_]*", re.IGNORECASE
)
_FIRST, _LAST = "begins with a number", "ends with a number"
_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}


@dataclass(frozen=True, slots=True)
class _Edge:
    """A line at the edge of a page."""

    page: int
    place: int
    """Of the line among those of its page."""
    height: float
    key: str
    """What it says without its numbers, and how many these are."""
    numbers: tuple[int, ...]


def without_running(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """`pages` without lines that stand at the same height on several and say the same, or count the pages."""
    alike: dict[str, list[_Edge]] = defaultdict(list)
    for number, lines in enumerate(pages):
        for edge in _edges(number, lines):
            alike[edge.key].append(edge)
    least = min(_PAGES, max(2, len(pages)))
    running: set[tuple[int, int]] = set()
    for edges in alike.values():
        for group in _at_one_height(edges):
            running |= {(edge.page, edge.place) for edge in _running(group, least)}
    return [
        [line for place, line in enumerate(lines) if (number, place) not in running]
        for number, lines in enumerate(pages)
    ]


def _edges(page: int, lines: Sequence[Line]) -> Iterator[_Edge]:
    order = sorted(range(len(lines)), key=lambda place: -lines[place].middle)
    rows: list[list[int]] = []
    for place in order:
        above = lines[rows[-1][0]] if rows else None
        if above and above.middle - lines[place].middle < above.height / 2:
            rows[-1].append(place)
        else:
            rows.append([place])
    outermost = {row[0] for row in (*rows[:1], *rows[-1:]) if len(row) == 1}
    for place in {place for row in rows[:_ROWS] + rows[-_ROWS:] for place in row}:
        text = " ".join(lines[place].text.casefold().split())
        if len(text) > _LONGEST:
            continue
        numbers = _numbers(text)
        height = lines[place].middle
        yield _Edge(page, place, height, f"{len(numbers)} {_NUMBER.sub('#', text)}", numbers)
        if place in outermost and numbers:  # a head may have the chapter's name beside the page's number
            if _NUMBER.match(text):
                yield _Edge(page, place, height, _FIRST, numbers[:1])
            if text[-1].isdecimal():
                yield _Edge(page, place, height, _LAST, numbers[-1:])


def _numbers(text: str) -> tuple[int, ...]:
    roman = _ROMAN.fullmatch(text)
    if roman and roman[1]:
        return (_roman(roman[1]),)
    return tuple(int(found[:9]) for found in _NUMBER.findall(text))


def _roman(text: str) -> int:
    values = [_VALUES[letter] for letter in text.casefold()] + [0]
    return sum(-value if value < after else value for value, after in pairwise(values))


def _at_one_height(edges: list[_Edge]) -> Iterator[list[_Edge]]:
    """Groups of `edges` that stand at one height, each with one line a page at most."""
    edges.sort(key=lambda edge: (-edge.height, edge.page))
    starts = [0, *(at for at in range(1, len(edges)) if edges[at - 1].height - edges[at].height > _NEAR)]
    for start, end in zip(starts, [*starts[1:], len(edges)], strict=True):
        group = edges[start:end]
        yield [next(same) for _, same in groupby(sorted(group, key=lambda e: e.page), lambda e: e.page)]


def _running(group: list[_Edge], least: int) -> list[_Edge]:
    """Those that say the same on `least` pages, most of all, or of which one number counts the pages."""
    alone = not any(letter.isalpha() for letter in group[0].key)  # a number, and no word
    found: list[_Edge] = []
    if group[0].key not in (_FIRST, _LAST):
        found = _most([(edge, edge.numbers) for edge in group], least)
    for column in range(len(group[0].numbers)):
        shifts = [(edge, edge.numbers[column] - edge.page) for edge in group]
        found = found or _most(shifts, 2 if alone else least)
    return found


def _most(values: Sequence[tuple[_Edge, object]], least: int) -> list[_Edge]:
    """The edges with the commonest value, if these are `least`, and half of all."""
    [(value, count)] = Counter(value for _, value in values).most_common(1)
    return [edge for edge, found in values if found == value] if count >= max(least, len(values) / 2) else []
