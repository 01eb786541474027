"""The claims, read from the text files beside this one."""

from dataclasses import dataclass
from pathlib import Path

HALVES = ("tuned", "held_out", "fresh")


@dataclass(frozen=True, slots=True)
class Case:
    """One claim as a model would write it, with its quotations."""

    articles: tuple[str, ...]
    """Files of `seeds/` that the model was shown."""
    quotes: tuple[str, ...]
    text: str
    kind: str
    """What was done to the sentence that is quoted."""
    true: bool


def cases(half: str) -> list[Case]:
    """Those of one of `HALVES`, in the order of its file."""
    made: list[Case] = []
    articles: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()
    for line in Path(__file__).with_name(f"{half}.txt").read_text("utf-8").splitlines():
        mark, _, rest = line.partition(" ")
        if mark == "A":
            articles = tuple(rest.split())
        elif mark == "Q":
            quotes = tuple(rest.split(" || "))
        elif mark in ("T", "F"):
            kind, _, text = rest.partition(": ")
            made.append(Case(articles, quotes, text, kind, mark == "T"))
    return made
