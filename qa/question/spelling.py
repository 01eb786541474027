"""Words that neither the corpus nor the encoder knows, read as the nearest ones of the corpus."""

import re
from collections import Counter

from rapidfuzz.distance import OSA

from embeddings.index.index import ArticleIndex
from embeddings.index.parts import Words

_WORD = re.compile(r"[^\W\d_][^\W\d_’'-]*[^\W\d_]")
_SHORTEST = 4
"""Letters of a word that can be misspelled: shorter ones have too many neighbours."""
_LONG = 8
"""Letters from which two of them may be wrong."""
_UNKNOWN = 2
"""Passages that hold a word which may still be a slip in them too."""
_COMMONER = 10
"""How many times more passages must hold the word that is meant."""
_LOOKED_AT = 50
"""Passages in which neighbours of a word are looked for."""


def respelled(index: ArticleIndex, question: str) -> str | None:
    """`question` with the corpus's own words in place of those that it hardly knows; None without any."""
    asked = set(index.passage_words.terms(question))  # without the words that only hold a question together
    corrected = _WORD.sub(lambda found: _nearest(index, found[0], asked) or found[0], question)
    return corrected if corrected != question else None


def _nearest(index: ArticleIndex, word: str, asked: set[str]) -> str | None:
    """The word of the corpus that `word` is a slip for, if it is one."""
    words = index.passage_words
    terms = words.terms(word)
    if len(word) < _SHORTEST or len(terms) != 1 or terms[0] not in asked:
        return None
    known = words.frequencies(terms)[0]
    if known > _UNKNOWN or index.encoder.count_tokens([word.lower()])[0] == 1:
        return None  # the encoder's vocabulary has it whole: a word, though not one of this corpus
    edits = 2 if len(word) >= _LONG else 1
    near = index.catalog.passages(words.near(terms[0], edits, _LOOKED_AT))
    texts = " ".join(f"{passage.article.title} {passage.text}" for passage in near)
    counts = Counter(_WORD.findall(texts))
    found = {
        other: OSA.distance(word.lower(), other.lower(), score_cutoff=edits)
        for other in counts
        if words.terms(other) not in ([], terms)
    }
    close = [other for other, distance in found.items() if distance <= edits]
    if not close:
        return None
    best = min(
        close,
        key=lambda other: (
            found[other],
            -_frequency(words, other),
            other[0].isupper() != word[0].isupper(),
            -counts[other],
            other,
        ),
    )
    return best if _frequency(words, best) >= _COMMONER * max(1, known) ** 2 or not known else None


def _frequency(words: Words, word: str) -> int:
    return max(words.frequencies(words.terms(word)), default=0)
