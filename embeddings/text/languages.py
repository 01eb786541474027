"""Which language an article is in: by its commonest words, its script, or a model of letters."""

import re
from dataclasses import replace
from functools import lru_cache
from typing import Any

from embeddings.types import ENGLISH, Article

NAMES = dict(
    named.split("=")
    for named in (
        "af=Afrikaans am=Amharic ar=Arabic az=Azerbaijani be=Belarusian bg=Bulgarian bn=Bengali "
        "bs=Bosnian ca=Catalan cs=Czech cy=Welsh da=Danish de=German el=Greek en=English es=Spanish "
        "et=Estonian eu=Basque fa=Persian fi=Finnish fr=French ga=Irish gl=Galician gu=Gujarati he=Hebrew "
        "hi=Hindi hr=Croatian hu=Hungarian hy=Armenian id=Indonesian is=Icelandic it=Italian ja=Japanese "
        "ka=Georgian kk=Kazakh km=Khmer kn=Kannada ko=Korean ky=Kyrgyz lo=Lao lt=Lithuanian lv=Latvian "
        "mk=Macedonian ml=Malayalam mn=Mongolian mr=Marathi ms=Malay my=Burmese ne=Nepali nl=Dutch "
        "no=Norwegian pa=Punjabi pl=Polish ps=Pashto pt=Portuguese ro=Romanian ru=Russian si=Sinhala "
        "sk=Slovak sl=Slovenian sq=Albanian sr=Serbian sv=Swedish sw=Swahili ta=Tamil te=Telugu th=Thai "
        "tl=Filipino tr=Turkish uk=Ukrainian ur=Urdu uz=Uzbek vi=Vietnamese zh=Chinese"
    ).split()
)
"""Languages that are told apart, by their ISO 639-1 codes."""
_DIALECTS = {"arz": "ar", "ary": "ar", "nn": "no"}
"""What the model tells apart and we do not."""
_ENGLISH_WORDS = frozenset(
    "the and that with from this which were his their they you she would said been".split()
)
"""Common in English, and words of hardly any other language."""
_ENGLISH_SHARE = 0.07
"""Of nearly every English text more of the words are of these, of one in another language fewer."""
_HEAD = 2_000
"""Characters that are looked at."""
_SAMPLE = 300
"""Characters from their beginning, and as many from their middle, that the model reads."""
_SURE = 0.6
"""The model's probability from which a text counts as of another language than English."""
_WITHOUT = 40
"""Words from which a text with none of those is not English, and the model's best guess counts: else one list
of foreign names would make a language of its own, whose words all count as rare.
"""
_WORD = re.compile(r"[^\W\d_]+")
_SCRIPTS = {
    "ja": re.compile(r"[\u3040-\u30ff]"),
    "zh": re.compile(r"[\u3400-\u9fff]"),
    "ko": re.compile(r"[\uac00-\ud7af]"),
    "th": re.compile(r"[\u0e00-\u0e7f]"),
}
_LETTER = re.compile(r"[^\W\d_]")


def identified(article: Article) -> Article:
    """`article` with the language of its title and text."""
    language = language_of(f"{article.title[:_SAMPLE]}\n{article.text[:_HEAD]}")
    return article if language == article.language else replace(article, language=language)


def language_of(text: str) -> str:
    """The code, one of `NAMES`, of the language of most of `text`; `en` where it cannot be told."""
    head = text[:_HEAD]
    if script := _by_script(head):
        return script
    words = _WORD.findall(head.lower())
    english = sum(word in _ENGLISH_WORDS for word in words)
    if english >= _ENGLISH_SHARE * len(words):
        return ENGLISH
    return _by_model(head, 0.0 if not english and len(words) >= _WITHOUT else _SURE)


def _by_script(text: str) -> str | None:
    """The language of a script that no other one has; Japanese is told from Chinese by its syllables."""
    counts = {language: len(letters.findall(text)) for language, letters in _SCRIPTS.items()}
    if counts["ja"] * 10 >= counts["zh"]:
        counts["ja"], counts["zh"] = counts["ja"] + counts["zh"], 0
    most = max(counts, key=lambda language: counts[language])
    return most if 2 * counts[most] > len(_LETTER.findall(text)) else None


def _by_model(text: str, sure: float) -> str:
    middle = max(_SAMPLE, len(text) // 2)
    found: tuple[str, float] = _model().classify(text[:_SAMPLE] + text[middle : middle + _SAMPLE])
    language, probability = _DIALECTS.get(found[0], found[0]), found[1]
    return language if probability >= sure and language in NAMES else ENGLISH


@lru_cache(maxsize=1)
def _model() -> Any:
    """Loaded when a text is not plainly English: it takes a second, and 120 MB."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
