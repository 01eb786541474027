"""What stands between two words of a sentence that a claim puts side by side."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from qa.llm.proof.lexicon import ADJECTIVE, IRREGULAR, MODAL, NOT_QUITE, OF_THINGS, PREPOSITIONS, SAYING
from qa.llm.proof.tokens import Kind, Token, stem

SAYING_STEMS = frozenset(stem(word) for word in SAYING)
THING_STEMS = frozenset(stem(word) for word in OF_THINGS)
SHORT = 5
"""Words of a phrase that may be left out inside a sentence."""


@dataclass(frozen=True, slots=True)
class Word:
    """A claim's word, with what stands between it and the word before."""

    token: Token
    joined: bool
    leads: frozenset[str]
    """Prepositions."""
    form: str
    """Whether it is done, or suffered, or goes on: see `form`."""


def word_of(claim: Sequence[Token], at: int) -> Word:
    """The word of `claim` at `at`, with what stands between it and the word before."""
    start = at
    while start and not claim[start - 1].solid:
        start -= 1
    between = claim[start:at] if start else ()
    joined = any(token.kind in (Kind.JOIN, Kind.MARK) for token in between)
    leads = frozenset(token.key for token in between) & PREPOSITIONS
    return Word(claim[at], joined, leads, form(claim, at))


def form(tokens: Sequence[Token], at: int) -> str:
    """Of a verb: `been` where it is suffered, `being` where it goes on, nothing elsewhere."""
    word = tokens[at].text.lower()
    before = at - 1
    while before >= 0 and _between_verbs(tokens[before]):
        before -= 1
    if tokens[at].kind is not Kind.WORD or before < 0 or tokens[before].text.lower() not in _BEING:
        return ""
    return "being" if word.endswith("ing") else "been" if word.endswith("ed") or word in IRREGULAR else ""


def _between_verbs(token: Token) -> bool:
    """`is not`, `was later`, `were quickly`: what may stand before a verb's participle."""
    word = token.text.lower()
    return word.endswith("ly") or word in ("not", "never", "also", "later", "now", "already", "still", "then")


_BEING = frozenset("is are was were be been being am".split())


def same_leads(left: Sequence[Token], leads: Set[str]) -> bool:
    """Whether the same prepositions stand between two words of a claim and of its sentence."""
    return frozenset(token.key for token in left) & PREPOSITIONS - _MUTE == leads - _MUTE


_MUTE = frozenset(("as", "on", "of"))
"""Prepositions that come and go: `on Friday`, `described as`, `the bottom of the sea`."""


def last_lead(left: Sequence[Token]) -> str:
    """The preposition that what stands left leads to the next word with."""
    for token in reversed(left):
        if token.kind is not Kind.FREE:
            return ""
        if token.key in PREPOSITIONS:
            return token.key
    return ""


def same(word: Token, token: Token) -> bool:
    """Whether `token`, of a sentence, is `word`, of a claim."""
    return token.solid and word.key == token.key and (word.possessive or not token.possessive)


def is_subject(words: Sequence[Token]) -> bool:
    """Whether a claim's words so far can only be who or what does something."""
    says = [at for at, word in enumerate(words) if word.key in SAYING_STEMS]
    words = words[says[-1] + 1 :] if says else words
    return bool(words) and (len(words) <= 2 or all(word.kind is Kind.NAME for word in words))


def parenthetical(left: Sequence[Token]) -> bool:
    """Whether what stands left is a clause between commas or brackets, which may be left out."""
    tail = left[len(bare(left)) :]
    left = bare(left)
    if any(token.text.lower() in ("who", "which", "whose") for token in tail) and any(
        token.kind is Kind.NAME for token in left
    ):
        return False  # Ann, a friend of Bob, who came
    relative = bool(left) and left[0].text.lower() in ("who", "which", "whose")
    opens = relative or (bool(left) and left[0].kind is Kind.MARK)
    if len(left) < 2 or not opens or left[-1].kind is not Kind.MARK:
        return False
    inside = left[1:-1]
    if len(inside) == 1 and inside[0].kind is Kind.RIGID:
        return False  # , wrongly,
    marks = any(token.kind is Kind.MARK for token in inside)  # it may hold another statement then
    return not marks or all(token.kind in (Kind.NAME, Kind.MARK, Kind.FREE) for token in inside)


def bare(left: Sequence[Token]) -> Sequence[Token]:
    """Without the function words at its end, which go with what follows."""
    while left and left[-1].kind is Kind.FREE:
        left = left[:-1]
    return left


def adjective(token: Token) -> bool:
    """Whether it is an adjective that may be left out, by its ending."""
    return token.kind is Kind.WORD and token.text.endswith(ADJECTIVE) and token.text.lower() not in NOT_QUITE


def when(left: Sequence[Token]) -> bool:
    """Whether what stands left only says when."""
    return all(token.kind in (Kind.DATE, Kind.FREE, Kind.MARK) for token in left)


def listed(left: Sequence[Token]) -> bool:
    """Whether what stands left is further names of a list."""
    left = bare(left)
    edges = left[0].kind in (Kind.MARK, Kind.JOIN) or left[-1].kind in (Kind.MARK, Kind.JOIN)
    return edges and all(token.kind in (Kind.NAME, Kind.MARK, Kind.JOIN) for token in left)


def goes_on(left: Sequence[Token], verb: Token) -> bool:
    """`... and` after a subject: the same subject does something else."""
    last = next((at for at in range(len(left) - 1, -1, -1) if left[at].kind is not Kind.FREE), 0)
    if left[last].kind is not Kind.JOIN:
        return False
    between = left[:last]
    if _wishes(between, verb) or any(
        token.key in _BINDING for token in between
    ):  # did not come and go, may come and go
        return False
    opened = [at for at, token in enumerate(between) if token.text.lower() in _RELATIVE]
    if opened and not any(token.kind is Kind.MARK for token in between[opened[-1] :]):
        return False  # a man who comes and goes
    saying = any(token.key in SAYING_STEMS - THING_STEMS for token in between)
    return not saying and not any(token.text.lower() == "that" for token in between)


def _wishes(left: Sequence[Token], verb: Token) -> bool:
    """Whether `verb` may hang on a `to` that is left out: tried to come and go."""
    infinitive = any(a.text.lower() == "to" and b.kind is Kind.WORD for a, b in pairwise(left))
    word = verb.text.lower()
    return infinitive and not (word.endswith("ed") or word in IRREGULAR)


_RELATIVE = ("who", "which", "whose", "that", "where")
_BINDING = MODAL | {"not", "never", "neither", "nor", "no", "nobody", "nothing", "without"}


def says_more(left: Sequence[Token], verb: Token) -> bool:
    """`... and that`: who said one thing says another."""
    joins = [at for at, token in enumerate(left) if token.kind is Kind.JOIN]
    if not joins or not (verb.key in SAYING_STEMS or left[0].text.lower() == "that"):
        return False
    last = left[joins[-1] + 1 :]
    return any(token.text.lower() == "that" for token in last) and not any(token.solid for token in last)
