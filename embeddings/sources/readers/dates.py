"""Dates as sources write them, to days.

A day is that of the place where it was written: a zone in the text moves nothing.
"""

import datetime
import re
from collections.abc import Callable, Iterator
from functools import lru_cache

_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_NUMBERS = {name: n for n, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_TH = r"(?:st|nd|rd|th)?"
_FLAGS = re.IGNORECASE | re.ASCII
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)", _FLAGS)
_TOGETHER = re.compile(r"(?:D:)?(\d{4})(\d\d)(\d\d)(?:T?\d{4}(?:\d\d)?)?(?!\d)", _FLAGS)
_WEEK = re.compile(r"\d{4}-?W\d\d-?\d(?!\d)", _FLAGS)
_ORDINAL = re.compile(r"(\d{4})-(\d{3})(?!\d)", _FLAGS)
_SECONDS = re.compile(r"(\d{9,10})(?:\d{3}|\.\d+)?$", _FLAGS)
_EAST = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]")
_DAY_MONTH = re.compile(
    rf"(?<!\d)(\d{{1,2}}){_TH}[\s.-]*(?:of\s+)?{_MONTH}[\s,-]*(\d{{4}}|\d\d(?=\s))(?!\d)", _FLAGS
)
_MONTH_DAY = re.compile(rf"\b{_MONTH}\s+(\d{{1,2}}){_TH},?\s+(\d{{4}})(?![\d:])", _FLAGS)
_CLOCK_BETWEEN = re.compile(
    rf"\b{_MONTH}\s+(\d{{1,2}})\s+[\d:.]+(?:\s+[A-Z+-][\w:+-]*)?\s+(\d{{4}})\b", _FLAGS
)
_NUMERIC = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)", _FLAGS)
_AGO = re.compile(r"\b(\d{1,4}|an?|one)\s+(second|minute|min|hour|day|week|month|year)s?\s+ago\b", _FLAGS)
_LABEL = re.compile(
    r"(?:(?:first |originally )?(?:published|posted|released)|date(?: published)?|publication date)"
    r"(?:\s+(?:on|at))?\s*[:|-]?\s*",
    _FLAGS,
)
_WEEKDAY = re.compile(r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+", _FLAGS)
_LONGEST = 100
_FIRST_LINES = 6
_HOPELESS = 100
"""Texts of a file that name no day in any language, more than do: no further one is tried in all of them,
which takes a tenth of a second each.
"""


class Ambiguous(ValueError):
    """A date such as 03/04/2022, whose day and month nobody can tell apart."""


def day(text: str, modified: float | None = None) -> str | None:
    """The day that `text` names, ISO 8601; None where it names none.

    What is relative ("2 hours ago") counts from `modified`, seconds since 1970. Raises Ambiguous.
    """
    text = " ".join(text.split())[:_LONGEST]
    text = _WEEKDAY.sub("", _LABEL.sub("", text, count=1) if _LABEL.match(text) else text, count=1)
    for read in (_numbers, _names):
        if found := _first_real(text, read):
            return found.isoformat()
    if modified is not None and (ago := _relative(text)) is not None:
        return (datetime.datetime.fromtimestamp(modified, datetime.UTC) - ago).date().isoformat()
    return _in_any_language(text) if re.search(r"(?<!\d)[12]\d{3}(?!\d)", text) else None


def published(text: str, modified: float | None = None) -> str | None:
    """The day in a line such as "Published: 3 November 2022" among the first ones of an article."""
    for written in text[:2_000].split("\n")[:_FIRST_LINES]:
        line = written.strip(" *_>#|")
        label = _LABEL.match(line) if len(line) <= _LONGEST else None
        if label and label.end() < len(line):
            try:
                return day(line[label.end() :], modified)
            except ValueError:
                return None
    return None


def _first_real(text: str, read: Callable[[str], Iterator[tuple[int, int, int]]]) -> datetime.date | None:
    for year, month, number in read(text):
        try:
            return datetime.date(year, month, number)
        except ValueError:
            continue
    return None


def _numbers(text: str) -> Iterator[tuple[int, int, int]]:
    """Year, month and day of what is written in figures alone."""
    if found := _SECONDS.fullmatch(text):
        moment = datetime.datetime.fromtimestamp(int(found[1]), datetime.UTC)
        yield moment.year, moment.month, moment.day
    elif found := _YEAR_FIRST.match(text):
        yield int(found[1]), int(found[3]), int(found[4])
    elif found := _TOGETHER.match(text):
        yield int(found[1]), int(found[2]), int(found[3])
    elif found := _WEEK.match(text):
        day = datetime.date.fromisoformat(found[0])
        yield day.year, day.month, day.day
    elif found := _ORDINAL.match(text):
        day = datetime.date(int(found[1]), 1, 1) + datetime.timedelta(int(found[2]) - 1)
        if day.year == int(found[1]):
            yield day.year, day.month, day.day
    elif found := _EAST.search(text):
        yield int(found[1]), int(found[2]), int(found[3])
    elif found := _NUMERIC.match(text):
        yield _day_or_month_first(int(found[1]), int(found[3]), int(found[4]), found[2])


def _day_or_month_first(first: int, second: int, year: int, mark: str) -> tuple[int, int, int]:
    """Points stand between day and month; a slash or a dash does not say which is which."""
    if mark == "." or first > 12 or first == second:
        return year, second, first
    if second > 12:
        return year, first, second
    raise Ambiguous(f"{first:02}{mark}{second:02}")


def _names(text: str) -> Iterator[tuple[int, int, int]]:
    """Year, month and day of what has an English month in it."""
    if found := _DAY_MONTH.search(text):
        year = int(found[3])
        yield year if year > 99 else year + (2000 if year < 70 else 1900), _number(found[2]), int(found[1])
    for pattern in (_MONTH_DAY, _CLOCK_BETWEEN):
        if found := pattern.search(text):
            yield int(found[3]), _number(found[1]), int(found[2])


def _number(month: str) -> int:
    return _NUMBERS[month[:3].lower()]


def _relative(text: str) -> datetime.timedelta | None:
    if re.match(r"(?:today|just now|now)\b", text, _FLAGS):
        return datetime.timedelta()
    if re.match(r"yesterday\b", text, _FLAGS):
        return datetime.timedelta(days=1)
    if not (found := _AGO.search(text)):
        return None
    count = int(found[1]) if found[1].isdecimal() else 1
    unit = found[2].lower()
    seconds = {"second": 1, "minute": 60, "min": 60, "hour": 3_600}.get(unit)
    if seconds:
        return datetime.timedelta(seconds=count * seconds)
    return datetime.timedelta(days=count * {"day": 1, "week": 7, "month": 30, "year": 365}[unit])


class _Tried:
    """How much more often a text named no day in any language than it did, in the file that is read."""

    failures = 0


def begin_file() -> None:
    """Whatever another file had for days, those of the next one are tried."""
    _Tried.failures = 0


def _in_any_language(text: str) -> str | None:
    return _slowly(text) if _Tried.failures < _HOPELESS else None


@lru_cache(4096)  # a file of a million records has few forms of few days
def _slowly(text: str) -> str | None:
    import dateparser

    found = dateparser.parse(text, settings={"STRICT_PARSING": True})
    _Tried.failures = max(0, _Tried.failures + (-1 if found else 1))
    return found.date().isoformat() if found else None
