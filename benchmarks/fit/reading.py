"""Fits qa/answer/evidence.py's DEFAULT_TUNING, with figures on sets that had no part in the fit.

    python -m benchmarks.fit reading INDEX=QUESTIONS.jsonl[,QUESTIONS.jsonl ...] ...

Each INDEX is one set; questions without `relevant` are those that it does not answer. Every set is left out
in turn, then all are fitted together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from embeddings.types import Filter
from qa import QA
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
from qa.evaluation.calibration import calibration_error
from qa.evaluation.metrics import holds_answer, overlap
from qa.evaluation.questions import Question, read_questions

Array = NDArray[np.float64]
_PENALTY = 1e-2
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


def collect(folder: str, files: Iterable[str]) -> list[Case]:
    """The cases of one set, read by the default reader."""
    with QA.open(folder) as qa:
        return [_case(qa, question) for file in files for question in read_questions(file)]


def _case(qa: QA, question: Question) -> Case:
    judge = qa.judge
    assert isinstance(judge, ByReading)  # noqa: S101
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
    """The weights that suit `cases` best."""
    weights = Features(*_candidate_weights(cases))
    chances, bias = _chance_weights(cases, weights)
    tuning = Tuning(weights, chances, bias, 0.5, 0.0)
    gain = max(_GAINS, key=lambda gain: (_success(cases, replace(tuning, ranking_gain=gain)), -gain))
    wrong = [_chance(case, tuning) for case in cases if not case.question.relevant]
    threshold = float(np.quantile(wrong, 1 - _WRONG)) if wrong else 0.5
    return replace(tuning, ranking_gain=gain, threshold=round(threshold, 2))


def _candidate_weights(cases: Sequence[Case]) -> Array:
    """Weights that make right sentences likely: softmax over the candidates of each question."""
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


def _success(cases: Sequence[Case], tuning: Tuning) -> float:
    """Success@1 among the passages that were read."""
    return float(np.mean([_first(case, tuning) in case.question.relevant for case in _judged(cases)]))


def _first(case: Case, tuning: Tuning) -> str:
    if not case.articles:
        return ""
    gains = np.zeros(len(case.articles))
    for one in case.read.found:
        at = one.answer.rank - 1
        gains[at] = max(gains[at], clipped(one.span) + WIDEST)
    return case.articles[int(np.argmax(case.scores + tuning.ranking_gain * gains))]


def _judged(cases: Sequence[Case]) -> list[Case]:
    return [case for case in cases if case.question.relevant]


def figures(cases: Sequence[Case], tuning: Tuning) -> str:
    """Success@1, the sentence, the short answer, and how "no" is said, as `qa eval` counts them."""
    judged = _judged(cases)
    chances = np.array([_chance(case, tuning) for case in cases])
    kinds = np.array([bool(case.question.relevant) for case in cases])
    given = chances >= tuning.threshold
    right, always, short = [], [], []
    for case, answered in zip(judged, given[kinds], strict=True):
        best = _best(case, tuning.weights) if case.read.found else None
        good = best is not None and bool(case.right[best])
        always.append(good)
        right.append(good and answered)
        text = case.read.found[best].answer.short_text if best is not None and answered else ""
        short.append(max((overlap(text, known) for known in case.question.answers), default=0.0))
    unread = _success(cases, replace(tuning, ranking_gain=0.0))
    said = (
        f"Success@1 {unread:.3f}, read {_success(cases, tuning):.3f}, "
        f"sentence {np.mean(right):.3f} (were all answered {np.mean(always):.3f}), F1 {np.mean(short):.3f}"
    )
    if kinds.all():
        return said
    share = np.where(kinds, 0.5 / kinds.sum(), 0.5 / (~kinds).sum())
    error = calibration_error(kinds.astype(float), chances, share)
    return (
        f"{said}; AUROC {roc_auc_score(kinds, chances):.3f}, ECE {error:.3f}, "
        f"answered {given[kinds].mean():.2f}, wrongly {given[~kinds].mean():.2f}"
    )


def main(*sets: str) -> None:
    named = [one.partition("=")[::2] for one in sets]
    groups = {folder: collect(folder, files.split(",")) for folder, files in named}
    for name, left_out in groups.items():
        others = [case for other, group in groups.items() if other != name for case in group]
        if others:
            print(f"{name}, left out: {figures(left_out, fitted(others))}")
    every = [case for group in groups.values() for case in group]
    tuning = fitted(every)
    for name, group in groups.items():
        print(f"{name}, fitted: {figures(group, tuning)}")
    print(f"default before: {DEFAULT_TUNING}\nfitted on all: {tuning}")
