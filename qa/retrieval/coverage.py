"""How much of a question a text covers: shares of its terms, weighted by how rare they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

from embeddings.index.parts import Words


@dataclass(frozen=True, slots=True)
class Coverage:
    """The terms of a question in order, each with its share of the question's total idf."""

    shares: dict[str, float]
    words: Words

    @classmethod
    def of(cls, question: str, words: Words) -> Self:
        """The terms of `question`, as `words` has them."""
        terms = words.terms(question)
        idf = words.idf(terms)
        total = float(idf.sum()) or 1.0
        return cls({term: float(value) / total for term, value in zip(terms, idf, strict=True)}, words)

    def share(self, texts: Sequence[str]) -> float:
        """0 to 1: the share of the question that `texts` hold together."""
        held = self._held(texts)
        return sum(share for term, share in self.shares.items() if term in held)

    def pairs(self, text: str) -> float:
        """0 to 1: the share of the question's pairs of neighbouring terms that `text` holds."""
        held = self._held([text])
        pairs = list(pairwise(self.shares))
        return sum(one in held and two in held for one, two in pairs) / max(1, len(pairs))

    def _held(self, texts: Sequence[str]) -> set[str]:
        return {term for text in texts for term in self.words.terms(text)}
