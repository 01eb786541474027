"""Words that neither the corpus nor the encoder knows, read as the nearest ones of the corpus; and spellings
of a word that the encoder knows as one, read as the corpus has it.
"""

import re
from collections import Counter
from collections.abc import Iterable

from rapidfuzz.distance import OSA

from embeddings.index.index import ArticleIndex
from embeddings.index.parts import Words
from embeddings.text.analysis import analyze, bare

_WORD = re.compile(r"[^\W\d_][^\W\d_’'-]*[^\W\d_]")
_SHORTEST = 4
"""Letters of a word that can be misspelled: shorter ones have too many neighbours."""
_LONG = 8
"""Letters from which two of them may be wrong."""
_UNKNOWN = 2
"""Passages that hold a word which may still be a slip in them too."""
_COMMONER = 10
"""How many times more passages must hold the word that is meant."""
_LOOKED_AT = 150
"""Passages in which neighbours of a word are looked for."""
_COMPARED = 6
"""Neighbours, the commonest, that are compared by what stands beside them."""
_BESIDE = 1_000
"""Passages of each of them."""
_DERIVED = re.compile(r"(?:e?rs?|ors?|ists?|isms?|ed|ing|ly|ness|able|less|ful|ish)$")
"""Ends that make another English word of one: "discoverer" is no slip for "discovered"."""
_SAME = 0.7
"""Cosine of two spellings of one word, as grey and gray; Iran and Iraq stay below it."""


def respelled(index: ArticleIndex, question: str) -> str | None:
    """`question` with the corpus's own words in place of those that it hardly knows; None without any."""
    language = _language(index.passage_words, question)
    asked = set(index.passage_words.terms(question, language))  # without those that only hold it together
    loud = question.isupper()

    def read(found: re.Match[str]) -> str:
        word = found[0]
        abbreviated = word.isupper() and not loud
        return word if abbreviated else _nearest(index, word, asked, language) or word

    corrected = _WORD.sub(read, question)
    return corrected if corrected != question else None


def _language(words: Words, question: str) -> str:
    """The language of the articles in which most terms of `question` are known."""
    if len(words.languages) == 1:
        return words.languages[0]
    known = {
        language: sum(count > 0 for count in words.frequencies(analyze(question, language)))
        for language in words.languages
    }
    return max(known, key=lambda language: known[language])


def _nearest(index: ArticleIndex, word: str, asked: set[str], language: str) -> str | None:
    """The word of the corpus that `word` is a slip for, or another spelling of, if it is one."""
    words = index.passage_words
    terms = words.terms(word, language)
    if len(word) < _SHORTEST or len(terms) != 1 or terms[0] not in asked:
        return None
    known = words.frequencies(terms)[0]
    if known > _UNKNOWN:
        return None
    whole = index.encoder.count_tokens([word.lower()])[0] == 1
    edits = 2 if len(word) >= _LONG else 1
    counts = _neighbours(index, word, terms[0], edits, language)
    close = {other: OSA.distance(word.lower(), other, score_cutoff=edits) for other in counts}
    base = _DERIVED.sub("", word.lower())
    close = {
        other: distance
        for other, distance in close.items()
        if distance <= edits and _DERIVED.sub("", other) != base
    }
    if whole:  # a word, though not one of this corpus
        close = {other: close[other] for other in _spellings(index, word.lower(), close)}
    close = {
        other: distance
        for other, distance in close.items()
        if not known or _frequency(words, other, language) >= _COMMONER * known**2
    }
    if not close:
        return None
    least = min(close.values())
    nearest = sorted(
        (other for other, distance in close.items() if distance == least),
        key=lambda other: (-_frequency(words, other, language), -counts[other], other),
    )[:_COMPARED]
    others = " ".join(bare(term) for term in asked - {terms[0]})
    best = max(nearest, key=lambda other: _beside(words, other, others)) if others else nearest[0]
    return best.capitalize() if word[0].isupper() else best


def _neighbours(index: ArticleIndex, word: str, term: str, edits: int, language: str) -> Counter[str]:
    """Words of other terms in passages that have one near `term`, with how often they stand there."""
    words = index.passage_words
    passages = index.catalog.passages(words.near(term, edits, _LOOKED_AT))
    texts = " ".join(f"{passage.article.title} {passage.text}" for passage in passages)
    counts = Counter(found.lower() for found in _WORD.findall(texts))
    near = {other for other in counts if abs(len(other) - len(word)) <= edits}
    return Counter(
        {other: counts[other] for other in near if words.terms(other, language) not in ([], [term])}
    )


def _spellings(index: ArticleIndex, word: str, others: Iterable[str]) -> list[str]:
    """Those of `others` that mean what `word` means, and are as long, or nearly."""
    alike = [other for other in others if abs(len(other) - len(word)) <= 1]
    if not alike:
        return []
    vectors = index.encoder.encode_query([word, *alike])
    return [other for other, same in zip(alike, vectors[1:] @ vectors[0], strict=True) if same >= _SAME]


def _beside(words: Words, word: str, others: str) -> float:
    """How well `others` are matched where `word` stands."""
    numbers, _ = words.search(word, _BESIDE)
    return float(words.scores(others, numbers).max(initial=0))


def _frequency(words: Words, word: str, language: str) -> int:
    return max(words.frequencies(words.terms(word, language)), default=0)
