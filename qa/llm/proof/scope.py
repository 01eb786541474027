"""How far reaches what somebody says, and what a `that` opens."""

from collections.abc import Sequence
from itertools import pairwise

from qa.llm.proof.gaps import SAYING_STEMS, SHORT, THING_STEMS
from qa.llm.proof.lexicon import BOUND_OPENINGS, IRREGULAR, PLAIN_OPENINGS, UNREAL
from qa.llm.proof.tokens import Kind, Token


def aside(tokens: Sequence[Token], at: int) -> range | None:
    """What is said, where the verb at `at` stands behind it: `..., Ann said`."""
    if tokens[at].text.lower() == "according to":
        return range(len(tokens))
    start = at
    while start and tokens[start - 1].kind in (Kind.NAME, Kind.FREE, Kind.WORD):
        start -= 1
    end = at + 1
    inverted = start == at and tokens[at].text.lower() in ("said", "says")
    whom = (Kind.NAME, Kind.FREE, Kind.WORD) if inverted else (Kind.NAME, Kind.FREE)
    while end < len(tokens) and tokens[end].kind in whom:
        end += 1
    closed = end == len(tokens) or tokens[end].kind is Kind.MARK
    relative = any(token.text.lower() in ("who", "which", "that") for token in tokens[start:at])
    behind = start and tokens[start - 1].kind is Kind.MARK and closed and at - start <= SHORT
    if not behind or relative:
        return None
    return range(start) if end == len(tokens) else range(len(tokens))


def under(tokens: Sequence[Token], that: int, governor: int) -> range:
    """What a `that` opens: up to the next mark, or to the end where somebody says it."""
    scope = forward(tokens, that)
    if tokens[governor].key in SAYING_STEMS:
        return scope
    marks = (Kind.MARK, Kind.JOIN)
    end = next((at for at in scope if tokens[at].kind in marks), scope.stop)
    return range(scope.start, end)


def governor(tokens: Sequence[Token], that: int) -> int | None:
    """The word that a `that` hangs on, over a date or an object between them."""
    at = that - 1
    while at >= 0 and tokens[at].kind in (Kind.DATE, Kind.FREE):
        at -= 1
    if at >= 0 and tokens[at].kind is Kind.WORD and tokens[at].key not in SAYING_STEMS:
        verbs = [place for place in range(max(0, at - SHORT), at) if tokens[place].key in SAYING_STEMS]
        return verbs[-1] if verbs else at
    return at if at >= 0 and tokens[at].solid else None


def forward(tokens: Sequence[Token], at: int) -> range:
    """Places of the tokens after `at` as far as what it says can reach."""
    for end in range(at + 1, len(tokens)):
        if not at and tokens[0].text.lower().endswith("ed") and tokens[end].kind is Kind.MARK:
            return range(1, end)  # Asked about it, Ann ...
        things = tokens[at].key in THING_STEMS and tokens[end].kind is Kind.JOIN
        ends = tokens[end].text.lower() in (";", "while", "but", "although")
        if things or ends:
            return range(at + 1, end)
    return range(at + 1, len(tokens))


def supposed(tokens: Sequence[Token]) -> list[range]:
    """Conditions without `if`: `Had it rained, ...`."""
    found: list[range] = []
    for at, token in enumerate(tokens[:-1]):
        opens = token.text.lower() in ("had", "were", "should") and (
            not at or tokens[at - 1].kind is Kind.MARK
        )
        if opens and (tokens[at + 1].kind in (Kind.FREE, Kind.NAME)):
            end = next((b for b in range(at, len(tokens)) if tokens[b].kind is Kind.MARK), len(tokens))
            found.append(range(at, end))
    return found


def remarked(tokens: Sequence[Token]) -> list[range]:
    """Who says it, whatever the verb: `..., Ann joked, ...`."""
    marks = [-1, *(at for at, token in enumerate(tokens) if token.kind is Kind.MARK), len(tokens)]
    found: list[range] = []
    for start, end in pairwise(marks):
        inside = tokens[start + 1 : end]
        verbs = [token for token in inside if token.kind is not Kind.NAME]
        if start >= 0 and len(inside) > 1 and len(verbs) == 1 and verbs[0] in (inside[0], inside[-1]):
            word = verbs[0].text.lower()
            if verbs[0].kind is Kind.WORD and (word.endswith(("ed", "es")) or word in IRREGULAR):
                found.append(range(start + 1, end))
    return found


def bounds_what_follows(opening: Sequence[Token]) -> bool:
    """Whether a phrase before a statement may say that it is not quite so: `in theory`, `as a joke`."""
    begins = [token.text.lower() for token in opening[:2]]
    if not begins or begins[0] not in BOUND_OPENINGS or begins == ["as", "for"]:
        return False
    solid = [token for token in opening[1:] if token.solid]
    words = {token.text.lower() for token in solid}
    if words & UNREAL:
        return True
    placed = any(token.kind in (Kind.DATE, Kind.NAME) for token in solid)
    return bool(solid) and not placed and not words & PLAIN_OPENINGS
