"""Sentences as tokens that can be compared: names, numbers with units, dates, and words by their stem."""

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache, lru_cache

from tantivy import Filter as TokenFilter
from tantivy import TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from qa.llm.proof.lexicon import (
    DAYS,
    FREE,
    IRREGULAR,
    JOINS,
    LARGE,
    MONTHS,
    ORDINALS,
    PARTICLES,
    PHRASES,
    RIGID,
    SAME,
    SAME_BOUNDS,
    SMALL,
    UNITS,
)


class Kind(Enum):
    """What a token is to a proof."""

    FREE = "function word"
    JOIN = "conjunction"
    MARK = "mark"
    WORD = "word"
    NAME = "name"
    NUMBER = "number"
    DATE = "date"
    RIGID = "bound"


SOLID = (Kind.WORD, Kind.NAME, Kind.NUMBER, Kind.DATE, Kind.RIGID)
"""What a claim may not say unless a quotation says it."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or mark."""

    text: str
    key: str
    """What is compared."""
    kind: Kind
    possessive: bool = False

    @property
    def solid(self) -> bool:
        """Whether a claim must have it from its sentence."""
        return self.kind in SOLID


_TOKEN = re.compile(
    r"(?P<time>\d{1,2}:\d{2})"
    r"|(?P<decade>[12]\d{3}s\b)"
    r"|(?P<ordinal>\d+(?:st|nd|rd|th)\b)"
    r"|(?P<number>[$£€¥]?\d+(?:,\d{3})*(?:\.\d+)?\s?%?)"
    r"|(?P<word>[^\W\d_]+(?:[’'][^\W\d_]+)?)"
    r"|(?P<mark>[,;:()—–!?]|\s-\s|\.(?=\s))"
)
_CONTRACTED = (
    (re.compile(r"\bcan['’]t\b", re.I), "can not"),
    (re.compile(r"\bwon['’]t\b", re.I), "will not"),
    (re.compile(r"n['’]t\b", re.I), " not"),
    (re.compile(r"['’](?:ll)\b", re.I), " will"),
)


def tokens(text: str, names: Set[str] = frozenset()) -> list[Token]:
    """`text` as tokens; `names` are stems that are names even where a sentence begins."""
    for pattern, full in _CONTRACTED:
        text = pattern.sub(full, text)
    return _dated(_counted(_phrased(_first_name(list(_single(text, names))))))


def names_of(text: str) -> frozenset[str]:
    """Stems of the words that are written with a capital inside sentences of `text`."""
    inside = re.findall(r"(?<=[\w,;’'] )[“\"‘']?([A-ZÀ-Þ][\w’']*)", text)
    return frozenset(stem(_bare(word)) for word in inside)


@cache
def _analyzer() -> TextAnalyzer:
    return TextAnalyzerBuilder(Tokenizer.raw()).filter(TokenFilter.stemmer("english")).build()


@lru_cache(100_000)
def stem(word: str) -> str:
    """What inflected forms, spellings and interchangeable words have in common."""
    if word.isupper() and len(word) > 1:
        return _ACRONYMS.get(word, word)
    plain = _same_spelling(word.lower())
    plain = IRREGULAR.get(plain, plain)
    stems = _analyzer().analyze(plain)
    root = stems[0] if stems else plain
    return _groups().get(root, root)


def bound(word: str) -> str:
    """What words that bound a statement have in common: `nearly` is `almost`."""
    return SAME_BOUNDS.get(word, word)


_ACRONYMS = {"USA": "US"}


def _same_spelling(word: str) -> str:
    word = re.sub(r"(?<=[a-z]{3})is(e|ed|es|ing|ation)$", r"iz\1", word)
    word = re.sub(r"(?<=[a-z]{3})our(s|ed|ite|ites|hood|hoods)?$", r"or\1", word)
    return re.sub(r"(?<=[a-z]{2})([tb])re(s?)$", r"\1er\2", word)


@cache
def _groups() -> dict[str, str]:
    found: dict[str, str] = {}
    for group in SAME:
        for word in group:
            plain = _same_spelling(word)
            stems = _analyzer().analyze(IRREGULAR.get(plain, plain))
            found.setdefault(stems[0], group[0])
    return found


def _bare(word: str) -> str:
    return re.sub(r"[’']s?$", "", word)


def _single(text: str, names: Set[str]) -> Iterator[Token]:
    first = True
    for match in _TOKEN.finditer(text):
        found, kind = match.group(), match.lastgroup
        if kind == "mark":
            yield Token(found.strip(), ",", Kind.MARK)
            continue
        if kind in ("time", "decade"):
            yield Token(found, found, Kind.NUMBER if kind == "time" else Kind.DATE)
        elif kind == "ordinal":
            yield Token(found, f"#{int(found[:-2])}", Kind.RIGID)
        elif kind == "number":
            yield _number(found)
        else:
            yield _word(found, first, names)
        first = False


def _number(found: str) -> Token:
    sign, digits = (found[0], found[1:]) if found[0] in "$£€¥" else ("", found)
    if digits.endswith("%"):
        sign, digits = "%", digits[:-1].rstrip()
    else:
        digits = digits.rstrip()
    value = _value(float(digits.replace(",", "")))
    year = not sign and len(digits) == 4 and digits.isdigit() and "1000" <= digits <= "2100"
    return Token(found.strip(), f"{value}|{sign}", Kind.DATE if year else Kind.NUMBER)


def _value(number: float) -> str:
    return f"{number:.6f}".rstrip("0").rstrip(".")


def _word(found: str, first: bool, names: Set[str]) -> Token:
    possessive = bool(re.search(r"[’']s?$", found))
    plain = _bare(found)
    low, capital = plain.lower(), plain[:1].isupper()
    acronym = plain.isupper() and len(plain) > 1
    if acronym:
        return Token(found, stem(plain), Kind.NAME, possessive)
    month = low in MONTHS and capital and not (first and low in ("may", "march"))
    if low in DAYS or month:
        return Token(found, low, Kind.DATE, possessive)
    if low in SMALL:
        return Token(found, f"{SMALL[low]}|", Kind.NUMBER if low != "one" else Kind.WORD)
    if low in LARGE:
        return Token(found, f"{LARGE[low]}|", Kind.NUMBER)
    if low in ORDINALS and not found.endswith("s"):
        return Token(found, f"#{ORDINALS[low]}", Kind.RIGID)
    if low in JOINS:
        return Token(found, low, Kind.JOIN)
    if low in RIGID:
        return Token(found, bound(low), Kind.RIGID)
    if low in FREE and not (found == "A" and not first):  # Chick-fil-A
        return Token(found, low, Kind.FREE)
    name = capital and (not first or stem(plain) in names)
    return Token(found, stem(plain), Kind.NAME if name else Kind.WORD, possessive)


def _first_name(found: list[Token]) -> list[Token]:
    """A capital where a sentence begins says nothing, unless a name goes on from it; `bin` is of a name."""
    found = [
        replace(token, kind=Kind.NAME) if token.text in PARTICLES and after.kind is Kind.NAME else token
        for token, after in zip(found, [*found[1:], found[-1]] if found else [], strict=True)
    ]
    if len(found) < 2 or found[0].kind is not Kind.WORD or found[1].kind is not Kind.NAME:
        return found
    return [replace(found[0], kind=Kind.NAME), *found[1:]] if found[0].text[0].isupper() else found


def _phrased(found: list[Token]) -> list[Token]:
    """Words that mean one thing together, as one token."""
    made: list[Token] = []
    at = 0
    while at < len(found):
        for length in (3, 2):
            words = tuple(token.text.lower() for token in found[at : at + length])
            if len(words) == length and words in PHRASES:
                made.append(_phrase(PHRASES[words], " ".join(words)))
                at += length
                break
        else:
            made.append(found[at])
            at += 1
    return made


def _phrase(key: str, text: str) -> Token:
    if key.isupper():
        return Token(text, key, Kind.NAME)
    if key in JOINS:
        return Token(text, key, Kind.JOIN)
    if key in ("according", "%"):
        return Token(text, stem(key), Kind.WORD)
    return Token(text, bound(key), Kind.RIGID)


def _counted(found: list[Token]) -> list[Token]:
    """Numbers with the words that multiply them and the unit that follows them, as one token."""
    made: list[Token] = []
    at = 0
    while at < len(found):
        token, at = found[at], at + 1
        if "|" not in token.key or token.kind is Kind.DATE:
            made.append(_bound(token, found[at] if at < len(found) else None))
            continue
        value, sign = float(token.key.split("|")[0]), token.key.split("|")[1]
        text = token.text
        while at < len(found) and "|" in found[at].key and found[at].kind is not Kind.DATE:
            more = float(found[at].key.split("|")[0])
            if more in LARGE.values() and not found[at].text[0].isdigit():
                value *= more
            elif 20 <= value < 100 and value % 10 == 0 and more < 10 and token.text.isalpha():
                value += more
            else:
                break
            text, at = f"{text} {found[at].text}", at + 1
        if not sign and at < len(found) and found[at].text.lower() in ("degree", "degrees"):
            at += 1
        if not sign and at < len(found) and (unit := UNITS.get(found[at].text.lower())):
            sign, text, at = unit, f"{text} {found[at].text}", at + 1
        kind = token.kind if token.text == text else Kind.NUMBER
        made.append(Token(text, f"{_value(value)}|{sign}", kind))
    return made


def _bound(token: Token, after: Token | None) -> Token:
    """What stands before a number says on which side of it the truth lies."""
    if after is None or after.kind is not Kind.NUMBER or token.kind is not Kind.RIGID:
        return token
    sides = {"over": ">", "above": ">", "under": "<", "below": "<", "some": "about"}
    return replace(token, key=sides.get(token.key, token.key))


def _dated(found: list[Token]) -> list[Token]:
    """Days and months in one order: `7 July` as `July 7`."""
    made = list(found)
    for at, token in enumerate(made):
        if token.kind is not Kind.DATE or token.key not in MONTHS:
            continue
        before, after = made[at - 1] if at else None, made[at + 1] if at + 1 < len(made) else None
        if before and _day(before):
            made[at - 1], made[at] = token, _as_date(before)
        elif after and _day(after):
            made[at + 1] = _as_date(after)
    return made


def _day(token: Token) -> bool:
    return bool(re.fullmatch(r"\d{1,2}(?:st|nd|rd|th)?", token.text))


def _as_date(token: Token) -> Token:
    digits = token.text.rstrip("stndrh")
    return Token(token.text, f"{int(digits)}d", Kind.DATE)
