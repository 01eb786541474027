"""Questions that lean on the one before: "And when was that?" is read with the words that it leaves out."""

import re
from collections.abc import Sequence

from qa.types import Result

_PERSONAL = re.compile(
    r"\b(?:he|she|it|they|him|her|hers|his|its|them|their|theirs|there|ones?|(?:him|her|it)self|themselves)\b",
    re.IGNORECASE,
)
_BE = "is|are|was|were|will|has|have|had"
_EXPLETIVE = re.compile(
    rf"\b(?:{_BE}|be|been) there\b(?! *[?.]?$)|\bthere(?:['’]s| (?:{_BE}))\b"
    r"|\bis it (?:true|possible|likely|legal|safe|ok(?:ay)?)\b|\b(?:does|did|do|will|would) it take\b"
    r"|\b(?:is|was) it that\b",
    re.IGNORECASE,
)
"""`there` and `it` that stand for nothing."""
_NOW = (
    "year|week|month|summer|winter|spring|autumn|fall|season|morning|afternoon|evening|night|century|decade"
)
"""What `this` says when, not which."""
_KINDS = (
    "year|day|date|month|time|place|country|city|state|town|company|firm|chain|film|movie|show|series|book|song|album"
    "|game|match|race|law|bill|deal|man|woman|person|people|case|trial|vote|election|war|storm|flood|fire|virus"
    "|vaccine|drug|study|report|record|number|figure|price|team|player|one"
)
_POINTING = re.compile(
    "|".join(
        (
            rf"\b(?:this|that|these|those) (?!(?:{_NOW})\b)(?:\w+)? ?(?:{_KINDS})s?\b",
            r"\bthat year\b",
            r"\b(?:since|by|before|after|until|back|from) then\b|^then\b",
            r"\b(?:this|that|these|those)(?:['’]s)?(?: (?:happen\w*|mean|so|be|been|many|long))? *[?.]*$",
            rf"^(?:\w+ ){{1,3}}(?:{_BE}|do|does|did|about|for|to|after|before) th(?:is|at|ese|ose)\b",
            r"\b(?:of|with|about|than) (?:this|these|those)\b|\b(?:said|do|does|did) so\b",
        )
    ),
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"(?:and|but|so|then|also|(?:what|how) about|what else|who else|why not|since when|until when)\b",
    re.IGNORECASE,
)
_FEW = 2
"""Words with a meaning, besides no name, of a question that may lean on "the" thing that was asked about."""
_OF_ITS_OWN = 3
"""Words with a meaning from which a question that begins with "And" can stand alone."""
_MANY = re.compile(
    r"\b(?!(?:does|has|was|is|this|its|his|hers|ours)\b)\w{3,}s\b|\b(?:people|men|women|children|police)\b"
)
"""What `they` may mean."""
_DEFINITE = re.compile(r"\bthe \w", re.IGNORECASE)
_POSSESSIVES = frozenset(("his", "her", "hers", "its", "their", "theirs"))
"""They can stand before the name that they mean: "What share of its rubbish did California recycle?"."""
_THING = re.compile(r"\b(?:the|an?|many|much|how|which|what) [A-Z]\w*s?\b(?: [A-Z]\w*)*|\b\w+[’']ll\b")
"""Names that are no answer to whom `he` or `it` may mean."""
_FUNCTION_WORDS = frozenset(
    "a about according after also am an and any are as at be been before besides but by can could did "
    "do does during else for from had has have he her his how i if in into is it its may might must my "
    "not of on or our she should since so than that the their then there these they this those to under "
    "until was we were what when where which while who whom whose why will with would you your".split()
)
_EMPTY = _FUNCTION_WORDS | frozenset(
    "many much old long far often else say says said happen happened one ones more most people thing things "
    "exactly really there here now get got go going come did yes no ok please tell me us".split()
)
"""Words that give a question no subject."""
_TOKEN = re.compile(r"[\w$£€%][\w’'&.$£€%-]*|[^\w\s]")
_POSSESSIVE = re.compile(r"[’']s?$")
_CARRIED = 12
"""Words that are carried over, at most: those of the question just before come first."""
_SHORT = 8
"""Words of a short answer that is carried over."""
_FROM_ANSWER = 2
"""Names carried over from an answer that is a whole sentence: those that its article's title has too."""


def readings(question: str, before: Result | None) -> list[str]:
    """The ways to read `question`, asked after `before`, the likelier first.

    A question with a subject of its own stands alone, whatever was asked before. One that leans is read with
    the words of the question before and its short answer, unless it has all names of that one itself. If it
    has names of its own it is read as it stands too, for the evidence to decide.
    """
    leaning = leans(question)
    if not before or not (leaning or _may_lean(question)):
        return [question]
    known = _words([question])
    named = _words(names(before.understood))
    if named and named <= known:
        return [question]
    missing = [word for word in _meaning(before.understood) if not _words([word]) <= known][:_CARRIED]
    carried = ", ".join(filter(None, (" ".join(missing), _from_answer(before, known | _words(missing)))))
    if not carried:
        return [question]
    read = f"{question} ({carried})"
    if not leaning:
        return [question, read]
    return [read, question] if names(question) else [read]


def leans(question: str) -> bool:
    """Whether `question` cannot be understood without the one before it."""
    asked = question.strip()
    meaning = _meaning(asked)
    if not meaning:
        return True
    if _GOES_ON.match(asked):
        return len(meaning) < _OF_ITS_OWN or _refers(asked)
    return _refers(asked)


def _may_lean(question: str) -> bool:
    """Whether it says too little to tell: "What are the symptoms?"."""
    return bool(_DEFINITE.search(question)) and not names(question) and len(_meaning(question)) <= _FEW


def _meaning(question: str) -> list[str]:
    """The words of `question` that give it a subject."""
    return [word for word in re.findall(r"\w[\w’'.-]*\w|\w", question) if word.lower() not in _EMPTY]


def _refers(question: str) -> bool:
    """Whether a word of it stands for something that it does not name itself."""
    if _POINTING.search(question):
        return True
    plain = _EXPLETIVE.sub(lambda found: "-" * len(found[0]), question)
    return any(_unnamed(plain, found) for found in _PERSONAL.finditer(plain))


def _unnamed(question: str, found: re.Match[str]) -> bool:
    """Whether what `found`, a pronoun of `question`, stands for is not named in it."""
    word = found[0].lower()
    if word in ("there", "him", "them"):  # a place is told by no capital; whom somebody acts on is another
        return True
    if word in ("they", "their") and _MANY.search(question[: found.start()]):
        return False
    before = question if word in _POSSESSIVES else question[: found.start()]
    return not names(_THING.sub(" ", f"So {before}"))


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


def _from_answer(before: Result, known: set[str]) -> str:
    """What the answer names that is not `known` yet."""
    answer = before.answer
    if not answer:
        return ""
    if answer.short:
        named = [answer.short_text] if len(answer.short_text.split()) <= _SHORT else []
    else:
        title = _words([answer.article.title])
        named = [name for name in names(answer.text) if _words([name]) <= title]
    return ", ".join([name for name in named if not _words([name]) <= known][:_FROM_ANSWER])


def _words(texts: Sequence[str]) -> set[str]:
    return {word for text in texts for word in re.findall(r"\w+", text.lower())}
