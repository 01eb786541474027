"""What is denied, said of all, called the most, or a share of a whole: it must keep all that bounds it."""

from collections.abc import Sequence, Set

from qa.llm.proof.lexicon import NOT_SUPERLATIVE, OWNERS, RATES, SHARES, TOTALS
from qa.llm.proof.tokens import Kind, Token

_NEAR = 5
"""Words from an amount to its rate."""


def kept(tokens: Sequence[Token], path: Sequence[int]) -> bool:
    """Whether nothing is left out of `tokens` between a word that reaches over all that follows and its end.

    `no July in 20 years was drier` is no more than that, `5% of their plastic waste` is not of their waste.
    """
    said = set(path)
    return not _torn(tokens, said) and all(
        place in said or not tokens[place].solid
        for at in path
        if _total(tokens, at)
        for place in range(at + 1, _end(tokens, at))
    )


def _torn(tokens: Sequence[Token], said: Set[int]) -> bool:
    """Whether an amount is said without its rate, `$5 a day`, or of one of several who share it."""
    for at, token in enumerate(tokens):
        if token.text.lower() in RATES and at and tokens[at - 1].text.lower() in ("a", "an"):
            amounts = [place for place in range(max(0, at - _NEAR), at) if _amount(tokens[place])]
            if amounts and amounts[-1] in said and at not in said:
                return True
        if token.kind is Kind.JOIN and _in_list(tokens, at):
            first, second = at - 1, next(b for b in range(at + 1, len(tokens)) if tokens[b].solid)
            start, end = _clause(tokens, at)
            amounts = [place for place in range(start, end) if _amount(tokens[place])]
            if (first in said) != (second in said) and said & set(amounts):
                return True
    return False


def _amount(token: Token) -> bool:
    return token.kind is Kind.NUMBER


def _clause(tokens: Sequence[Token], at: int) -> tuple[int, int]:
    marks = [place for place, token in enumerate(tokens) if token.kind is Kind.MARK]
    start = max((mark + 1 for mark in marks if mark < at), default=0)
    return start, min((mark for mark in marks if mark > at), default=len(tokens))


def _total(tokens: Sequence[Token], at: int) -> bool:
    token, word = tokens[at], tokens[at].text.lower()
    before = tokens[at - 1] if at else None
    after = tokens[at + 1].text.lower() if at + 1 < len(tokens) else ""
    if token.kind is Kind.RIGID and token.key in TOTALS:
        return True
    if word in ("most", "least") and after != "of":
        return token.kind is Kind.RIGID
    if token.key.startswith("#"):
        return before is not None and (before.possessive or before.text.lower() in OWNERS)
    if word in ("worst", "best", "sole") or (word.endswith("est") and word not in NOT_SUPERLATIVE):
        return token.kind is Kind.WORD
    return after == "of" and (token.kind is Kind.NUMBER or word in SHARES)


def _end(tokens: Sequence[Token], at: int) -> int:
    """Where ends what a word reaches over: at a mark or conjunction that stands in no list of names."""
    for place in range(at + 1, len(tokens)):
        if tokens[place].kind in (Kind.MARK, Kind.JOIN) and not _in_list(tokens, place):
            return place
    return len(tokens)


def _in_list(tokens: Sequence[Token], at: int) -> bool:
    after = at + 1
    while after < len(tokens) and tokens[after].kind in (Kind.FREE, Kind.JOIN):
        after += 1
    named = after < len(tokens) and tokens[after].kind is Kind.NAME
    return named and tokens[at - 1].kind is Kind.NAME
