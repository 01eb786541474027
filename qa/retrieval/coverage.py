"""How much of a question a text covers: shares of its terms, weighted by how rare they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

from embeddings.index.parts import Words
from embeddings.types import Passage


@dataclass(frozen=True, slots=True)
class Coverage:
    """A question as the articles of each language would hold it."""

    by_language: dict[str, dict[str, float]]
    """Its terms in order, each with its share of their total idf."""
    words: Words

    @classmethod
    def of(cls, question: str, words: Words) -> Self:
        """The terms of `question`, as `words` has them."""
        return cls({language: _shares(words, question, language) for language in words.languages}, words)

    def shares(self, language: str) -> Mapping[str, float]:
        """The terms in `language` in order, each with its share of their total idf."""
        return self.by_language.get(language, {})

    def share(self, texts: Sequence[str], language: str) -> float:
        """0 to 1: the share of the question that `texts`, in `language`, hold together."""
        held = self._held(texts, language)
        return sum(share for term, share in self.shares(language).items() if term in held)

    def together(self, passages: Sequence[Passage]) -> float:
        """0 to 1: the share of the question that passages of one language hold, with their titles."""
        texts: dict[str, set[str]] = {}
        for passage in passages:
            texts.setdefault(passage.article.language, set()).update((passage.article.title, passage.text))
        return max((self.share(sorted(held), language) for language, held in texts.items()), default=0.0)

    def pairs(self, text: str, language: str) -> float:
        """0 to 1: the share of the question's pairs of neighbouring terms that `text` holds."""
        held = self._held([text], language)
        pairs = list(pairwise(self.shares(language)))
        return sum(one in held and two in held for one, two in pairs) / max(1, len(pairs))

    def _held(self, texts: Sequence[str], language: str) -> set[str]:
        return {term for text in texts for term in self.words.terms(text, language)}


def _shares(words: Words, question: str, language: str) -> dict[str, float]:
    terms = words.terms(question, language)
    idf = words.idf(terms)
    total = float(idf.sum()) or 1.0
    return {term: float(value) / total for term, value in zip(terms, idf, strict=True)}
