"""The whole flow of a question: QA.ask."""

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Lock, Thread
from time import perf_counter
from typing import TYPE_CHECKING, Self

from embeddings.backends.open import open_index, store
from embeddings.errors import QAError, QueryError
from embeddings.index.index import ArticleIndex
from embeddings.sources.source import Sources
from embeddings.types import Article, Encoder, Filter
from qa.answer.by_reading import READ
from qa.answer.judge import Judge, Judgement
from qa.answer.load_judge import DEFAULT_READER, SharedReader, load_judge, with_tuned
from qa.question.follow_up import readings
from qa.question.periods import Period, named_period
from qa.question.spelling import respelled
from qa.retrieval.editions import FIRST, other_years
from qa.retrieval.explain import Explanation, explain
from qa.retrieval.ranking import Query, Ranking, rank
from qa.retrieval.reranker import Reranker, reranked
from qa.types import RankedPassage, Result, Signals

if TYPE_CHECKING:
    from embeddings.build.options import BuildOptions
    from embeddings.build.report import Report

EVERYTHING = Filter()
_NEAR = 60
"""Passages whose days a result names."""
LONGEST = 2_000
"""Characters of a question."""
READ_OTHERWISE = 0.1
"""By how much `answerable` must rise for a question to be read otherwise than it stands."""


class QA:
    """Questions to one index.

    `QA.build(["seeds"], ".qa")` makes an index, `QA.open(".qa")` opens it; `ask` and `search` answer. Used in
    a `with`, it is closed at its end.
    """

    def __init__(
        self,
        index: ArticleIndex,
        reranker: Reranker | None = None,
        grouped: bool = True,
        reader: str | Judge | SharedReader = DEFAULT_READER,
        home: Path | None = None,
    ) -> None:
        self.index = index
        self._reader = reader
        self._home = home
        self._judge: Judge | None = None
        self._loading = Lock()
        self.reranker = reranker
        self.grouped = grouped

    @classmethod
    def open(
        cls,
        place: str | Path = ".qa",
        encoder: Encoder | None = None,
        reranker: Reranker | None = None,
        grouped: bool = True,
        reader: str | Judge | SharedReader = DEFAULT_READER,
    ) -> Self:
        """The index at `place`. Raises NoIndexError, IndexMismatchError or ModelError.

        A `reranker` scores the first passages again. If `grouped`, copies of one report take one place.
        `reader` marks the answer: `default`, `none`, or a question-answering model of transformers, a folder
        or one in the local hub cache; it is loaded when the first question is asked (ModelError then).
        """
        return cls(open_index(place, encoder), reranker, grouped, reader, store(place).home)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the index: nothing can be asked any more."""
        self.index.close()

    @staticmethod
    def build(sources: Sources, place: str | Path = ".qa", options: "BuildOptions | None" = None) -> "Report":
        """Make the index at `place` hold exactly the articles of `sources`; see `build_index`."""
        from embeddings.build.build import build_index  # who only asks need not wait for it
        from embeddings.build.options import DEFAULTS

        return build_index(sources, place, options or DEFAULTS)

    def rewrite(
        self, place: str | Path, change: Callable[[Article], Article] = lambda article: article
    ) -> "Report":
        """Write a copy of the index to `place`, each article as `change` returns it; see `copy_index`."""
        from embeddings.build.copy import copy_index

        return copy_index(self.index, place, change)

    @property
    def judge(self) -> Judge:
        """Who decides what answers: the reader, or hand-made signs without one. Raises ModelError."""
        with self._loading:
            if self._judge is None:
                self._judge = self._loaded()
            return self._judge

    def _loaded(self) -> Judge:
        if isinstance(self._reader, SharedReader):
            judge = self._reader.judge()
        elif isinstance(self._reader, str):
            judge = load_judge(self._reader)
        else:
            return self._reader
        return with_tuned(judge, self._home, self.index.manifest.encoder) if self._home else judge

    def prepare(self) -> None:
        """Begin to load what reads, beside whatever else is done before the first question's answer."""

        def load() -> None:
            with suppress(QAError):  # who asks is told
                self.judge  # noqa: B018

        Thread(target=load, name="reader").start()

    def ask(
        self, question: str, top_k: int = 5, narrow: Filter = EVERYTHING, before: Result | None = None
    ) -> Result:
        """The answer, an exact span or None, and the `top_k` passages ranked for `question`.

        With `before`, what was asked and answered before, words that `question` leaves out are carried over.
        A word that the corpus does not know is read as its nearest one, if more speaks for an answer then.
        `understood` says how the question was read. Raises QueryError for a question, number or filter that
        cannot be served.
        """
        started = perf_counter()
        narrow = self._known(narrow)
        _check(question, top_k, narrow)
        likelier, *others = (
            self._answer(question, text, top_k, narrow) for text in self._readings(question, before)
        )
        best = max(others, key=lambda result: result.answerable, default=likelier)
        chosen = best if best.answerable > likelier.answerable + READ_OTHERWISE else likelier
        return replace(chosen, ms=1000 * (perf_counter() - started))

    def _readings(self, question: str, before: Result | None) -> list[str]:
        """`question` as it stands, then the other ways to read it."""
        made = readings(question, before)
        spelled = [text for one in made if (text := respelled(self.index, _readable(one)))]
        return list(dict.fromkeys([*made, *spelled]))

    def _answer(self, question: str, understood: str, top_k: int, narrow: Filter) -> Result:
        query = self.query(understood, narrow)
        asked = query if understood == question else self.query(question, narrow)
        ranking = self.ranking(query, max(top_k, READ), narrow)
        judged = self.judge.judge(self.index, asked, query, ranking)
        return Result(
            question,
            understood,
            judged.answer,
            judged.answerable,
            self._passages(judged.ranking, top_k, narrow),
            ms=0.0,
            days=self._days(judged.ranking),
            agreeing=judged.agreeing,
            differing=judged.differing,
            other_years=self._other_years(judged),
        )

    def _other_years(self, judged: Judgement) -> tuple[Article, ...]:
        """Articles near the top on other years of what the answer, or the first passage, is about."""
        numbers = list(dict.fromkeys(judged.ranking.articles.tolist()))[:FIRST]
        named = self.index.catalog.articles(numbers)
        articles = [named[number] for number in numbers]
        if not articles:
            return ()
        return other_years(judged.answer.article if judged.answer else articles[0], articles)

    def _days(self, ranking: Ranking) -> tuple[str, ...]:
        days = self.index.catalog.days(ranking.articles[:_NEAR])
        return tuple(date.fromordinal(int(day)).isoformat() for day in days if not math.isnan(day))

    def search(self, text: str, top_k: int = 10, narrow: Filter = EVERYTHING) -> tuple[RankedPassage, ...]:
        """The `top_k` passages ranked for a question, a statement or words; errors as in `ask`."""
        narrow = self._known(narrow)
        _check(text, top_k, narrow)
        query = self.query(text, narrow)
        return self._passages(self.ranking(query, top_k, narrow), top_k, narrow)

    def why(self, question: str, article: str, narrow: Filter = EVERYTHING) -> Explanation:
        """Why `article` (its id, path, address or title) stands where it does for `question`.

        A reranker has no part in it: it reads what is ranked. Raises QueryError as `ask` does, and where
        several articles are called so.
        """
        narrow = self._known(narrow)
        _check(question, 1, narrow)
        return explain(self.index, self.query(question, narrow), article, narrow, self.grouped)

    def _known(self, narrow: Filter) -> Filter:
        """`narrow` with publishers as the corpus spells them. Raises QueryError for one that it has not."""
        if not narrow.sources:
            return narrow
        known = {name.casefold(): name for name in self.index.catalog.sources()}
        for name in narrow.sources:
            if name.casefold() not in known:
                some = ", ".join(list(known.values())[:8])
                raise QueryError(f"no article is from {name!r}; publishers are: {some or 'none'}")
        return replace(narrow, sources=tuple(known[name.casefold()] for name in narrow.sources))

    def query(self, text: str, narrow: Filter) -> Query:
        """`text` as the index reads it, on the day that `narrow` says."""
        text = _readable(text)
        as_of = date.fromisoformat(narrow.as_of) if narrow.as_of else None
        period = named_period(text, as_of) or (Period(as_of, as_of) if as_of else None)
        return Query(text, self.index.encoder.encode_query([text])[0], period)

    def ranking(self, query: Query, depth: int, narrow: Filter = EVERYTHING) -> Ranking:
        """Candidates for `query`, `depth` or more, best first, before anything is read."""
        ranking = rank(self.index, query, narrow, depth, self.grouped)
        return reranked(self.index, query, ranking, self.reranker) if self.reranker else ranking

    def _passages(self, ranking: Ranking, top_k: int, narrow: Filter) -> tuple[RankedPassage, ...]:
        catalog = self.index.catalog
        passages = catalog.passages(ranking.numbers[:top_k])
        return tuple(
            RankedPassage(
                place + 1,
                passage,
                float(ranking.scores[place]),
                Signals(**{name: float(values[place]) for name, values in ranking.signals.items()}),
                tuple(catalog.copies(int(ranking.articles[place]), narrow)) if self.grouped else (),
            )
            for place, passage in enumerate(passages)
        )


def _readable(text: str) -> str:
    """`text` without what models and word indexes cannot take: half characters and zeros."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()


def _check(text: str, top_k: int, narrow: Filter) -> None:
    if not any(character.isalnum() for character in text):
        raise QueryError("the question is empty: ask in words")
    if len(text) > LONGEST:
        raise QueryError(f"the question has {len(text)} characters, expected {LONGEST} at most: shorten it")
    if top_k < 1:
        raise QueryError(f"the number of passages is {top_k}, expected 1 or more")
    days = (("since", narrow.since), ("until", narrow.until), ("as of", narrow.as_of))
    for name, value in days:
        if value is not None and not _is_day(value):
            raise QueryError(f"{name} is {value!r}, expected a day such as 2022-11-30")
    if narrow.since and narrow.until and narrow.since > narrow.until:
        raise QueryError(f"since ({narrow.since}) is later than until ({narrow.until})")


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
