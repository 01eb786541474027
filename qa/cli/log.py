"""What is said on standard error: one line each, harmless to a terminal, and not a million times."""

import logging
from collections import Counter

from qa.wording.safe_text import one_line

_WARNINGS = 20
"""Warnings of one kind."""


class Warnings(logging.Formatter):
    """Each warning as one line that is `printable`."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line, and its trace where it has one."""
        line = one_line(f"qa: {record.levelname.lower()}: {record.getMessage()}")
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class FewOfAKind(logging.Filter):
    """The first warnings that say the same of something else; a file can have a million wrong dates."""

    def __init__(self) -> None:
        super().__init__()
        self._counts: Counter[str] = Counter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is one of the first of its kind."""
        kind = str(record.msg)
        self._counts[kind] += 1
        if self._counts[kind] == _WARNINGS:
            record.msg += " (and so on: more of this kind are not shown)"
        return self._counts[kind] <= _WARNINGS


def remarks() -> logging.Handler:
    """Warnings on standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(Warnings())
    handler.addFilter(FewOfAKind())
    return handler
