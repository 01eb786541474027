"""Several indexes that are asked like one."""

from collections.abc import Callable, Sequence
from threading import RLock
from time import perf_counter
from typing import Self, TypeVar

from embeddings.errors import QueryError
from embeddings.types import Filter
from qa.answer.judge import Judge
from qa.answer.load_judge import DEFAULT_READER
from qa.corpora.merge import fitting, merged, merged_passages
from qa.corpora.models import Models
from qa.corpora.places import Given, Place, named_places
from qa.pipeline import EVERYTHING, QA
from qa.retrieval.reranker import Reranker
from qa.types import RankedPassage, Result

T = TypeVar("T")


class Corpora:
    """Questions to several indexes: to one of them by its name, or to all at once.

    `ask` and `search` are those of `QA`. Asked of all, each index answers for itself, and what comes back is
    the result that answers best, with the passages of all merged by rank (`qa.corpora.merge`). An index is
    opened when it is first asked; those that were made with the same model share it.
    """

    def __init__(
        self, corpora: Sequence[Place], models: Models, reranker: Reranker | None = None, grouped: bool = True
    ) -> None:
        self.corpora = tuple(corpora)
        self._models = models
        self._reranker = reranker
        self._grouped = grouped
        self._lock = RLock()
        self._open: dict[str, QA] = {}

    @classmethod
    def open(
        cls,
        given: Given,
        reranker: Reranker | None = None,
        grouped: bool = True,
        reader: str | Judge = DEFAULT_READER,
    ) -> Self:
        """The indexes at `given`, a folder of indexes standing for those in it; the rest as in `QA.open`.

        Raises NoIndexError, IndexMismatchError, and QAError where two have the same name or are the same.
        """
        return cls(named_places(given), Models(reader), reranker, grouped)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close those that are open; what is asked next opens them again."""
        with self._lock:
            for qa in self._open.values():
                qa.close()
            self._open.clear()

    @property
    def names(self) -> tuple[str, ...]:
        """What they are called, in the order in which they were given."""
        return tuple(one.name for one in self.corpora)

    def __getitem__(self, name: str) -> QA:
        """The index that is called `name`, opened. Raises QueryError where none is."""
        [found] = chosen(self.names, name)
        with self._lock:
            if found not in self._open:
                place = next(one.place for one in self.corpora if one.name == found)
                self._open[found] = self._models.open(place, self._reranker, self._grouped)
            return self._open[found]

    def prepare(self) -> None:
        """Begin to load what reads, as `QA.prepare` does."""
        self[self.names[0]].prepare()

    def ask(
        self,
        question: str,
        top_k: int = 5,
        narrow: Filter = EVERYTHING,
        before: Result | None = None,
        corpus: str | None = None,
    ) -> Result:
        """What `QA.ask` returns, of the index called `corpus`, or of all; each says from which it is.

        A publisher need be known to one of them only. Errors as in `QA.ask`.
        """
        started = perf_counter()
        results = self._each(narrow, corpus, lambda qa, narrow: qa.ask(question, top_k, narrow, before))
        return merged(results, top_k, 1000 * (perf_counter() - started))

    def search(
        self, text: str, top_k: int = 10, narrow: Filter = EVERYTHING, corpus: str | None = None
    ) -> tuple[RankedPassage, ...]:
        """What `QA.search` returns, likewise."""
        found = self._each(narrow, corpus, lambda qa, narrow: qa.search(text, top_k, narrow))
        return merged_passages(found, top_k)

    def _each(
        self, narrow: Filter, corpus: str | None, work: Callable[[QA, Filter], T]
    ) -> list[tuple[str, T]]:
        names = chosen(self.names, corpus)
        publishers = {
            name: list(self[name].index.catalog.sources()) if narrow.sources else [] for name in names
        }
        return [(name, work(self[name], fit)) for name, fit in fitting(narrow, publishers).items()]


def chosen(names: Sequence[str], corpus: str | None) -> tuple[str, ...]:
    """Of `names` the one that is meant by `corpus`, or all without any. Raises QueryError for another."""
    if not corpus:
        return tuple(names)
    found = tuple(name for name in names if name.casefold() == corpus.casefold())
    if not found:
        raise QueryError(f"no corpus is called {corpus!r}; there are: {', '.join(names)}")
    return found
