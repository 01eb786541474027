"""The whole flow of a question: QA.ask."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Self

from embeddings.building import Progress, Report
from embeddings.errors import QueryError
from embeddings.index import ArticleIndex
from embeddings.readers import Reading
from embeddings.types import Encoder, Filter
from qa.answering import THRESHOLD, answerable, found
from qa.ranking import Query, Ranking, rank
from qa.sentences import READ, score_sentences
from qa.types import RankedPassage, Result, Signals

EVERYTHING = Filter()
_LONGEST = 2_000


class QA:
    """Questions to one index.

    `QA.build(["seeds"], ".qa")` makes an index, `QA.open(".qa")` opens it; `ask` and `search` answer.
    """

    def __init__(self, index: ArticleIndex) -> None:
        self.index = index

    @classmethod
    def open(cls, folder: str | Path = ".qa", encoder: Encoder | None = None) -> Self:
        """The index in `folder`. Raises NoIndexError, IndexMismatchError or ModelError."""
        return cls(ArticleIndex.open(folder, encoder))

    @staticmethod
    def build(
        sources: Sequence[str | Path],
        folder: str | Path = ".qa",
        model: str | None = None,
        rebuild: bool = False,
        encoder: Encoder | None = None,
        progress: Callable[[Progress], None] = lambda _: None,
        reading: Reading | None = None,
    ) -> Report:
        """Make the index in `folder` hold exactly the articles of `sources`; see ArticleIndex.build."""
        return ArticleIndex.build(
            sources, folder, model, rebuild, encoder=encoder, progress=progress, reading=reading
        )

    def ask(self, question: str, top_k: int = 5, narrow: Filter = EVERYTHING) -> Result:
        """The answer, an exact span or None, and the `top_k` passages ranked for `question`.

        Raises QueryError for a question, number or filter that cannot be served.
        """
        started = perf_counter()
        narrow = self._known(narrow)
        query = self._query(question, top_k, narrow)
        ranking = rank(self.index, query, narrow, top_k)
        ranked = self._passages(ranking, max(top_k, READ))
        passages = [place.passage for place in ranked]
        sentences = score_sentences(self.index, query, passages, [place.score for place in ranked])
        evidence = found(self.index, query, ranking, passages, sentences)
        likely = answerable(evidence) if evidence else 0.0
        shown = (sentence.answer for sentence in sentences if sentence.answer.rank <= top_k)
        answer = next(shown, None) if likely >= THRESHOLD else None
        ms = 1000 * (perf_counter() - started)
        return Result(question, answer, likely, ranked[:top_k], ms)

    def search(self, text: str, top_k: int = 10, narrow: Filter = EVERYTHING) -> tuple[RankedPassage, ...]:
        """The `top_k` passages ranked for a question, a statement or words; errors as in `ask`."""
        narrow = self._known(narrow)
        query = self._query(text, top_k, narrow)
        return self._passages(rank(self.index, query, narrow, top_k), top_k)

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

    def _query(self, text: str, top_k: int, narrow: Filter) -> Query:
        _check(text, top_k, narrow)
        text = text.replace("\0", " ").encode("utf-8", "replace").decode()
        return Query(text, self.index.encoder.encode_query([text])[0])

    def _passages(self, ranking: Ranking, top_k: int) -> tuple[RankedPassage, ...]:
        passages = self.index.catalog.passages(ranking.numbers[:top_k])
        return tuple(
            RankedPassage(
                place + 1,
                passage,
                float(ranking.scores[place]),
                Signals(**{name: float(values[place]) for name, values in ranking.signals.items()}),
            )
            for place, passage in enumerate(passages)
        )


def _check(text: str, top_k: int, narrow: Filter) -> None:
    if not any(character.isalnum() for character in text):
        raise QueryError("the question is empty: ask in words")
    if len(text) > _LONGEST:
        raise QueryError(f"the question has {len(text)} characters, expected {_LONGEST} at most: shorten it")
    if top_k < 1:
        raise QueryError(f"the number of passages is {top_k}, expected 1 or more")
    for name, value in (("since", narrow.since), ("until", narrow.until)):
        if value is not None and not _is_day(value):
            raise QueryError(f"{name} is {value!r}, expected a day such as 2022-11-30")
    if narrow.since and narrow.until and narrow.since > narrow.until:
        raise QueryError(f"since ({narrow.since}) is later than until ({narrow.until})")


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
