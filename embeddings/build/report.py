"""What a build says while it runs, and when it is done."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from embeddings.build.changes import Changes
from embeddings.types import Skipped


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is."""

    articles: int
    passages: int
    fraction: float
    """Of the sources' bytes read, 0 to 1."""
    fetched: str = ""
    """The address that has just been fetched, and what came of it."""


@dataclass(frozen=True, slots=True)
class Report(Changes):
    """What a build did."""

    articles: int
    passages: int
    encoded: int
    """Passages that were encoded; the others were carried over."""
    skipped: tuple[Skipped, ...]
    seconds: float
    resumed: int = 0
    """Passages whose vectors an interrupted build had already encoded."""
    languages: Mapping[str, int] = field(default_factory=dict)
    """Articles of each language, most first."""
    model: str = ""
    """That encodes, as a user names it."""
    published: bool = True
    """Whether it made a new generation: not where it would be the same as the one before."""
