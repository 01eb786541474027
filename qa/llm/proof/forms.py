"""One order for what may be said in several: who says it first, the doer before the deed."""

from collections.abc import Sequence
from itertools import pairwise

from qa.llm.proof.lexicon import IRREGULAR, OPENINGS, PREPOSITIONS, SAYING
from qa.llm.proof.scope import bounds_what_follows
from qa.llm.proof.tokens import Kind, Token, stem

_SAYING = frozenset(stem(word) for word in SAYING)
_BEING = frozenset("is are was were be been being".split())
_OPENS = frozenset("that who which whom whose what when where because if although though".split())
_SPEAKER = 8
"""Words of the name of who says something."""


def plain(tokens: Sequence[Token]) -> list[Token]:
    """`tokens` with the speaker in front and passive voice turned round."""
    return _active(_speaker_first(list(tokens)))


def _speaker_first(tokens: list[Token]) -> list[Token]:
    """`..., Ann said, ...`, `..., said Ann` and `according to Ann, ...` as `Ann said ...`."""
    for at, token in enumerate(tokens):
        if token.key not in _SAYING or token.kind is not Kind.WORD:
            continue
        if token.text.lower() == "according to":
            start, end = at, _noun_phrase(tokens, at + 1)
            who = tokens[at + 1 : end]
        else:
            span = _aside(tokens, at)
            if not span:
                continue
            start, end = span
            who = [word for word in tokens[start:end] if word is not token]
        if not who or not _bounded(tokens, start, end):
            continue
        before, after = tokens[:start], tokens[end:]
        if before and before[-1].kind is Kind.MARK:
            before = before[:-1] if not after or after[0].kind is Kind.MARK else before
        if after and after[0].kind is Kind.MARK and not before:
            after = after[1:]
        return [*who, token, *before, *after]
    return tokens


def _aside(tokens: Sequence[Token], at: int) -> tuple[int, int] | None:
    """The stretch of `, Ann said,` or `, said Ann,` behind what is said."""
    start = at
    while start and tokens[start - 1].kind is not Kind.MARK:
        start -= 1
    end = at + 1
    while end < len(tokens) and tokens[end].kind is not Kind.MARK:
        end += 1
    if start == 0 or end - start > _SPEAKER:
        return None
    first = at == start
    last = at == end - 1
    return (start, end) if first or last else None


def _bounded(tokens: Sequence[Token], start: int, end: int) -> bool:
    opens = start == 0 or tokens[start - 1].kind is Kind.MARK or end == len(tokens)
    return opens and (end == len(tokens) or tokens[end].kind is Kind.MARK)


def _active(tokens: list[Token]) -> list[Token]:
    """`the bill was written by Ann` as `Ann written the bill`."""
    for at, token in enumerate(tokens):
        if token.key != "by" or at < 2:
            continue
        if not participle(tokens[at - 1]) and tokens[at - 2].text.lower() not in _BEING:
            continue
        end = _noun_phrase(tokens, at + 1)
        doer = tokens[at + 1 : end]
        if not any(word.kind in (Kind.NAME, Kind.WORD) for word in doer):
            continue
        being = next((b for b in range(at - 2, -1, -1) if tokens[b].text.lower() in _BEING), None)
        start = _clause(tokens, at)
        if being is None or being <= start:
            continue
        will = being - 1 if tokens[being - 1].kind is Kind.RIGID else being  # will be, may be
        deed = [*tokens[will:being], *tokens[being + 1 : at]]
        if any(word.kind is Kind.RIGID for word in (*tokens[start:will], *tokens[being + 1 : at])):
            continue
        if any(word.text.lower() in PREPOSITIONS for word in deed):
            continue
        return [*tokens[:start], *doer, *deed, *tokens[start:will], *tokens[end:]]
    return tokens


def participle(token: Token) -> bool:
    """Whether it can be what was done to something."""
    word = token.text.lower()
    return token.kind is Kind.WORD and (word.endswith(("ed", "en", "wn")) or word in IRREGULAR)


def _clause(tokens: Sequence[Token], at: int) -> int:
    while at and tokens[at - 1].kind not in (Kind.MARK, Kind.JOIN):
        at -= 1
    return at


def _noun_phrase(tokens: Sequence[Token], at: int) -> int:
    while at < len(tokens):
        token = tokens[at]
        if token.kind in (Kind.NAME, Kind.WORD) or token.text.lower() in ("a", "an", "the", "of"):
            at += 1
        else:
            break
    return at


def opening_last(tokens: Sequence[Token]) -> list[Token]:
    """`At the fair, many cars stood.` as `Many cars stood at the fair`; as it is where nothing so begins."""
    comma = next((at for at, token in enumerate(tokens) if token.kind is Kind.MARK), len(tokens))
    opens = comma <= _SPEAKER and tokens and tokens[0].text.lower() in OPENINGS
    if not opens or not any(token.solid for token in tokens[1:comma]):
        return list(tokens)
    end = next(
        (at for at in range(comma + 1, len(tokens)) if tokens[at].kind in (Kind.MARK, Kind.JOIN)), len(tokens)
    )
    if bounds_what_follows(tokens[:comma]) or opens_clause(
        tokens[:end]
    ):  # what stands behind could be of the clause
        return list(tokens)
    return [*tokens[comma + 1 : end], *tokens[:comma], *tokens[end:]]


def opens_clause(tokens: Sequence[Token]) -> bool:
    """Whether a clause begins in `tokens` that what follows may belong to: `said`, `who`, `to close`."""
    for at, token in enumerate(tokens):
        if token.text.lower() in _OPENS or (token.kind is Kind.WORD and token.key in _SAYING):
            return True
        if token.text.lower() == "to" and at + 1 < len(tokens) and tokens[at + 1].kind is Kind.WORD:
            return True
    return False


def undated(tokens: Sequence[Token]) -> tuple[list[Token], tuple[str, ...], int]:
    """`tokens` without their one date, with that date and its place; no date where there are several."""
    dates = [at for at, token in enumerate(tokens) if token.kind is Kind.DATE]
    if not dates or any(not _between(tokens, a, b) for a, b in pairwise(dates)):
        return list(tokens), (), 0
    first, last = dates[0], dates[-1] + 1
    while first and tokens[first - 1].text.lower() in ("on", "in", "of", "the"):
        first -= 1
    bound = ""
    if first and tokens[first - 1].kind is Kind.RIGID:  # by 2032, since March
        first -= 1
        if tokens[first].text.lower() not in ("by", "since", "until") or (first and last < len(tokens)):
            return list(tokens), (), 0
        bound = f"{tokens[first].key} "
    if not first and last < len(tokens) and tokens[last].kind is Kind.MARK:
        last += 1
    if last == len(tokens) and first and tokens[first - 1].kind is Kind.MARK:
        first -= 1
    keys = [tokens[at].key for at in dates]
    return [*tokens[:first], *tokens[last:]], (f"{bound}{keys[0]}", *keys[1:]), first


def _between(tokens: Sequence[Token], a: int, b: int) -> bool:
    return all(token.kind in (Kind.MARK, Kind.FREE) for token in tokens[a + 1 : b])
