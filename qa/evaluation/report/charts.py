"""Charts as inline SVG, 360 units wide; colours and type come from report.css."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from qa.wording.markup import element, join

_WIDTH, _HEIGHT = 360, 230
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 16, 14, 34
_INNER = _WIDTH - _LEFT - _RIGHT
_FLOOR = _HEIGHT - _BOTTOM
_TALL = _FLOOR - _TOP
_TICKS = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """A column: its label on the axis, its height, what is said when pointed at, its CSS class."""

    label: str
    value: float
    said: str
    kind: str = "bar"


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of the unit square with the number of questions that it stands for."""

    x: float
    y: float
    count: int
    said: str


def columns(name: str, bars: Sequence[Bar], axis: str) -> Markup:
    """Columns side by side over their labels, with counts on the left."""
    step = _step(max((bar.value for bar in bars), default=0))
    top = step * _TICKS
    wide = _INNER / max(1, len(bars))
    drawn = [_grid(tick * step / top, f"{tick * step:g}") for tick in range(_TICKS + 1)]
    for place, bar in enumerate(bars):
        x, tall = _LEFT + place * wide, _TALL * bar.value / top
        shape = _rect(x + wide * 0.1, _FLOOR - tall, wide * 0.8, tall, class_=bar.kind)
        drawn += [
            element("g", element("title", bar.said), shape),
            _text(x + wide / 2, _FLOOR + 14, bar.label),
        ]
        if bar.value:
            drawn.append(_text(x + wide / 2, _FLOOR - tall - 4, f"{bar.value:g}", class_="value"))
    return _chart(name, [*drawn, _text(_LEFT + _INNER / 2, _HEIGHT - 4, axis)])


def histogram(name: str, values: Sequence[float], marks: dict[str, float], axis: str) -> Markup:
    """How often which of `values` (0 or more) occurs, with a line at each of `marks`."""
    import numpy as np

    step = _step(max([*values, *marks.values()], default=1))
    top = step * _TICKS
    counts, edges = np.histogram(values, bins=_TICKS * 6, range=(0, top))
    count_step = _step(float(counts.max(initial=1)))
    tallest = count_step * _TICKS
    drawn = [_grid(tick * count_step / tallest, f"{tick * count_step:g}") for tick in range(_TICKS + 1)]
    drawn += [_text(_x(tick / _TICKS), _FLOOR + 14, f"{tick * step:g}") for tick in range(_TICKS + 1)]
    for count, low, high in zip(counts, edges, edges[1:], strict=False):
        x, tall = _x(low / top), _TALL * count / tallest
        shape = _rect(x + 0.5, _FLOOR - tall, _x(high / top) - x - 1, tall, class_="bar")
        drawn.append(element("g", element("title", f"{low:g} to {high:g} {axis}: {count}"), shape))
    for place, (label, value) in enumerate(marks.items()):
        x = _x(value / top)
        ahead = place > 0 or x < _LEFT + _INNER / 5
        drawn.append(_line(x, _TOP - 8, x, _FLOOR, class_="mark"))
        side = "value start" if ahead else "value end"
        drawn.append(_text(x + (4 if ahead else -4), _TOP + 12 * place, f"{label} {value:.0f}", class_=side))
    return _chart(name, [*drawn, _text(_LEFT + _INNER / 2, _HEIGHT - 4, axis)])


def reliability(name: str, dots: Sequence[Dot], x_axis: str) -> Markup:
    """Frequency over probability against the diagonal on which both are equal, over columns of counts."""
    ticks = [tick / _TICKS for tick in range(_TICKS + 1)]
    drawn = [_grid(tick, f"{tick:g}") for tick in ticks]
    drawn += [_text(_x(tick), _FLOOR + 14, f"{tick:g}") for tick in ticks]
    drawn.append(_line(_x(0), _FLOOR, _x(1), _TOP, class_="diagonal"))
    path = " ".join(f"{_x(dot.x):.1f},{_y(dot.y):.1f}" for dot in dots)
    drawn.append(element("polyline", points=path, class_="path"))
    most = max((dot.count for dot in dots), default=1)
    for dot in dots:
        x, y, tall = _x(dot.x), _y(dot.y), _TALL / 4 * dot.count / most
        column = _rect(x - 5, _FLOOR - tall, 10, tall, class_="count")
        shape = element("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r="5", class_="bar")
        drawn.append(element("g", element("title", dot.said), column, shape))
    return _chart(name, [*drawn, _text(_LEFT + _INNER / 2, _HEIGHT - 4, x_axis)])


def whisker(value: float, low: float, high: float, least: float, most: float) -> Markup:
    """A value with its interval on a scale from `least` to `most`, and a line at 0."""

    def x(number: float) -> str:
        return f"{2 + 116 * min(1.0, max(0.0, (number - least) / ((most - least) or 1))):.1f}"

    zero = element("line", x1=x(0), x2=x(0), y1="1", y2="15", class_="zero") if least < 0 else None
    return element(
        "svg",
        element("line", x1="2", x2="118", y1="8", y2="8", class_="track"),
        zero,
        element("line", x1=x(low), x2=x(high), y1="8", y2="8", class_="interval"),
        element("circle", cx=x(value), cy="8", r="4", class_="bar"),
        viewBox="0 0 120 16",
        preserveAspectRatio="xMinYMid",
        class_="whisker",
        aria_hidden="true",
    )


def _chart(name: str, drawn: Sequence[Markup]) -> Markup:
    return element(
        "svg", join(drawn), viewBox=f"0 0 {_WIDTH} {_HEIGHT}", class_="chart", role="img", aria_label=name
    )


def _step(largest: float) -> float:
    """A round distance of ticks, `_TICKS` of which hold `largest` with a little air."""
    wanted = largest * 1.08 / _TICKS
    power = 10.0 ** math.floor(math.log10(max(1.0, wanted)))
    return next(step * power for step in (1, 2, 3, 4, 5, 6, 8, 10) if step * power >= wanted)


def _x(share: float) -> float:
    return _LEFT + _INNER * share


def _y(share: float) -> float:
    return _FLOOR - _TALL * share


def _grid(share: float, label: str) -> Markup:
    y = _y(share)
    line = _line(_LEFT, y, _WIDTH - _RIGHT, y, class_="grid")
    return join([line, _text(_LEFT - 5, y + 4, label, class_="end")])


def _line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    return element("line", x1=f"{x1:.1f}", y1=f"{y1:.1f}", x2=f"{x2:.1f}", y2=f"{y2:.1f}", class_=class_)


def _rect(x: float, y: float, width: float, height: float, class_: str) -> Markup:
    return element(
        "rect", x=f"{x:.1f}", y=f"{y:.1f}", width=f"{width:.1f}", height=f"{height:.1f}", class_=class_
    )


def _text(x: float, y: float, text: str, class_: str | None = None) -> Markup:
    return element("text", text, x=f"{x:.1f}", y=f"{y:.1f}", class_=class_)
