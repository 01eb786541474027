"""Why a passage stands where it does, in words."""

import re
from collections.abc import Sequence
from typing import Protocol

from embeddings.text.analysis import language_in
from qa.types import RankedPassage

WORD = re.compile(r"\w+")
_CLOSE = 0.9
"""Share of the best cosine shown from which a passage is close in meaning."""
_INSIDE, _NEAR = 0.99, 0.37
"""`Signals.date` of the days asked about, and of a month beside them."""


class Term(Protocol):
    """Which of a question's rare words a word of a text in `language`, or in any, is; None for another."""

    def __call__(self, word: str, language: str | None = None, /) -> str | None: ...


def terms_held(ranked: RankedPassage, term: Term) -> frozenset[str]:
    """The question's rare words that stand in the passage or its title."""
    passage = ranked.passage
    language = passage.article.language
    texts = (passage.article.title, passage.text)
    found = (term(word, language) for text in texts for word in WORD.findall(text))
    return frozenset(filter(None, found))


def bears(ranked: RankedPassage, asked: frozenset[str], term: Term) -> bool:
    """Whether the passage has half of the rare words `asked`, so that it is worth showing unasked."""
    return 2 * len(terms_held(ranked, term)) >= _count(asked, ranked)


def reasons(
    ranked: RankedPassage, among: Sequence[RankedPassage], asked: frozenset[str], term: Term
) -> list[str]:
    """What speaks for the passage; `among` are those that it is compared with, `asked` the rare words."""
    said = [
        _words(len(terms_held(ranked, term)), _count(asked, ranked)),
        _meaning(ranked, among),
        _days(ranked),
    ]
    return [one for one in said if one]


def _count(asked: frozenset[str], ranked: RankedPassage) -> int:
    """How many of `asked` are of the passage's language."""
    return sum(language_in(term) == ranked.passage.article.language for term in asked)


def _words(held: int, asked: int) -> str | None:
    if not asked:
        return None
    if held == asked:
        return "has the word that counts" if asked == 1 else f"has all {asked} words that count"
    return "lacks the word that counts" if asked == 1 else f"has {held or 'none'} of {asked} words that count"


def _meaning(ranked: RankedPassage, among: Sequence[RankedPassage]) -> str | None:
    best = max((other.signals.dense for other in among), default=0.0)
    if best <= 0 or ranked.signals.dense < _CLOSE * best:
        return None
    return "closest in meaning" if ranked.signals.dense == best and len(among) > 1 else "close in meaning"


def _days(ranked: RankedPassage) -> str | None:
    near = ranked.signals.date
    if near >= _INSIDE:
        return "of the days asked about"
    return "near the days asked about" if near >= _NEAR else None
