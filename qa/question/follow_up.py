"""Questions that lean on the one before: "And when was that?" is read with the names that it leaves out."""

import re
from collections.abc import Sequence

from qa.types import Result

_REFERS = re.compile(
    r"\b(?:he|she|it|they|him|her|hers|his|its|them|their|theirs|this|that|these|those|there|then|ones?)\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"(?:and|but|so|then|also|(?:what|how) about|what else|who else|why not)\b", re.IGNORECASE
)
_FUNCTION_WORDS = frozenset(
    "a about according after also am an and any are as at be been before besides but by can could did "
    "do does during else for from had has have he her his how i if in into is it its may might must my "
    "not of on or our she should since so than that the their then there these they this those to under "
    "until was we were what when where which while who whom whose why will with would you your".split()
)
_TOKEN = re.compile(r"[\w$£€%][\w’'&.$£€%-]*|[^\w\s]")
_POSSESSIVE = re.compile(r"[’']s?$")
_FROM_ANSWER = 2
"""Names carried over from the answer: those that its article's title has too."""


def readings(question: str, before: Result | None) -> list[str]:
    """The ways to read `question`, asked after `before`: as it stands, with missing names, or both.

    A question that names nothing itself and leans on the one before is read with the names only.
    """
    if not before or not _leans(question):
        return [question]
    own = names(question)
    missing = _missing(_words(own), _offered(before))
    if not missing:
        return [question]
    carried = f"{question} ({', '.join(missing)})"
    return [question, carried] if own else [carried]


def names(text: str) -> list[str]:
    """Runs of capitalised words in `text`, in order, without those that only begin a sentence."""
    found: list[str] = []
    run: list[str] = []
    for token in [*_TOKEN.findall(text), "."]:
        word = _POSSESSIVE.sub("", token).rstrip(".")
        if word[:1].isupper() and word.lower() not in _FUNCTION_WORDS:
            run.append(word)
            if word == token:
                continue
        if run:
            found.append(" ".join(run))
            run = []
    return list(dict.fromkeys(found))


def _leans(question: str) -> bool:
    return bool(_REFERS.search(question) or _GOES_ON.match(question.lstrip()) or not names(question))


def _offered(before: Result) -> list[str]:
    """Names of the question before, then those of its answer that the article's title has."""
    offered = names(before.understood)
    if before.answer:
        title = _words([before.answer.article.title])
        known = [name for name in names(before.answer.text) if _words([name]) <= title]
        offered += _missing(_words(offered), known)[:_FROM_ANSWER]
    return offered


def _missing(known: set[str], offered: Sequence[str]) -> list[str]:
    return [name for name in offered if not _words([name]) <= known]


def _words(texts: Sequence[str]) -> set[str]:
    return {word for text in texts for word in re.findall(r"\w+", text.lower())}
