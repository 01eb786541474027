"""A deterministic encoder without weights: texts that share words are near one another."""

import hashlib
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from embeddings.types import Vectors

if TYPE_CHECKING:
    import pytest


class WordEncoder:
    """A text is the normalised sum of one fixed random vector a word; a word is a token."""

    def __init__(self, name: str = "fake", dim: int = 64, max_tokens: int = 254) -> None:
        self.name = name
        self.fingerprint = f"{name}-{dim}"
        self.dim = dim
        self.max_tokens = max_tokens
        self.documents: list[str] = []

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(_words(text)) for text in texts]

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        self.documents.extend(texts)
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dim), np.float32)
        for row, text in enumerate(texts):
            for word in _words(text):
                vectors[row] += _vector(word.lower(), self.dim)
        norms = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        return np.asarray(vectors / norms, np.float32)


def load_with(monkeypatch: "pytest.MonkeyPatch", load: Callable[[str], WordEncoder] | None) -> None:
    """Wherever an index loads its model, `load` is called instead; None where none must be loaded."""
    for module in ("backends.folder.store", "build.build"):
        monkeypatch.setattr(f"embeddings.{module}.load_encoder", load)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+|[^\w\s]", text)


def _vector(word: str, dim: int) -> Vectors:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
    return np.random.default_rng(seed).standard_normal(dim).astype(np.float32)
