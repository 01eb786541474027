"""Quotations looked up in the passages: exact but for blanks, quotation marks and dashes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from embeddings.types import Article
from qa.llm.proof.types import Found, Quote
from qa.types import RankedPassage

_SINGLE = "'" * 11
_MARKS = str.maketrans('‘’‚‛“”„‟«»"', _SINGLE)
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_LEFT_OUT = re.compile(r"\s*(?:\[\s*(?:\.\.\.|…)\s*\]|\(\s*(?:\.\.\.|…)\s*\)|\.\.\.\.?|…)\s*")
_EDGES = " \t\n.,;:!?'-"
_LEAST = 3
"""Words of a quotation, or of a piece of one: fewer stand everywhere."""
_LONGEST = 1_000_000
"""Characters of an article that are searched beyond its passages."""
_PIECES = 6


@dataclass(frozen=True, slots=True)
class _Text:
    """A stretch of an article as it is compared, with the place of each character in the article."""

    place: RankedPassage
    whole: bool
    text: str
    offsets: Sequence[int]

    def find(self, words: str) -> tuple[int, int] | None:
        """Where `words` stand, as whole words and whole numbers."""
        at = self.text.find(words)
        while at >= 0:
            end = at + len(words)
            if not _cuts(self.text, at) and not _cuts(self.text, end):
                return self.offsets[at], self.offsets[end - 1] + 1
            at = self.text.find(words, at + 1)
        return None


class Library:
    """The passages that a model was shown, and the articles that they come from."""

    def __init__(self, places: Sequence[RankedPassage]) -> None:
        self.places = tuple(places)
        self._passages = [
            _normal(place, place.passage.start, place.passage.end, whole=False) for place in places
        ]
        self._articles: list[_Text] | None = None

    def find(self, quote: Quote) -> tuple[Found, ...]:
        """The true places of a quotation's pieces, in its order; empty where any piece stands nowhere."""
        pieces = [piece for piece in _LEFT_OUT.split(quote.text) if _trimmed(piece)]
        found: list[Found] = []
        for piece in pieces:
            places = self._piece(_trimmed(piece), quote.passage, _PIECES)
            if not places:
                return ()
            found += places
        return tuple(found)

    def _piece(self, words: str, passage: int, left: int) -> list[Found]:
        if len(words.split()) < _LEAST:
            return []
        if whole := self._whole(words, passage):
            return [whole]
        return self._joined(words, passage, left) if left > 1 else []

    def _joined(self, words: str, passage: int, left: int) -> list[Found]:
        """Pieces that were put together as if they stood so: the longest beginning, then the rest."""
        ends = [match.start() for match in re.finditer(" ", words)]
        low, high = _LEAST - 1, len(ends) - _LEAST
        if low > high or not self._whole(words[: ends[low]].rstrip(_EDGES), passage):
            return []
        while low < high:  # a beginning of a beginning that stands somewhere stands there too
            middle = (low + high + 1) // 2
            if self._whole(words[: ends[middle]].rstrip(_EDGES), passage):
                low = middle
            else:
                high = middle - 1
        first = self._whole(words[: ends[low]].rstrip(_EDGES), passage)
        rest = self._piece(words[ends[low] :].strip(_EDGES), passage, left - 1)
        return [first, *rest] if first and rest else []

    def _whole(self, words: str, passage: int) -> Found | None:
        cited = [text for text in self._passages if text.place.rank == passage]
        others = [text for text in self._passages if text.place.rank != passage]
        for text in (*cited, *others, *self._wider()):
            if span := text.find(words):
                rank = 0 if text.whole else text.place.rank
                return Found(text.place.passage.article, *span, rank, rank != passage)
        return None

    def _wider(self) -> list[_Text]:
        if self._articles is None:
            firsts: dict[Article, RankedPassage] = {}  # an id may stand for another one in another corpus
            for place in self.places:
                firsts.setdefault(place.passage.article, place)
            self._articles = [_around(place) for place in firsts.values()]
        return self._articles


def _around(place: RankedPassage) -> _Text:
    start = max(0, place.passage.start - _LONGEST // 2)
    end = min(len(place.passage.article.text), place.passage.end + _LONGEST // 2)
    return _normal(place, start, end, whole=True)


def _normal(place: RankedPassage, start: int, end: int, *, whole: bool) -> _Text:
    text, offsets = normalised(place.passage.article, start, end)
    return _Text(place, whole, text, offsets)


def normalised(article: Article, start: int, end: int) -> tuple[str, list[int]]:
    """The stretch with one blank for many, one kind of quotation mark and of dash, and its offsets."""
    characters: list[str] = []
    offsets: list[int] = []
    plain = article.text[start:end].translate(_MARKS).translate(_DASHES)
    for at, character in enumerate(plain, start):
        if ord(character) in _UNSEEN:
            continue
        blank = character.isspace()
        if blank and characters and characters[-1] == " ":
            continue
        characters.append(" " if blank else character)
        offsets.append(at)
    return "".join(characters), offsets


def _trimmed(words: str) -> str:
    plain = words.translate(_MARKS).translate(_DASHES).translate(_UNSEEN)
    return " ".join(plain.split()).strip(_EDGES)


def _cuts(text: str, at: int) -> bool:
    """Whether `at` lies inside a word or a number."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if before.isalnum() and after.isalnum():
        return True
    inside = text[at + 1 : at + 2] if after in ".," else text[at - 2 : at - 1] if before in ".," else ""
    number = (before if after in ".," else after).isdigit() and inside.isdigit()
    return number or (before in "$£€¥" and after.isdigit()) or (before.isdigit() and after == "%")
