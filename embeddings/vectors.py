"""Vectors of all passages in a FAISS file: written in order, opened by memory map, searched exactly."""

from pathlib import Path
from typing import Any, Self

import faiss
import numpy as np

from embeddings.types import Numbers, Vectors


class VectorIndex:
    """Inner products of unit vectors, that is cosines; a passage's number is its row."""

    FACTORY = "Flat"

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def empty(cls, dim: int) -> Self:
        return cls(faiss.index_factory(dim, cls.FACTORY, faiss.METRIC_INNER_PRODUCT))

    @classmethod
    def open(cls, path: Path) -> Self:
        """Opened by memory map. Raises RuntimeError where the file is no FAISS index."""
        return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC))

    def save(self, path: Path) -> None:
        faiss.write_index(self._index, str(path))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dim(self) -> int:
        return int(self._index.d)

    def add(self, vectors: Vectors) -> None:
        self._index.add(np.ascontiguousarray(vectors, np.float32))

    def rows(self, first: int, count: int) -> Vectors:
        """Float32 `(count, dim)`: the vectors of `count` passages from number `first` on."""
        return np.asarray(self._index.reconstruct_n(first, count), np.float32).reshape(count, self.dim)

    def search(self, query: Vectors, k: int, allowed: Numbers | None = None) -> tuple[Numbers, Vectors]:
        """Numbers and cosines of the `k` passages nearest to `query` `(dim,)`, best first.

        With `allowed` (sorted numbers), only among those.
        """
        k = min(k, len(self) if allowed is None else len(allowed))
        if k <= 0:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        params = None
        if allowed is not None:
            bits = np.zeros(len(self), bool)
            bits[allowed] = True
            selector: Any = faiss.IDSelectorBitmap
            parameters: Any = faiss.SearchParameters
            params = parameters(sel=selector(np.packbits(bits, bitorder="little")))
        cosines, numbers = self._index.search(query.reshape(1, -1), k, params=params)
        found = numbers[0] >= 0
        return numbers[0][found].astype(np.int64), cosines[0][found]

    def scores(self, query: Vectors, numbers: Numbers) -> Vectors:
        """Float32 `(len(numbers),)`: the cosine of `query` `(dim,)` to each of these passages."""
        if not len(numbers):
            return np.zeros(0, np.float32)
        return np.asarray(self._index.reconstruct_batch(numbers) @ query.reshape(-1), np.float32)
