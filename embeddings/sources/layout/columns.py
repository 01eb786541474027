"""The order in which the lines of a page are read.

A file has its lines in the order in which they were set, which nearly always is that of reading: columns
one after the other, tables by rows. That order is kept unless the page shows two columns of prose whose
lines alternate, or whose right one comes first.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from statistics import median

from embeddings.sources.layout.lines import Line, joined

_EDGES = 20
"""Left edges that are tried as those of a column."""
_FEWEST = 4
"""Lines of a column, at least."""
_WORDS = 3
"""Words of a line of prose, at least; cells of tables mostly have fewer."""
_PROSE = 0.3
"""Share of the lines of a column that begin with a small letter, at least: cells begin with a capital."""
_ALTERNATES = 2.0
"""Lines of one column in a row, fewer than which on average are of columns that alternate."""
_SLACK = 1.0


def in_order(parts: Sequence[Line]) -> list[Line]:
    """Whole lines in the order of reading, from parts of lines in that of the file."""
    edges = Counter(round(part.left) for part in parts)
    for edge, count in edges.most_common(_EDGES):
        if count < _FEWEST:
            break
        left, right = ([part for part in parts if _side(part, edge) == side] for side in (-1, 1))
        if _is_prose(left) and _is_prose(right) and _is_disordered(parts, edge):
            return _by_column(parts, edge)
    return joined(list(parts))


def _is_prose(column: Sequence[Line]) -> bool:
    if len(column) < _FEWEST or median(len(part.text.split()) for part in column) < _WORDS:
        return False
    return sum(part.text[:1].islower() for part in column) >= _PROSE * len(column)


def _is_disordered(parts: Sequence[Line], edge: int) -> bool:
    sides = [_side(part, edge) for part in parts if _side(part, edge)]
    runs = [side for side, _ in groupby(sides)]
    return runs == [1, -1] or len(sides) < _ALTERNATES * len(runs)


def _side(part: Line, edge: int) -> int:
    """-1 in the left column, 1 in the right one, 0 across both."""
    return -1 if part.right <= edge + _SLACK else 1 if part.left >= edge - _SLACK else 0


def _by_column(parts: Sequence[Line], edge: int) -> list[Line]:
    """Between lines that go across both columns, the left one, then the right one."""
    across = sorted((part for part in parts if not _side(part, edge)), key=lambda part: -part.middle)
    heights = [-part.middle for part in across]
    bands: list[dict[int, list[Line]]] = [{-1: [], 1: []} for _ in range(len(across) + 1)]
    before = 0
    for part in parts:
        side = _side(part, edge)
        if side:
            own = part if side == before else replace(part, goes_on=False)
            bands[bisect_left(heights, -part.middle)][side].append(own)
        before = side
    ordered: list[Line] = []
    for number, band in enumerate(bands):
        for column in (band[-1], band[1]):
            ordered += in_order(sorted(column, key=lambda part: (-part.middle, part.left)))
        ordered += across[number : number + 1]
    return ordered
