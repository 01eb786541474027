"""One result from those of several corpora, and the filter that each of them can serve.

Each corpus is asked for itself, with its own encoder and its own calibration. `answerable` is a probability
in each, so that answers can be put in order by it. Scores are not: they rest on how rare a word is in that
corpus, and on that encoder's cosines. So passages are merged by rank: the first of each corpus, then the
second of each, the corpus with the answer before the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain, zip_longest

from embeddings.errors import QueryError
from embeddings.types import Filter
from qa.types import Answer, CorpusAnswer, RankedPassage, Result

_NAMED = 8
"""Publishers that are named where one is not known."""


def merged(results: Sequence[tuple[str, Result]], top_k: int, ms: float) -> Result:
    """The result that answers best, with the passages of all and what each corpus says.

    `results` are those of one question, each with its corpus's name. The passage with the answer has a place
    among the `top_k`, wherever it had one in its own corpus.
    """
    marked = [(name, _of_corpus(name, result)) for name, result in results]
    order = sorted(marked, key=lambda one: (one[1].answer is None, -one[1].answerable))
    best = order[0][1]
    passages = _interleaved([result.passages for _, result in order])
    ranked = _ranked_again(_first(passages, top_k, best.answer))
    return replace(
        best,
        answer=best.answer and _again(best.answer, ranked),
        agreeing=tuple(_again(answer, ranked) for answer in best.agreeing),
        differing=tuple(_again(answer, ranked) for answer in best.differing),
        passages=ranked,
        days=tuple(chain.from_iterable(result.days for _, result in order)),
        ms=ms,
        corpora=tuple(said for _, result in order for said in result.corpora),
    )


def merged_passages(
    found: Sequence[tuple[str, Sequence[RankedPassage]]], top_k: int
) -> tuple[RankedPassage, ...]:
    """The passages of all corpora by their ranks, in the order of `found` where these are the same."""
    marked = [[replace(one, corpus=name) for one in passages] for name, passages in found]
    return _ranked_again(_interleaved(marked)[:top_k])


def fitting(narrow: Filter, publishers: Mapping[str, Sequence[str]]) -> dict[str, Filter]:
    """`narrow` as each corpus can serve it; one that has none of the publishers asked for is left out.

    `publishers` are those of each corpus. Raises QueryError for one that none of them has.
    """
    if not narrow.sources:
        return dict.fromkeys(publishers, narrow)
    known = {name: {source.casefold() for source in sources} for name, sources in publishers.items()}
    for source in narrow.sources:
        if not any(source.casefold() in of for of in known.values()):
            named = list(dict.fromkeys(chain.from_iterable(publishers.values())))[:_NAMED]
            raise QueryError(f"no article is from {source!r}; publishers are: {', '.join(named) or 'none'}")
    return {
        name: replace(narrow, sources=held)
        for name, of in known.items()
        if (held := tuple(source for source in narrow.sources if source.casefold() in of))
    }


def _of_corpus(name: str, result: Result) -> Result:
    """`result` with the corpus named wherever something is from it."""

    def named(answer: Answer) -> Answer:
        return replace(answer, corpus=name)

    answer = result.answer and named(result.answer)
    return replace(
        result,
        answer=answer,
        agreeing=tuple(map(named, result.agreeing)),
        differing=tuple(map(named, result.differing)),
        passages=tuple(replace(one, corpus=name) for one in result.passages),
        corpora=(CorpusAnswer(name, result.answerable, answer),),
    )


def _interleaved(of_each: Sequence[Sequence[RankedPassage]]) -> list[RankedPassage]:
    return [one for same_rank in zip_longest(*of_each) for one in same_rank if one]


def _first(passages: Sequence[RankedPassage], top_k: int, answer: Answer | None) -> list[RankedPassage]:
    """The first `top_k`, the last of them giving way to the one that holds the answer."""
    shown = list(passages[:top_k])
    holding = next((at for at, one in enumerate(passages) if one.holds(answer)), 0)
    return [*shown[:-1], passages[holding]] if holding >= top_k else shown


def _ranked_again(passages: Sequence[RankedPassage]) -> tuple[RankedPassage, ...]:
    return tuple(replace(one, rank=rank) for rank, one in enumerate(passages, 1))


def _again(answer: Answer, passages: Sequence[RankedPassage]) -> Answer:
    """`answer` with the rank that its passage has now, where that is shown."""
    return replace(answer, rank=next((one.rank for one in passages if one.holds(answer)), answer.rank))
