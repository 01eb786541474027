"""Quarters, and years to come, that figures stand for: those of one are no answer for another."""

import re
from dataclasses import dataclass
from datetime import date

from qa.question.periods import YEAR

_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_ORDINAL = "|".join(_ORDINALS)
_QUARTER = re.compile(
    rf"\b(?:(?P<before>{YEAR})(?:['’]s)? )?(?:(?P<ordinal>{_ORDINAL})[ -]quarter|q(?P<number>[1-4]))(?![\w-])"
    rf"(?:,? (?:of |in )?(?:the year )?(?P<after>{YEAR}))?",
    re.IGNORECASE,
)
_YEAR = re.compile(rf"\b(?:by|in|until|before|for|of|from|through|to|and) (?P<year>{YEAR})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quarter:
    """One of four in a year; without a year, of any."""

    number: int
    year: int | None = None

    def agrees(self, other: "Quarter") -> bool:
        """Whether both can be the same one."""
        return self.number == other.number and (not (self.year and other.year) or self.year == other.year)


def quarters(text: str, written: date | None = None) -> list[Quarter]:
    """The quarters that `text` names; those without a year are, where it is known when it was `written`, the
    last that had begun.
    """
    return [_quarter(found, written) for found in _QUARTER.finditer(text)]


def _quarter(found: re.Match[str], written: date | None) -> Quarter:
    ordinal, year = found["ordinal"], found["before"] or found["after"]
    number = _ORDINALS[ordinal.lower()] if ordinal else int(found["number"])
    if year or not written:
        return Quarter(number, int(year) if year else None)
    begun = 3 * (number - 1) < written.month
    return Quarter(number, written.year if begun else written.year - 1)


def of_another_time(question: str, said: str, written: date | None, asked: date | None = None) -> bool:
    """Whether `said`, in an article `written` that day, is of another quarter than `question` names, or of
    another year to come. `asked` is the day of the question.
    """
    wanted, named = quarters(question, asked), quarters(said, written)
    if wanted and named and not any(one.agrees(other) for one in wanted for other in named):
        return True
    if not written:
        return False
    targets, years = _to_come(question, written), _to_come(said, written)
    return bool(targets and years) and targets.isdisjoint(years)


def _to_come(text: str, written: date) -> set[int]:
    """Years after the one in which it was `written`."""
    return {year for found in _YEAR.finditer(text) if (year := int(found["year"])) > written.year}
