"""Answers by a reader: what it marks in the best passages, weighed with how well these rank."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from embeddings.index.index import ArticleIndex
from qa.answer.candidates import Candidate, candidates
from qa.answer.evidence import (
    DEFAULT_TUNING,
    WIDEST,
    Read,
    Tuning,
    answerable,
    clipped,
    evidence_for,
    features,
    surroundings,
    weighted,
)
from qa.answer.fits_period import fits
from qa.answer.judge import Judgement
from qa.answer.reader import Reader
from qa.answer.short_answer import answer_words
from qa.retrieval.coverage import Coverage
from qa.retrieval.ranking import Query, Ranking
from qa.types import Answer

READ = 6
"""Passages that are read, however many are shown: ten answer no better (`benchmarks/README.md`, Reading)."""
_LIKELY = 1.0
"""The reader's score from which another article's answer is shown beside the first."""
_SHOWN = 3
"""Other answers, at most."""


class ByReading:
    """A Judge that has a reader read."""

    def __init__(self, reader: Reader, tuning: Tuning = DEFAULT_TUNING) -> None:
        self.name = reader.name
        self.fingerprint = reader.fingerprint
        self._reader = reader
        self._tuning = tuning

    def tuned(self, tuning: Tuning) -> "ByReading":
        """The same reader, weighed otherwise."""
        return ByReading(self._reader, tuning)

    def judge(self, index: ArticleIndex, asked: Query, query: Query, ranking: Ranking) -> Judgement:  # noqa: ARG002
        read = self.read(index, query, ranking)
        if not read.found:
            return Judgement(ranking, None, 0.0)
        order = sorted(range(len(read.found)), key=lambda at: -weighted(read.rows[at], self._tuning.weights))
        evidence = evidence_for(read, order[0])
        reordered, places = _again(ranking, read.found, self._tuning.ranking_gain)
        chance = answerable(evidence, self._tuning)
        if chance < self._tuning.threshold:
            return Judgement(reordered, None, chance)
        answers = [read.found[at].answer for at in order]
        found = [
            replace(read.found[at], answer=replace(answer, rank=places[answer.rank]))
            for at, answer in zip(order, answers, strict=True)
        ]
        return Judgement(reordered, found[0].answer, chance, _agreeing(found), _differing(found))

    def read(self, index: ArticleIndex, query: Query, ranking: Ranking) -> Read:
        """The candidates in the first passages of `ranking`, with their features."""
        passages = index.catalog.passages(ranking.numbers[:READ])
        spans = self._reader.read(query.text, passages)
        coverage = Coverage.of(query.text, index.article_words)
        scores = [float(score) for score in ranking.scores[:READ]]
        found = [one for one in candidates(passages, scores, spans) if fits(query, one.answer)]
        rows = features(coverage, passages, found)
        return Read(found, rows, surroundings(index, query, ranking, coverage, passages))


def _again(ranking: Ranking, found: Sequence[Candidate], gain: float) -> tuple[Ranking, dict[int, int]]:
    """`ranking` with what was read in a new order, and the new rank of each old one; both from 1."""
    best: dict[int, float] = defaultdict(lambda: -WIDEST)
    for one in found:
        best[one.answer.rank] = max(best[one.answer.rank], clipped(one.span))
    read = min(READ, len(ranking))
    gains = np.zeros(len(ranking), np.float32)
    gains[:read] = [gain * (best[rank] + WIDEST) for rank in range(1, read + 1)]
    reordered = ranking.again(gains, "reader")
    new = {int(number): rank for rank, number in enumerate(reordered.numbers, 1)}
    return reordered, {rank: new[int(number)] for rank, number in enumerate(ranking.numbers, 1)}


def _agreeing(found: Sequence[Candidate]) -> tuple[Answer, ...]:
    """The first short answer as other articles give it."""
    said = answer_words(found[0].answer.short_text)
    return tuple(one.answer for one in _of_others(found) if answer_words(one.answer.short_text) == said)


def _differing(found: Sequence[Candidate]) -> tuple[Answer, ...]:
    """What other articles answer instead: neither holds the other's words."""
    said = set(answer_words(found[0].answer.short_text).split())
    others: dict[str, Answer] = {}
    for one in _of_others(found):
        words = answer_words(one.answer.short_text)
        apart = not (said <= set(words.split()) or said >= set(words.split()))
        if apart and one.span >= _LIKELY and len(others) < _SHOWN:
            others.setdefault(words, one.answer)
    return tuple(sorted(others.values(), key=lambda answer: answer.article.date or "", reverse=True))


def _of_others(found: Sequence[Candidate]) -> list[Candidate]:
    """The best candidate of each article but the first one's."""
    best: dict[str, Candidate] = {}
    for one in found:
        best.setdefault(one.answer.article.id, one)
    return list(best.values())[1:]
