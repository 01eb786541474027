"""One generation on Milvus, open for reading: vectors, and words."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from embeddings.backends.milvus.connection import MOST, Connection, milvus_errors
from embeddings.backends.milvus.schema import as_word, condition
from embeddings.errors import IndexMismatchError
from embeddings.text.terms import Terms
from embeddings.types import Filter, Numbers, Vectors

_AT_ONCE = 1_000
_STRETCH = 50
"""Articles that are fetched together."""
_PIECES = 500
"""Rows of one article that are fetched together: some 30 MB."""


class Collection:
    """One collection: every read of it, with Milvus's errors as ours."""

    def __init__(self, connection: Connection, name: str) -> None:
        self._connection = connection
        self.name = name

    def count(self, filter: str = "") -> int:
        """The number of rows that `filter` lets through. Raises QAError."""
        with milvus_errors(self._connection.address):
            rows = self._client.query(
                self.name, filter=filter, output_fields=["count(*)"], consistency_level="Strong"
            )
        return int(rows[0]["count(*)"])

    def rows(self, field: str, values: Sequence[int | str], fields: list[str], also: str = "") -> list[Any]:
        """The rows in which `field` has one of `values`."""
        found: list[Any] = []
        for first in range(0, len(values), _AT_ONCE):
            some = list(values[first : first + _AT_ONCE])
            with milvus_errors(self._connection.address):
                wanted = f"{field} in {some}".replace("'", '"') + also
                found += self._client.query(self.name, filter=wanted, output_fields=fields, limit=MOST)
        return found

    def every(self, count: int, fields: list[str], also: str = "") -> Iterator[Any]:
        """The rows of the numbers below `count`, by number and piece."""
        for first in range(0, count, _STRETCH):
            yield from self.stretch(first, min(count, first + _STRETCH), fields, also)

    def stretch(self, first: int, stop: int, fields: list[str], also: str = "") -> list[Any]:
        """The rows of the numbers from `first` to before `stop`, by number and piece."""
        wanted = f"number >= {first} and number < {stop}{also}"
        with milvus_errors(self._connection.address):
            rows = self._client.query(self.name, filter=wanted, output_fields=fields, limit=MOST)
        if len(rows) == MOST:  # there may be more
            if stop - first == 1:
                return list(self.pieces(first, fields, also))
            middle = (first + stop) // 2
            return self.stretch(first, middle, fields, also) + self.stretch(middle, stop, fields, also)
        return sorted(rows, key=lambda row: (int(row["number"]), int(row.get("piece", 0))))

    def pieces(self, number: int, fields: list[str], also: str = "") -> Iterator[Any]:
        """The rows of one article, a few at a time: Milvus answers with so many megabytes, not more."""
        piece = 0
        while True:
            last = piece + _PIECES
            with milvus_errors(self._connection.address):
                rows = self._client.query(
                    self.name,
                    filter=f"number == {number} and piece >= {piece} and piece < {last}{also}",
                    output_fields=fields,
                    limit=_PIECES,
                )
            yield from sorted(rows, key=lambda row: int(row["piece"]))
            if len(rows) < _PIECES:
                return
            piece = last

    def search(self, field: str, data: Any, k: int, filter: str, out: str) -> tuple[Numbers, Vectors]:
        """Field `out` and score of the `k` rows nearest to `data`, best first; equals by number."""
        k = min(k, MOST)
        if k <= 0:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        options = {"params": {"ef": min(MOST, max(2 * k, 64))}} if field == "vector" else {}
        with milvus_errors(self._connection.address):
            [hits] = self._client.search(
                self.name,
                [data],
                anns_field=field,
                limit=k,
                filter=filter,
                output_fields=[out],
                search_params=options,
            )
        numbers = np.array([hit["entity"][out] for hit in hits], np.int64)
        # Milvus Lite says how far, and servers how near.
        scores = np.array([hit["distance"] for hit in hits], np.float32)
        scores = np.abs(scores) if field == "words" else scores
        order = np.lexsort((numbers, -scores))
        return numbers[order], scores[order]

    @property
    def _client(self) -> Any:
        return self._connection.client


class MilvusVectors:
    """Inner products of unit vectors, that is cosines; a passage's number is its key.

    Which are nearest is exact where the index is `FLAT`; in an `HNSW` some may be missed.
    """

    def __init__(self, passages: Collection, count: int, dim: int, remedy: str) -> None:
        self._passages = passages
        self._count = count
        self._remedy = remedy
        self.dim = dim

    def __len__(self) -> int:
        return self._count

    def rows(self, first: int, count: int) -> Vectors:
        return self._of(np.arange(first, first + count))

    def search(self, query: Vectors, k: int, narrow: Filter | None = None) -> tuple[Numbers, Vectors]:
        return self._passages.search("vector", query.reshape(-1), k, condition(narrow), "number")

    def scores(self, query: Vectors, numbers: Numbers) -> Vectors:
        return np.asarray(self._of(numbers) @ query.reshape(-1), np.float32)

    def _of(self, numbers: Numbers) -> Vectors:
        vectors = np.zeros((len(numbers), self.dim), np.float32)
        found = self._passages.rows("number", [int(n) for n in numbers], ["number", "vector"])
        at = {int(row["number"]): row["vector"] for row in found}
        for place, number in enumerate(numbers):
            if int(number) not in at:
                raise IndexMismatchError(f"{self._passages.name} has no vector {number}: {self._remedy}")
            vectors[place] = at[int(number)]
        return vectors


class MilvusTerms(Terms):
    """How rare terms are, but no search for them: for a server that has none, and nothing beside it."""

    def __init__(self, counts: Collection, kind: str, count: int, languages: Sequence[str]) -> None:
        super().__init__(languages)
        self._counts = counts
        self._kind = kind
        self._count = count

    def __len__(self) -> int:
        return self._count

    def frequencies(self, terms: Sequence[str]) -> list[int]:
        rows = self._counts.rows("term", list(dict.fromkeys(terms)), ["term", self._kind])
        known = {row["term"]: int(row[self._kind]) for row in rows}
        return [known.get(term, 0) for term in terms]

    def near(self, term: str, edits: int, k: int) -> Numbers:  # noqa: ARG002
        """None: Milvus looks for terms as they are."""
        return np.zeros(0, np.int64)

    def search(self, text: str, k: int, narrow: Filter | None = None) -> tuple[Numbers, Vectors]:  # noqa: ARG002
        return np.zeros(0, np.int64), np.zeros(0, np.float32)

    def scores(self, text: str, numbers: Numbers) -> Vectors:  # noqa: ARG002
        return np.zeros(len(numbers), np.float32)


class MilvusWords(MilvusTerms):
    """BM25 as Milvus computes it (k1 1.2, b 0.75), over the terms of our own analyzer."""

    def __init__(
        self, units: Collection, counts: Collection, kind: str, count: int, languages: Sequence[str]
    ) -> None:
        super().__init__(counts, kind, count, languages)
        self._units = units

    def search(self, text: str, k: int, narrow: Filter | None = None) -> tuple[Numbers, Vectors]:
        return self._best(text, min(k, len(self)), condition(narrow))

    def scores(self, text: str, numbers: Numbers) -> Vectors:
        scores = np.zeros(len(numbers), np.float32)
        for first in range(0, len(numbers), _AT_ONCE):
            some = numbers[first : first + _AT_ONCE]
            found, values = self._best(text, MOST, f"number in {[int(n) for n in some]}")
            order = np.argsort(some)
            scores[first + order[np.searchsorted(some, found, sorter=order)]] = values
        return scores

    def _best(self, text: str, k: int, filter: str) -> tuple[Numbers, Vectors]:
        """Of a long article several pieces may match: the best one counts."""
        terms = self.terms(text)
        if not terms:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        numbers, scores = self._units.search("words", " ".join(map(as_word, terms)), k, filter, "number")
        _, firsts = np.unique(numbers, return_index=True)
        best = np.sort(firsts)
        return numbers[best], scores[best]
