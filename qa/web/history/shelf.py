"""Whose something is, and when and under which name it was kept."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Shelf:
    """Whose it is, and about which corpus: nothing on another shelf is ever seen from it."""

    owner: str
    """Empty where nobody is asked who they are."""
    corpus: str


def clean(text: str) -> str:
    """`text` without half characters, which no file takes."""
    return text.encode("utf-8", "replace").decode()


def now() -> str:
    """The time in UTC, to the second, as ISO 8601 writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")
