"""Short answers compared: "the 30,000 troops" and "30000 troops" say the same."""

import re
import unicodedata

_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_WORD = re.compile(r"[$£€]?\d+(?:\.\d+)?%?|[^\W_]+")
_ARTICLES = frozenset(("a", "an", "the"))


def answer_words(text: str) -> str:
    """The words of an answer in lower case, without punctuation, articles and commas in numbers."""
    plain = _THOUSANDS.sub("", unicodedata.normalize("NFKC", text).lower())
    return " ".join(word for word in _WORD.findall(plain) if word not in _ARTICLES)
