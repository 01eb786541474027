"""The days that a question speaks of: "on 8 November 2022", "in 2019", or "last week" on a known day."""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
YEAR = r"(?:19|20)\d\d"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_COUNT = r"(?:\d+|an?|two|three|four|five|six|seven|eight|nine|ten)"
_EXPRESSION = re.compile(
    rf"\b(?P<iso>{YEAR}-\d\d-\d\d)\b"
    rf"|\b(?P<day>{_DAY} (?:of )?{MONTH}(?:,? {YEAR}\b)?|{MONTH} {_DAY}\b(?:,? {YEAR}\b)?)"
    rf"|\b(?P<month>{MONTH} (?:of )?{YEAR})\b"
    rf"|\b(?:in|last|this|since|during|early|late|mid|of) (?P<bare>{MONTH}(?: (?:of )?{YEAR}\b)?)"
    rf"|\b(?P<year>{YEAR})\b"
    rf"|\b(?:on|last|this) (?P<weekday>{WEEKDAY})\b"
    rf"|\b(?P<relative>yesterday|today|(?:last|this|past) (?:week|month|year)"
    rf"|{_COUNT} (?:days?|weeks?|months?|years?) ago)\b"
)
_SLACK = 3
"""Days by which periods of one unit differ: months have 28 to 31."""
_ABSOLUTE = re.compile(rf"\b{YEAR}\b")


@dataclass(frozen=True, slots=True)
class Period:
    """From one day to another, both included."""

    first: date
    last: date

    @classmethod
    def around(cls, day: date, unit: str) -> "Period":
        """The day, week, month or year that holds `day`."""
        if unit == "week":
            monday = day - timedelta(day.weekday())
            return cls(monday, monday + timedelta(6))
        if unit == "month":
            return cls(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))
        if unit == "year":
            return cls(date(day.year, 1, 1), date(day.year, 12, 31))
        return cls(day, day)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def named_period(question: str, as_of: date | None = None) -> Period | None:
    """The stretch that `question` names, as finely as it does ("in July this year": July); None without one.

    Without `as_of`, the day on which it is asked, only what names a year says when it was.
    """
    found = list(_periods(question, as_of))
    if not found:
        return None
    finest = min(period.days for period in found)
    alike = [period for period in found if period.days <= finest + _SLACK]
    return Period(min(period.first for period in alike), max(period.last for period in alike))


def _periods(question: str, as_of: date | None) -> Iterator[Period]:
    for match in _EXPRESSION.finditer(question):
        text = match[match.lastgroup or 0]
        if match.lastgroup == "year":
            yield Period.around(date(int(text), 1, 1), "year")
        elif as_of or _ABSOLUTE.search(text):
            period = _parsed(text, as_of)
            if period:
                yield period


def _parsed(text: str, as_of: date | None) -> Period | None:
    if as_of and text.startswith("this "):
        return Period.around(as_of, text.removeprefix("this "))
    found = _parser(as_of).get_date_data(text.replace(" of ", " ").replace("past ", "last "))
    return Period.around(found.date_obj.date(), found.period) if found.date_obj else None


@lru_cache(maxsize=1)
def _parser(as_of: date | None) -> Any:
    from dateparser.date import DateDataParser

    settings: dict[str, Any] = {"PREFER_DATES_FROM": "past", "PREFER_DAY_OF_MONTH": "first"}
    if as_of:
        settings["RELATIVE_BASE"] = datetime(as_of.year, as_of.month, as_of.day)
    return DateDataParser(languages=["en"], settings=settings)
