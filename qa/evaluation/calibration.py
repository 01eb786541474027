"""Whether `answerable` tells questions with an answer from others, and means what it says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import SourceError
from qa.evaluation.metrics import RESAMPLES, Figure, Run, Values, figures, require

_BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions of like `answerable`."""

    chance: float
    """Their mean `answerable`."""
    frequency: float
    """The share that has an answer."""
    answerable: int
    """Questions with an answer."""
    unanswerable: int


def abstention(run: Run, answerable: Sequence[str], unanswerable: Sequence[str]) -> list[Figure]:
    """AUROC and expected calibration error (10 equal bins) of `answerable`, with bootstrap intervals, and the
    shares of both kinds of question that were answered.

    Calibration weighs the two sets alike, whatever their sizes: half of what is asked has no answer.
    """
    from sklearn.metrics import roc_auc_score

    kinds, chances, weights = _chances(run, answerable, unanswerable)
    yes = int(kinds.sum())
    no = len(kinds) - yes
    random = np.random.default_rng(0)
    samples = [
        np.r_[random.integers(0, yes, yes), yes + random.integers(0, no, no)] for _ in range(RESAMPLES // 4)
    ]

    def figure(name: str, of: Callable[[Values, Values, Values], float]) -> Figure:
        spread = [of(kinds[rows], chances[rows], weights[rows]) for rows in samples]
        low, high = np.percentile(spread, [2.5, 97.5])
        return Figure(name, of(kinds, chances, weights), float(low), float(high))

    answered = np.array([bool(run[id]["answer"]) for id in (*answerable, *unanswerable)], np.float64)
    return [
        *figures({"answered": answered[:yes], "answered wrongly": answered[yes:]}),
        figure("AUROC", lambda kind, chance, _: float(roc_auc_score(kind, chance))),
        figure("calibration error", calibration_error),
    ]


def reliability(run: Run, answerable: Sequence[str], unanswerable: Sequence[str]) -> list[Bin]:
    """The bins of the calibration error that hold questions, lowest first; both sets weigh alike."""
    kinds, chances, weights = _chances(run, answerable, unanswerable)
    bins = _bins(chances)
    made = []
    for place in np.unique(bins):
        here = bins == place
        chance = np.average(chances[here], weights=weights[here])
        frequency = np.average(kinds[here], weights=weights[here])
        made.append(
            Bin(float(chance), float(frequency), int(kinds[here].sum()), int((1 - kinds[here]).sum()))
        )
    return made


def _chances(
    run: Run, answerable: Sequence[str], unanswerable: Sequence[str]
) -> tuple[Values, Values, Values]:
    """Of each question: 1 or 0, whether it has an answer; its `answerable`; its weight."""
    ids = [*answerable, *unanswerable]
    require(ids, run)
    yes, no = len(answerable), len(unanswerable)
    try:
        chances = np.array([run[id]["answerable"] for id in ids], np.float64)
    except KeyError:
        raise SourceError("the run does not say how `answerable` its questions are") from None
    return (
        np.r_[np.ones(yes), np.zeros(no)],
        chances,
        np.r_[np.full(yes, 0.5 / max(1, yes)), np.full(no, 0.5 / max(1, no))],
    )


def calibration_error(kinds: Values, chances: Values, weights: Values) -> float:
    """Mean distance of probability and frequency over bins (Naeini, Cooper and Hauskrecht 2015)."""
    bins = _bins(chances)
    distances = [abs((weights[bins == b] * (chances - kinds)[bins == b]).sum()) for b in range(_BINS)]
    return float(sum(distances) / weights.sum())


def _bins(chances: Values) -> NDArray[np.int64]:
    return np.clip((chances * _BINS).astype(np.int64), 0, _BINS - 1)
