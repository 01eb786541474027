"""What a reader says of a question and a passage: where an answer stands in it, and how likely it is one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from embeddings.types import Passage


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a passage that may answer: `passage.text[start:end]`."""

    start: int
    end: int
    score: float
    """Logits of its first and last token less those of "no answer" (SQuAD 2.0): above 0 speaks for it."""


class Reader(Protocol):
    """Reads passages for a question."""

    @property
    def name(self) -> str:
        """The reader as a user names it."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever its answers would."""

    def read(self, question: str, passages: Sequence[Passage]) -> list[list[Span]]:
        """For each passage the likeliest spans, best first; none of two overlap. May be empty."""
