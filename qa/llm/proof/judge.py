"""The proof of a claim: its quotations are found, and one sentence of them says all that it says."""

import re
from collections.abc import Iterator, Sequence

from qa.llm.proof.alignment import Sentence
from qa.llm.proof.context import Evidence, evidence
from qa.llm.proof.forms import opening_last, plain, undated
from qa.llm.proof.lexicon import PERSONS, PRONOUNS, TITLES
from qa.llm.proof.quotes import Library
from qa.llm.proof.tokens import Kind, Token, tokens
from qa.llm.proof.types import Checked, Claim, Found, Quote

_LONGEST = 400
"""Characters of a claim."""
_QUOTES = 8
_LEAST = 2
"""Words, names and numbers of a claim, or of a part of one."""

_SAID = {
    Kind.NUMBER: "the number {} does not stand in its quotations",
    Kind.DATE: "the date {} does not stand in its quotations",
    Kind.NAME: "the name {} does not stand in its quotations",
    Kind.WORD: "the word {} does not stand in its quotations",
    Kind.RIGID: "the word {} does not stand in its quotations, and it changes what is said",
}
NO_QUOTE = "its quotations do not stand in the articles"
OTHERWISE = "its quotations use these words, but do not say this"
NOT_PLAIN = "it holds an address or markup"
_MARKUP = re.compile(r"://|www\.|[<>`|\\{}]|\]\(|[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
NOT_A_CLAIM = "it is no full sentence"


def check(claim: Claim, library: Library) -> Checked:
    """Look up a claim's quotations, and say what speaks against it."""
    found: list[Found] = []
    dropped: list[Quote] = []
    for quote in claim.quotes[:_QUOTES]:
        places = library.find(quote)
        found += places
        if not places:
            dropped.append(quote)
    return Checked(claim, tuple(found), (*dropped, *claim.quotes[_QUOTES:]), _against(claim.text, found))


def _against(text: str, found: Sequence[Found]) -> str:
    if not found:
        return NO_QUOTE
    if _MARKUP.search(text):
        return NOT_PLAIN
    proofs = evidence(found)
    names = frozenset(token.key for proof in proofs for token in proof.readings[0] if token.kind is Kind.NAME)
    said = tokens(text, names)
    if said and said[-1].kind is Kind.MARK:
        said = said[:-1]
    if len(text) > _LONGEST or not _full(said) or _hangs(said[-1]) or "?" in text:
        return NOT_A_CLAIM
    if _proved(said, proofs):
        return ""
    return _missing(said, proofs) or OTHERWISE


def _full(said: Sequence[Token]) -> bool:
    solid = [token for token in said if token.solid]
    return len(solid) >= _LEAST and any(token.kind in (Kind.WORD, Kind.RIGID) for token in solid)


def _hangs(last: Token) -> bool:
    """Whether a claim breaks off."""
    free = last.kind is Kind.FREE and last.key in ("a", "an", "the", "of", "to", "with", "for")
    return free or last.kind is Kind.JOIN


def _proved(said: Sequence[Token], proofs: Sequence[Evidence]) -> bool:
    if any(_says(proof, said) for proof in proofs):
        return True
    return len(proofs) > 1 and any(
        all(any(_says(proof, part) for proof in proofs) for part in parts) for parts in _parts(said)
    )


def _says(proof: Evidence, said: Sequence[Token]) -> bool:
    for reading in proof.readings:
        if not _persons(said) <= _persons(proof.readings[0]):
            continue
        claim = _shortened(said, reading, proof)
        for words, whole in (
            (claim, reading),
            (plain(claim), plain(reading)),
            (opening_last(claim), opening_last(reading)),
        ):
            if Sentence(whole, proof.short_names).says(words):
                return True
            (undated_words, day, place), (rest, days, at) = undated(words), undated(whole)
            if not day or not _follows(day, days):
                continue
            if Sentence(rest, proof.short_names).says(undated_words, at, place):
                return True
    return False


def _persons(words: Sequence[Token]) -> set[str]:
    """Who is meant by pronouns: he, she, they, I, we."""
    return {PERSONS[token.key] for token in words if token.kind is Kind.FREE and token.key in PERSONS}


def _follows(day: Sequence[str], days: Sequence[str]) -> bool:
    at = iter(days)
    return bool(days) and all(part in at for part in day)


def _shortened(said: Sequence[Token], reading: Sequence[Token], proof: Evidence) -> list[Token]:
    """The claim with its names as short as the sentence has them, where the article has them in full."""
    keys = {token.key for token in reading if token.kind is Kind.NAME}
    made: list[Token] = []
    at = 0
    while at < len(said):
        end = at
        while end < len(said) and _of_a_name(said[end], last=end > at and said[end - 1].possessive):
            end += 1
        run = list(said[at:end])
        if len(run) < _LEAST or run[-1].kind is not Kind.NAME:
            made.append(said[at])
            at += 1
            continue
        last = run[-1]
        missing = any(token.solid and token.key not in keys for token in run[:-1])
        short = missing and last.key in keys and proof.is_short_for(last, run)
        made += [last] if short else run
        at = end
    return made


def _of_a_name(token: Token, *, last: bool) -> bool:
    return not last and (token.kind is Kind.NAME or token.text.lower() in TITLES)


def _parts(said: Sequence[Token]) -> Iterator[list[list[Token]]]:
    """Ways to take a claim apart at its conjunctions, each part with a subject of its own."""
    subject: list[Token] = []
    for token in said:
        if token.kind is not Kind.NAME and token.text.lower() not in (*TITLES, "the"):
            break
        subject.append(token)
    cuts = [
        at
        for at, token in enumerate(said)
        if 0 < at < len(said) - 1 and (token.kind is Kind.JOIN or token.text == ";")
    ]
    for cut in cuts:
        first, second = list(said[:cut]), list(said[cut + 1 :])
        if first[-1].kind is Kind.MARK:
            first.pop()
        pronoun = second[0].text.lower() in ("he", "she", "it", "they", *PRONOUNS)
        own = second[0].kind is Kind.NAME or second[0].text.lower() in ("the", "a", "an", "its")
        if pronoun:
            second = second[1:]
        if not own and not any(token.kind is Kind.NAME for token in subject):
            continue
        second = second if own else [*subject, *second]
        if all(_full(part) and sum(t.solid for t in part) > _LEAST for part in (first, second)):
            yield [first, second]


def _missing(said: Sequence[Token], proofs: Sequence[Evidence]) -> str:
    keys = {token.key for proof in proofs for reading in proof.readings for token in reading}
    for kind, message in _SAID.items():
        for token in said:
            if token.kind is kind and token.key not in keys:
                return message.format(token.text)
    return ""
