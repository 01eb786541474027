"""A text's terms, as its language has them."""

import re
from functools import lru_cache

from tantivy import Filter as TokenFilter
from tantivy import TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from embeddings.types import ENGLISH

_STOP_WORDS = (
    "a about after all also am an and any are as at be been before being but by can could did do does "
    "for from had has have he her him his how i if in into is it its many may me might more most much "
    "must my name no not of off on or other our out over s shall she should so some such t than that the "
    "their them then there these they this those to under up us was we were what when where which "
    "while who whom whose why will with would you your"
).split()
_STEMMED = dict(
    named.split("=")
    for named in (
        "ar=arabic da=danish de=german el=greek es=spanish fi=finnish fr=french hu=hungarian it=italian "
        "nl=dutch no=norwegian pt=portuguese ro=romanian ru=russian sv=swedish ta=tamil tr=turkish"
    ).split()
)
"""Snowball's stemmers, by language."""
_LISTED = frozenset("da de es fi fr hu it nl no pt ru sv".split())
"""Languages with a list of stop words; in others only their frequency makes common words count little."""
EAST = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
"""Letters of Chinese, Japanese and Korean, inside the brackets of a pattern."""
SOUTH_EAST = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
"""Letters of Thai, Lao, Burmese and Khmer."""
_GRAMS = {
    **dict.fromkeys(("zh", "ja", "ko"), (re.compile(rf"[{EAST}]+"), 2)),
    **dict.fromkeys(("th", "lo", "my", "km"), (re.compile(rf"[{SOUTH_EAST}]+"), 3)),
}
"""Languages without spaces between words, and Korean, whose words have many endings: which letters are cut
into runs of how many, each a term."""


def analyzer(stop_words: bool = True) -> TextAnalyzer:
    """English words as they are indexed: runs of letters and digits, lower case, without accents, stems.

    Without `stop_words`, those that only hold a question together are left out.
    """
    builder = (
        TextAnalyzerBuilder(Tokenizer.simple())
        .filter(TokenFilter.remove_long(60))
        .filter(TokenFilter.lowercase())
        .filter(TokenFilter.ascii_fold())
    )
    if not stop_words:
        builder = builder.filter(TokenFilter.custom_stopword(_STOP_WORDS))
    return builder.filter(TokenFilter.stemmer("english")).build()


def analyze(text: str, language: str, stop_words: bool = True) -> list[str]:
    """The terms of `text`, a text in `language`, in order, each as often as it stands there.

    English terms are what `analyzer` makes; others have their language in front (`de:haus`), so that no word
    of one language passes for a word of another. Chinese, Japanese and the like are cut into overlapping runs
    of letters.
    """
    found: list[str] = _analyzer(language, stop_words).analyze(_spaced(text, language))
    return found if language == ENGLISH else [f"{language}:{term}" for term in found]


def bare(term: str) -> str:
    """`term` without its language."""
    return term.rpartition(":")[2]


def language_in(term: str) -> str:
    """The language of `term`."""
    return term.rpartition(":")[0] or ENGLISH


def has_spaces(language: str) -> bool:
    """Whether texts in `language` are cut into words, and not into runs of letters."""
    return language not in _GRAMS


def _spaced(text: str, language: str) -> str:
    if language not in _GRAMS:
        return text
    letters, length = _GRAMS[language]

    def grams(found: re.Match[str]) -> str:
        run = found[0]
        return f" {' '.join(run[at : at + length] for at in range(max(1, len(run) - length + 1)))} "

    return letters.sub(grams, text)


@lru_cache(maxsize=256)
def _analyzer(language: str, stop_words: bool) -> TextAnalyzer:
    if language == ENGLISH:
        return analyzer(stop_words)
    letters = Tokenizer.regex(r"[\p{L}\p{M}\p{N}]+")  # with the marks that Indian scripts write vowels by
    builder = TextAnalyzerBuilder(letters).filter(TokenFilter.remove_long(60)).filter(TokenFilter.lowercase())
    stems = _STEMMED.get(language)
    if not stop_words and language in _LISTED:
        builder = builder.filter(TokenFilter.stopword(stems))
    if stems:
        builder = builder.filter(TokenFilter.stemmer(stems))
    return builder.filter(TokenFilter.ascii_fold()).build()
