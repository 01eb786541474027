"""Weights of answering fitted to a corpus, an encoder and a reader: candidates, chances, threshold, rank."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import QAError
from embeddings.types import Filter
from qa.answer.by_reading import READ, ByReading
from qa.answer.evidence import (
    DEFAULT_TUNING,
    WIDEST,
    Evidence,
    Features,
    Read,
    Tuning,
    answerable,
    clipped,
    evidence_for,
    weighted,
)
from qa.answer.tuned import FILE, Tuned, write_tuned
from qa.evaluation.calibration import calibration_error
from qa.evaluation.metrics import holds_answer, overlap
from qa.evaluation.questions import Question, read_questions
from qa.pipeline import QA

Array = NDArray[np.float64]
_PENALTY = 1e-2
_FOLDS = 5
_GAINS = (0.0, 0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.06, 0.08)
_WRONG = 0.25
"""Share of questions without an answer that may be answered: the threshold is where this is reached."""


@dataclass(frozen=True, slots=True)
class Case:
    """A question, with what was read for it."""

    question: Question
    read: Read
    right: NDArray[np.bool_]
    """Whether each candidate's sentence is of a relevant article and holds an answer."""
    articles: list[str]
    """Of the passages that were read, in their order."""
    scores: Array
    """Of these passages, before they were read."""


def collect(qa: QA, questions: Iterable[Question]) -> list[Case]:
    """What is read for each question. Raises QAError without a reader."""
    judge = qa.judge
    if not isinstance(judge, ByReading):
        raise QAError("without a reader there is nothing to tune: leave out --reader none")
    return [_case(qa, judge, question) for question in questions]


def _case(qa: QA, judge: ByReading, question: Question) -> Case:
    query = qa.query(question.question, Filter())
    ranking = qa.ranking(query, READ)
    read = judge.read(qa.index, query, ranking)
    right = [holds_answer(question, one.answer.to_json()) for one in read.found]
    passages = qa.index.catalog.passages(ranking.numbers[:READ])
    return Case(
        question,
        read,
        np.array(right, np.bool_),
        [passage.article.id for passage in passages],
        np.asarray(ranking.scores[:READ], np.float64),
    )


def fitted(cases: Sequence[Case]) -> Tuning:
    """The weights that suit `cases` best. Raises QAError where one of both kinds of question is missing."""
    kinds = {bool(case.question.relevant) for case in cases if case.read.found}
    if kinds != {True, False} or not any(case.right.any() for case in cases):
        raise QAError(
            "to tune takes questions with `relevant` and `answers` that are found, and some that the corpus "
            "does not answer: add --unanswerable U.jsonl"
        )
    weights = Features(*_candidate_weights(cases))
    chances, bias = _chance_weights(cases, weights)
    tuning = Tuning(weights, chances, bias, 0.5, 0.0)
    gain = max(
        _GAINS,
        key=lambda gain: (_success([(case, replace(tuning, ranking_gain=gain)) for case in cases]), -gain),
    )
    wrong = [_chance(case, tuning) for case in cases if not case.question.relevant]
    threshold = float(np.quantile(wrong, 1 - _WRONG)) if wrong else 0.5
    return replace(tuning, ranking_gain=gain, threshold=round(threshold, 2))


def _candidate_weights(cases: Sequence[Case]) -> Array:
    """Weights that make right sentences likely: softmax over the candidates of each question."""
    from scipy.optimize import minimize

    known = [(_rows(case), case.right) for case in cases if case.right.any()]

    def loss(weights: Array) -> tuple[float, Array]:
        total, slope = 0.0, np.zeros_like(weights)
        for rows, right in known:
            scores = rows @ weights
            chances = np.exp(scores - scores.max())
            chances /= chances.sum()
            good = chances * right
            total -= np.log(good.sum() + 1e-12)
            slope += rows.T @ (chances - good / (good.sum() + 1e-12))
        count = len(known)
        return float(total / count + _PENALTY * weights @ weights), slope / count + 2 * _PENALTY * weights

    start = np.zeros(len(fields(Features)))
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x)


def _rows(case: Case) -> Array:
    return np.array([astuple(row) for row in case.read.rows], np.float64)


def _chance_weights(cases: Sequence[Case], weights: Features) -> tuple[Evidence, float]:
    """Logistic regression of whether the corpus answers; both kinds of each size of corpus weigh alike."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    known = [case for case in cases if case.read.found]
    rows = np.array([astuple(evidence_for(case.read, _best(case, weights))) for case in known])
    kinds = np.array([bool(case.question.relevant) for case in known])
    share = np.where(kinds, 0.5 / kinds.sum(), 0.5 / (~kinds).sum()) * len(kinds)
    scaler = StandardScaler().fit(rows)
    model = LogisticRegression(C=0.3).fit(scaler.transform(rows), kinds, sample_weight=share)
    slopes = model.coef_[0] / scaler.scale_
    return Evidence(*slopes), float(model.intercept_[0] - scaler.mean_ @ slopes)


def _best(case: Case, weights: Features) -> int:
    return max(range(len(case.read.rows)), key=lambda at: weighted(case.read.rows[at], weights))


def _chance(case: Case, tuning: Tuning) -> float:
    if not case.read.found:
        return 0.0
    return answerable(evidence_for(case.read, _best(case, tuning.weights)), tuning)


def _success(pairs: Sequence[tuple[Case, Tuning]]) -> float:
    """Success@1 among the passages that were read."""
    judged = [(case, tuning) for case, tuning in pairs if case.question.relevant]
    return float(np.mean([_first(case, tuning) in case.question.relevant for case, tuning in judged]))


def _first(case: Case, tuning: Tuning) -> str:
    if not case.articles:
        return ""
    gains = np.zeros(len(case.articles))
    for one in case.read.found:
        at = one.answer.rank - 1
        gains[at] = max(gains[at], clipped(one.span) + WIDEST)
    return case.articles[int(np.argmax(case.scores + tuning.ranking_gain * gains))]


def figures(pairs: Sequence[tuple[Case, Tuning]]) -> str:
    """Success@1, the sentence, the short answer and how "no" is said, each case by its own tuning."""
    from sklearn.metrics import roc_auc_score

    kinds = np.array([bool(case.question.relevant) for case, _ in pairs])
    chances = np.array([_chance(case, tuning) for case, tuning in pairs])
    given = chances >= np.array([tuning.threshold for _, tuning in pairs])
    right, always, short = [], [], []
    for (case, tuning), answered in zip(pairs, given, strict=True):
        if not case.question.relevant:
            continue
        best = _best(case, tuning.weights) if case.read.found else None
        good = best is not None and bool(case.right[best])
        always.append(good)
        right.append(good and answered)
        text = case.read.found[best].answer.short_text if best is not None and answered else ""
        short.append(max((overlap(text, known) for known in case.question.answers), default=0.0))
    unread = _success([(case, replace(tuning, ranking_gain=0.0)) for case, tuning in pairs])
    said = (
        f"Success@1 {unread:.3f}, read {_success(pairs):.3f}, sentence {np.mean(right):.3f} "
        f"(were all answered {np.mean(always):.3f}), F1 {np.mean(short):.3f}"
    )
    if kinds.all():
        return said
    share = np.where(kinds, 0.5 / kinds.sum(), 0.5 / (~kinds).sum())
    error = calibration_error(kinds.astype(float), chances, share)
    return (
        f"{said}; AUROC {roc_auc_score(kinds, chances):.3f}, calibration error {error:.3f}, "
        f"answered {given[kinds].mean():.2f}, wrongly {given[~kinds].mean():.2f}"
    )


def cross_validated(cases: Sequence[Case]) -> str:
    """Figures on questions that had no part in the fit: a fifth is left out in turn."""
    from sklearn.model_selection import StratifiedKFold

    kinds = np.array([bool(case.question.relevant) for case in cases])
    pairs: list[tuple[Case, Tuning]] = []
    for train, test in StratifiedKFold(_FOLDS, shuffle=True, random_state=0).split(kinds, kinds):
        tuning = fitted([cases[at] for at in train])
        pairs += [(cases[at], tuning) for at in test]
    return figures(pairs)


def tune(qa: QA, home: Path, questions: str, unanswerable: str | None = None) -> Iterator[str]:
    """Fit `qa`'s weights to judged questions and keep them in `home`; yields what was measured.

    Raises SourceError for files that are not as expected, QAError where there is nothing to fit to.
    """
    every = [*read_questions(questions), *(read_questions(unanswerable) if unanswerable else [])]
    cases = collect(qa, every)
    tuning = fitted(cases)
    yield f"{len(cases)} questions, {sum(not case.question.relevant for case in cases)} without an answer"
    yield f"as it was:       {figures([(case, DEFAULT_TUNING) for case in cases])}"
    said = cross_validated(cases)
    yield f"cross-validated: {said}"
    judge = qa.judge
    assert isinstance(judge, ByReading)  # noqa: S101
    write_tuned(home, Tuned(tuning, judge.fingerprint, qa.index.manifest.encoder, len(cases), said))
    yield f"kept in {home / FILE}; `qa tune --reset` forgets it"
