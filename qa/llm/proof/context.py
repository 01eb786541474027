"""What an article says around a quotation: its sentence, who `he` is, and which names are short for which."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from embeddings.text.sentences import sentence_spans
from embeddings.types import Article
from qa.llm.proof.lexicon import DAYS, FREE, JOINS, MONTHS, PEOPLES, PRONOUNS, RIGID, TITLES
from qa.llm.proof.tokens import Kind, Token, names_of, stem, tokens
from qa.llm.proof.types import Found

_AROUND = 20_000
"""Characters before and after a quotation that are read for names."""
_PARAGRAPH = 4_000
_BACK = 3
"""Sentences that go on about the same person."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of an article with a quotation in it."""

    article: Article
    start: int
    end: int
    readings: tuple[tuple[Token, ...], ...]
    """Its tokens as they stand, and with a name for the pronoun that it begins with."""
    around: str
    """The article's title and text near it."""
    short_names: frozenset[str]
    """Stems of names that the article uses without what stands before them elsewhere, of one bearer."""

    def is_short_for(self, last: Token, run: Sequence[Token]) -> bool:
        """Whether `last` alone means `run` here: its only bearer, or the one that the title names."""
        if last.key in self.short_names:
            return _together(run, self.around)
        return _together(run, self.article.title)


def evidence(found: Sequence[Found]) -> list[Evidence]:
    """The sentences of the quotations, each once."""
    made: dict[tuple[Article, int], Evidence] = {}
    for place in found:
        for start, end in sentences_of(place.article, place.start, place.end):
            if (place.article, start) not in made:
                made[place.article, start] = _evidence(place.article, start, end)
    return list(made.values())


def sentences_of(article: Article, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentences of `article` that reach into `start` to `end`."""
    begin, stop = _paragraph(article.text, start, end)
    for first, last in sentence_spans(article.text[begin:stop], article.language):
        if first + begin < end and last + begin > start:
            yield first + begin, last + begin


def _paragraph(text: str, start: int, end: int) -> tuple[int, int]:
    begin = max(text.rfind("\n\n", 0, start) + 1, start - _PARAGRAPH, 0)
    stop = text.find("\n\n", end)
    return begin, min(stop if stop >= 0 else len(text), end + _PARAGRAPH)


def _evidence(article: Article, start: int, end: int) -> Evidence:
    around = _around(article, start, end)
    names = _names(around)
    own = tuple(tokens(article.text[start:end], names))
    readings: tuple[tuple[Token, ...], ...] = (own,)
    at = _opening(own)
    if at < len(own) and own[at].text.lower() in PRONOUNS and (who := _who(article, start, names)):
        given = tuple(
            Token(token.text, token.key, Kind.NAME, own[at].text.lower() in ("his", "her")) for token in who
        )
        readings = (own, (*own[:at], *given, *own[at + 1 :]))
    return Evidence(article, start, end, readings, around, _short(around))


def _around(article: Article, start: int, end: int) -> str:
    return f"{article.title}.\n{article.text[max(0, start - _AROUND) : end + _AROUND]}"


@lru_cache(64)
def _names(around: str) -> frozenset[str]:
    return names_of(around)


def _who(article: Article, start: int, names: frozenset[str]) -> tuple[Token, ...]:
    """Whom the sentence at `start` goes on about: who alone is named where the sentence before begins."""
    begin, _ = _paragraph(article.text, start, start)
    spans = list(sentence_spans(article.text[begin:start], article.language))[-_BACK:]
    for first, last in reversed(spans):
        found = tokens(article.text[begin + first : begin + last], names)
        if found and found[0].text.lower() in ("he", "she") and not _named(found):
            continue
        run = _run(found)
        others = {token.key for token in _named(found)} - {token.key for token in run}
        return () if others else tuple(run)
    return ()


def _opening(found: Sequence[Token]) -> int:
    """Where a sentence begins behind its date: `In 1992 he ...`."""
    at = 0
    while at < len(found) and found[at].kind in (Kind.DATE, Kind.FREE, Kind.MARK):
        if found[at].text.lower() in PRONOUNS:
            break
        at += 1
    return at if at and found[at - 1].kind in (Kind.DATE, Kind.MARK) else 0


def _named(found: Sequence[Token]) -> list[Token]:
    """Names that can be a person's."""
    return [
        token
        for at, token in enumerate(found)
        if token.kind is Kind.NAME
        and token.text.lower() not in TITLES
        and token.text.lower() not in PEOPLES
        and not (at and found[at - 1].text.lower() == "in")
    ]


def _run(found: Sequence[Token]) -> list[Token]:
    """The name that a sentence begins with."""
    at = _opening(found)
    while at < len(found) and (found[at].text.lower() in TITLES or found[at].text.lower() == "the"):
        at += 1
    run: list[Token] = []
    while at < len(found) and found[at].kind is Kind.NAME:
        run.append(found[at])
        if found[at].possessive:
            return []
        at += 1
    return run


@lru_cache(64)
def _short(around: str) -> frozenset[str]:
    """Last names of one bearer only, which stand alone somewhere."""
    firsts: dict[str, set[str]] = {}
    alone: set[str] = set()
    before, at = "", 0
    for match in _WORD.finditer(around):
        word = match.group()
        if around[at : match.start()].strip():
            before = ""
        if word[0].isupper():
            last = stem(re.sub(r"[’']s?$", "", word))
            if before[:1].isupper() and before.lower() not in _NOT_NAMES:
                firsts.setdefault(last, set()).add(before)
            elif not before[:1].isupper() and before not in ("a", "an", "the"):
                alone.add(last)
        before, at = word, match.end()
    return frozenset(name for name in alone if len(firsts.get(name, ())) <= 1)


_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_NOT_NAMES = TITLES | FREE | RIGID | JOINS | DAYS | frozenset(MONTHS)


def _together(run: Sequence[Token], text: str) -> bool:
    """Whether the words of `run` stand in `text`, one after the other."""
    words = r"\W+".join(re.escape(re.sub(r"[’']s?$", "", token.text)) for token in run)
    return bool(re.search(rf"(?<!\w){words}(?!\w)", text, re.IGNORECASE))
