"""When the passages that match were published: bars of days, weeks, months or years, each a button."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from markupsafe import Markup

from qa.web.cards import day
from qa.wording.markup import element

_MOST = 45
"""Bars that stand beside one another, each wide enough to be hit."""
_MARKS = 6
"""Months or years that are named below them, at most."""
_DAYS = {"day": 1, "week": 7, "month": 32}
"""Days after the first of each from which the next one has surely begun."""
_YEARS = {"year": 1, **{f"{years} years": years for years in (2, 5, 10, 20, 50, 100, 250)}}
_UNITS = (*_DAYS, *_YEARS)


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of days, with the number of passages in it."""

    since: date
    until: date
    count: int
    unit: str

    @property
    def name(self) -> str:
        match self.unit:
            case "month":
                return f"{self.since:%B} {self.since.year}"
            case "year":
                return str(self.since.year)
            case "week":
                return f"{_day(self.since)} to {_day(self.until)}"
            case unit if unit in _YEARS:
                return f"{self.since.year} to {self.until.year}"
        return _day(self.since)


def _day(of: date) -> str:
    return day(of.isoformat()) or ""


def timeline(days: Sequence[str]) -> list[Bar]:
    """Every day from the first of `days` (`YYYY-MM-DD`) to the last; weeks, months or many years if many."""
    counts = Counter(date.fromisoformat(published) for published in days)
    for unit in _UNITS if counts else ():
        bars = list(islice(_stretches(counts, unit), _MOST + 1))
        if len(bars) <= _MOST:
            return bars
    return []


def _stretches(counts: Counter[date], unit: str) -> Iterator[Bar]:
    found: Counter[date] = Counter()
    for published, count in counts.items():
        found[_first(published, unit)] += count
    since, last = min(found), max(found)
    while since < last:
        until = _last(since, unit)
        yield Bar(since, until, found[since], unit)
        since = until + timedelta(1)
    yield Bar(last, _last(last, unit), found[last], unit)


def _first(of: date, unit: str) -> date:
    """The first day of the week, month or years that `of` is in."""
    if unit in _YEARS:
        return date(max(1, of.year - of.year % _YEARS[unit]), 1, 1)
    if unit == "week":
        return of - timedelta(of.weekday())
    return of.replace(day=1) if unit == "month" else of


def _last(of: date, unit: str) -> date:
    """The last day of the week, month or years that begins with `of`."""
    try:
        if unit in _YEARS:
            years = _YEARS[unit]
            return date(of.year - of.year % years + years, 1, 1) - timedelta(1)
        return _first(of + timedelta(_DAYS[unit]), unit) - timedelta(1)
    except (OverflowError, ValueError):  # of the year 9999
        return date.max


def chart(bars: Sequence[Bar], narrowed: bool) -> Markup:
    """The bars, to be chosen from, and a way back where the question was `narrowed` to some days."""
    every = element("button", "All days", type="button", data_days="/", class_="every") if narrowed else None
    if len(bars) < 2:
        return element("section", element("h3", "When"), every, class_="timeline") if every else Markup()
    most = max(bar.count for bar in bars)
    return element(
        "section",
        element("h3", "When"),
        element("p", f"Passages that match, by {bars[0].unit}: choose a bar to ask only then."),
        every,
        element("div", *(_bar(bar, most) for bar in bars), class_="bars", role="group", aria_label="When"),
        element("div", *(element("span", mark) for mark in axis(bars)), class_="axis", aria_hidden="true"),
        class_="timeline",
    )


def axis(bars: Sequence[Bar]) -> list[str]:
    """What stands below each of `bars`: its month or year where one begins, as far as there is room."""
    room, marks = math.ceil(len(bars) / _MARKS), [_mark(bar) for bar in bars]
    last = -room
    for at, mark in enumerate(marks):
        begins = not at or mark != _mark(bars[at - 1])
        if begins and at >= last + room and (not at or at + room <= len(bars)):
            last = at
        else:
            marks[at] = ""
    return marks


def _mark(bar: Bar) -> str:
    return f"{bar.since:%b} {bar.since.year}" if bar.unit in ("day", "week") else str(bar.since.year)


def _bar(bar: Bar, most: int) -> Markup:
    if not bar.count:
        return element("span")
    said = f"{bar.name}: {bar.count} passage{'s' if bar.count > 1 else ''}"
    return element(
        "button",
        element("span", style=f"height: {round(100 * bar.count / most)}%"),
        type="button",
        aria_label=said,
        data_days=f"{bar.since}/{bar.until}",
    )


def days_within(chosen: str, days: Sequence[str | None]) -> tuple[str, str]:
    """First and last of `days` in the stretch that is `chosen`, `since/until`; empty where there is none."""
    since, _, until = chosen.partition("/")
    inside = [published for published in days if published and since <= published <= until]
    return (min(inside), max(inside)) if inside else ("", "")
