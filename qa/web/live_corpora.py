"""All that the page answers from: one index, or several side by side."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import Any, Self

from embeddings.backends.info import describe
from embeddings.errors import IndexMismatchError, ModelError, NoIndexError, QAError, QueryError
from embeddings.types import Article, Filter
from qa.answer.load_judge import DEFAULT_READER
from qa.corpora.corpora import chosen
from qa.corpora.merge import fitting, merged, merged_passages
from qa.corpora.models import Models
from qa.corpora.places import Given, Place, named_places
from qa.types import RankedPassage, Result
from qa.web.live import LiveQA
from qa.web.turns import Turn

log = logging.getLogger(__name__)


class LiveCorpora:
    """The open indexes by name; `corpus` is one of these, or empty for all.

    One index alone answers as `LiveQA` does. Of several, each is opened when it is first asked, what comes
    back says from which corpus it is, and what keeps one from being read is told to the log, by name only to
    who asks.
    """

    def __init__(self, corpora: Sequence[tuple[Place, LiveQA]]) -> None:
        self.places = tuple(place for place, _ in corpora)
        self._live = {place.name: live for place, live in corpora}

    @classmethod
    def of(cls, given: Given, reader: str = DEFAULT_READER) -> Self:
        """The indexes at `given`. Raises what `named_places` raises."""
        models, places = Models(reader), named_places(given)
        names = [at.name if len(places) > 1 else "" for at in places]
        return cls(
            [(at, LiveQA(at.place, reader, models, name)) for at, name in zip(places, names, strict=True)]
        )

    @property
    def names(self) -> tuple[str, ...]:
        """What they are called."""
        return tuple(self._live)

    @property
    def several(self) -> bool:
        """Whether there is more than one."""
        return len(self._live) > 1

    @property
    def each(self) -> tuple[LiveQA, ...]:
        """The indexes, in the order in which they were given."""
        return tuple(self._live.values())

    def chosen(self, corpus: str | None) -> dict[str, LiveQA]:
        """The index that is called so, or all. Raises QueryError where none is."""
        return {name: self._live[name] for name in chosen(self.names, corpus)}

    def ask(
        self,
        question: str,
        top_k: int,
        narrow: Filter,
        before: Result | None = None,
        corpus: str | None = None,
    ) -> Turn:
        """A turn of a conversation, after `before`. Raises QAError."""
        wanted = self.chosen(corpus)
        if not self.several:
            return self.each[0].ask(question, top_k, narrow, before)
        result, terms = self._merged(question, top_k, narrow, before, wanted)
        return Turn(question, narrow, result, terms, corpus=next(iter(wanted)) if corpus else None)

    def result(
        self, question: str, top_k: int, narrow: Filter, after: str | None = None, corpus: str | None = None
    ) -> Result:
        """What `QA.ask` returns, asked after the question `after`. Raises QAError."""
        wanted = self.chosen(corpus)
        if not self.several:
            return self.each[0].result(question, top_k, narrow, after)
        before = self._merged(after, 5, narrow, None, wanted)[0] if after else None
        return self._merged(question, top_k, narrow, before, wanted)[0]

    def passages(
        self, text: str, top_k: int, narrow: Filter, corpus: str | None = None
    ) -> tuple[RankedPassage, ...]:
        """What `QA.search` returns. Raises QAError."""
        wanted = self.chosen(corpus)
        if not self.several:
            return self.each[0].passages(text, top_k, narrow)
        found = []
        for name, fit in self._fitting(narrow, wanted).items():
            with self._naming(name):
                found.append((name, self._live[name].passages(text, top_k, fit)))
        return merged_passages(found, top_k)

    def articles(self, corpus: str | None = None) -> tuple[tuple[str | None, Article], ...]:
        """Every article without its text, newest first, with its corpus where there are several."""
        wanted = self.chosen(corpus)
        if not self.several:
            return tuple((None, article) for article in self.each[0].articles())
        found: list[tuple[str | None, Article]] = []
        for name, live in wanted.items():
            with self._naming(name):
                found += [(name, article) for article in live.articles()]
        return tuple(sorted(found, key=lambda one: one[1].date or "", reverse=True))

    def article(self, id: str, corpus: str | None = None) -> tuple[str | None, Article] | None:
        """The whole article of this id, with its corpus where there are several; None where there is none.

        Raises QueryError where several corpora have one of this id.
        """
        found: list[tuple[str, Article]] = []
        for name, live in self.chosen(corpus).items():
            with self._naming(name):
                if article := live.article(id):
                    found.append((name, article))
        if len(found) > 1:
            raise QueryError(f"{id!r} stands in {', '.join(name for name, _ in found)}: say which corpus")
        return (found[0][0] if self.several else None, found[0][1]) if found else None

    def described(self, corpus: str | None = None) -> list[dict[str, Any]]:
        """What `describe` says of each. Raises QAError."""
        found = []
        for name, live in self.chosen(corpus).items():
            with self._naming(name):
                found.append({**describe(live.place), "name": name})
        return found

    def info(self, corpus: str | None = None) -> dict[str, Any]:
        """The same of one corpus, or of all as if they were one. Raises QAError."""
        found = self.described(corpus)
        return found[0] if len(found) == 1 else _together(found)

    def warm(self) -> None:
        """Load what the first question would have to wait for: of several, what the first index needs."""
        self.each[0].warm()

    def close(self) -> None:
        """Close those that are open; what is asked next opens them again."""
        for live in self.each:
            live.close()

    def _merged(
        self, question: str, top_k: int, narrow: Filter, before: Result | None, wanted: dict[str, LiveQA]
    ) -> tuple[Result, frozenset[str]]:
        """One result of all that are `wanted`, and the rare words of the question in any of them."""
        started = perf_counter()
        results: list[tuple[str, Result]] = []
        terms: set[str] = set()
        for name, fit in self._fitting(narrow, wanted).items():
            with self._naming(name):
                turn = wanted[name].ask(question, top_k, fit, before)
            terms |= turn.terms
            results += [(name, turn.result)] if turn.result else []
        return merged(results, top_k, 1000 * (perf_counter() - started)), frozenset(terms)

    def _fitting(self, narrow: Filter, wanted: dict[str, LiveQA]) -> dict[str, Filter]:
        publishers: dict[str, Sequence[str]] = {}
        for name, live in wanted.items():
            with self._naming(name):
                publishers[name] = live.publishers() if narrow.sources else ()
        return fitting(narrow, publishers)

    @contextmanager
    def _naming(self, name: str) -> Iterator[None]:
        """Who asks several is told which cannot be read, not where it lies."""
        try:
            yield
        except (NoIndexError, IndexMismatchError, ModelError) as error:
            if not self.several:
                raise
            log.warning("%s: %s", name, error)
            raise QAError(f"{name} cannot be read now; why is said where the page was started") from None


def _together(described: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What several corpora hold, as if they were one."""
    sources: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    for one in described:
        sources.update(one["sources"])
        languages.update(one["languages"])
    return {
        "name": ", ".join(one["name"] for one in described),
        "description": "",
        **{what: sum(one[what] for one in described) for what in ("articles", "passages", "bytes")},
        "since": min((one["since"] for one in described if one["since"]), default=None),
        "until": max((one["until"] for one in described if one["until"]), default=None),
        "sources": dict(sources.most_common()),
        "languages": dict(languages.most_common()),
        "model": ", ".join(dict.fromkeys(one["model"] for one in described)),
        "created": max(one["created"] for one in described),
    }
