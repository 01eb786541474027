"""Vectors of all passages in FAISS files: written in order, opened by memory map, kind chosen by number."""

import math
from pathlib import Path
from typing import Any, Self

import faiss
import numpy as np

from embeddings.backends.protocols import EXACT_UP_TO
from embeddings.index.manifest import damaged
from embeddings.types import Numbers, Vectors

_TRAIN = 64
"""Vectors a cell that its centre is learned from (FAISS wants 39 at least)."""
_VISITED = 1 / 32
"""Share of the cells that a search visits."""
_LONGEST = 1.01
"""Cosine of unit vectors, at most, as their numbers are rounded."""
_AGAIN = 2
"""Times k: candidates of the coarse search that are compared exactly."""


class VectorIndex:
    """Inner products of unit vectors, that is cosines; a passage's number is its row.

    Where there are many, `cells` finds candidates among 8-bit codes in the cells nearest to the query
    (Jégou, Douze and Schmid, "Product quantization for nearest neighbor search", 2011, section V), and the
    vectors themselves, on disk, give their cosines.
    """

    def __init__(self, index: Any, cells: Any = None, file: Path | None = None) -> None:
        self._index = index
        self._cells = cells
        self._file = file

    @classmethod
    def empty(cls, dim: int) -> Self:
        """An index for vectors of `dim` numbers, without any."""
        return cls(faiss.index_factory(dim, "Flat", faiss.METRIC_INNER_PRODUCT))

    @classmethod
    def open(cls, path: Path) -> Self:
        """Opened by memory map. Raises RuntimeError where a file is no FAISS index."""
        cells = cells_path(path)
        opened = faiss.read_index(str(cells), faiss.IO_FLAG_MMAP) if cells.exists() else None
        return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC), opened, path)

    def save(self, path: Path, before: Path | None = None) -> None:
        """Write the vectors to `path`, and the cells, if there are enough vectors, beside it.

        Cells keep the centres of those that stand beside `before`, where as many are wanted.
        """
        faiss.write_index(self._index, str(path))
        if len(self) > EXACT_UP_TO:
            faiss.write_index(self._in_cells(before), str(cells_path(path)))

    @property
    def factory(self) -> str:
        """What FAISS's index factory calls it."""
        return factory(len(self))

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
        if self._cells is None or (allowed is not None and len(allowed) <= EXACT_UP_TO):
            numbers, cosines = _found(
                self._index, query, k, _selected(allowed, len(self), faiss.SearchParameters)
            )
            return numbers, self._possible(cosines)
        options = _selected(allowed, len(self), faiss.SearchParametersIVF)
        options.nprobe = math.ceil(self._cells.nlist * _VISITED)
        numbers, _ = _found(self._cells, query, _AGAIN * k, options)
        cosines = self.scores(query, numbers)
        best = np.lexsort((numbers, -cosines))[:k]
        return numbers[best], cosines[best]

    def scores(self, query: Vectors, numbers: Numbers) -> Vectors:
        """Float32 `(len(numbers),)`: the cosine of `query` `(dim,)` to each of these passages."""
        if not len(numbers):
            return np.zeros(0, np.float32)
        with np.errstate(all="ignore"):  # of numbers that are none, see below
            cosines = self._index.reconstruct_batch(numbers) @ query.reshape(-1)
        return self._possible(np.asarray(cosines, np.float32))

    def _possible(self, cosines: Vectors) -> Vectors:
        """Raises IndexMismatchError where vectors are not of unit length, or no numbers at all."""
        if self._file and not (np.abs(cosines) <= _LONGEST).all():
            raise damaged(
                self._file, f"vectors at cosine {float(np.abs(cosines).max()):.3g}, expected 1 at most"
            )
        return cosines

    def _in_cells(self, before: Path | None) -> Any:
        cells: Any = faiss.index_factory(self.dim, self.factory, faiss.METRIC_INNER_PRODUCT)
        known: Any = before and cells_path(before).exists() and faiss.read_index(str(cells_path(before)))
        if known and (known.nlist, known.d) == (cells.nlist, self.dim):
            cells = known
            cells.reset()
        else:
            count = min(len(self), _TRAIN * cells.nlist)
            sample = np.random.default_rng(0).choice(len(self), count, replace=False)
            cells.train(self._index.reconstruct_batch(np.sort(sample)))
        for first in range(0, len(self), EXACT_UP_TO):
            cells.add(self.rows(first, min(EXACT_UP_TO, len(self) - first)))
        return cells


def cells_path(path: Path) -> Path:
    """Where the cells lie of the vectors at `path`."""
    return path.with_suffix(".cells")


def factory(count: int) -> str:
    """The FAISS index that so many vectors are searched in: all of them, or cells of 8-bit codes."""
    if count <= EXACT_UP_TO:
        return "Flat"
    return f"IVF{2 ** round(math.log2(4 * math.sqrt(count)))},SQ8"


def _selected(allowed: Numbers | None, count: int, parameters: Any) -> Any:
    if allowed is None:
        return parameters()
    bits = np.zeros(count, bool)
    bits[allowed] = True
    selector: Any = faiss.IDSelectorBitmap
    return parameters(sel=selector(np.packbits(bits, bitorder="little")))


def _found(index: Any, query: Vectors, k: int, options: Any) -> tuple[Numbers, Vectors]:
    cosines, numbers = index.search(query.reshape(1, -1), k, params=options)
    found = numbers[0] >= 0
    return numbers[0][found].astype(np.int64), cosines[0][found]
