"""Runs measured against judged questions: ranking and answers."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import SourceError
from qa.answer.short_answer import answer_words
from qa.evaluation.questions import Question

Run: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Lines as `qa run` writes them, by question id."""
Values: TypeAlias = NDArray[np.float64]

_RANKING = ("Success@1", "Success@5", "Success@10", "RR@10", "nDCG@10", "R@10")
_SHOWN = {"RR@10": "MRR@10", "R@10": "recall@10"}
_SHORTEST_ANSWER = 3
RESAMPLES = 2_000
"""Of the bootstrap and the permutation test."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over questions with its bootstrap 95 % interval."""

    name: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """One run less another on the same questions: interval, p-value of a paired permutation test."""

    name: str
    value: float
    low: float
    high: float
    p: float
    won: tuple[str, ...]
    """Ids of the questions that are better."""
    lost: tuple[str, ...]


def read_run(path: str | Path) -> Run:
    """A run file. Raises SourceError where it is none."""
    run: dict[str, Mapping[str, Any]] = {}
    try:
        lines = Path(path).read_text("utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise SourceError(f"{path} cannot be read ({error}): name a file that `qa run` wrote") from None
    for number, line in enumerate(lines, 1):
        try:
            record = json.loads(line)
            run[str(record["id"])] = _checked(record)
        except (ValueError, KeyError, TypeError, RecursionError):
            raise SourceError(
                f"{path}:{number} is no line of a run: name a file that `qa run` wrote"
            ) from None
    return run


def _checked(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """`record` where it has what is measured. Raises KeyError, TypeError or ValueError where not."""
    for span in (*record["passages"], *([record["answer"]] if record["answer"] else [])):
        if not isinstance(span["article"], str) or not isinstance(span["text"], str):
            raise TypeError
    if not np.isfinite([record["ms"], record.get("answerable", 0.0)]).all():
        raise ValueError
    return record


def measure(questions: Sequence[Question], run: Run) -> dict[str, Values]:
    """Each measure's value for each question, in order.

    An article stands at the rank of its best passage; nDCG has binary gains (trec_eval, through
    ir-measures). answer@k: among the first k passages is one of a relevant article that holds an answer.
    answer-sentence@1: the sentence given is of a relevant article and holds an answer. short-F1: the words
    that the short answer shares with the best of the known ones, as SQuAD counts them; NaN where no short
    answers are given. The measures of answers are NaN for questions without known answers. Raises
    SourceError where the run lacks a question.
    """
    require([question.id for question in questions], run)
    values = _ranking(questions, run)
    for k in (1, 5, 10):
        values[f"answer@{k}"] = _each(questions, run, partial(_passage_answers, k))
    values["answer-sentence@1"] = _each(questions, run, _sentence_answers)
    values["short-F1"] = np.array([_short_overlap(question, run[question.id]) for question in questions])
    return values


def figures(values: Mapping[str, Values]) -> list[Figure]:
    """Means with bootstrap intervals (percentile, 2,000 resamples of questions, fixed seed)."""
    made = []
    for name, column in values.items():
        known = column[~np.isnan(column)]
        if len(known):
            low, high = _interval(known)
            made.append(Figure(name, float(known.mean()), low, high))
    return made


def compare(questions: Sequence[Question], ours: Run, theirs: Run) -> list[Difference]:
    """What `ours` gains over `theirs`, measure by measure."""
    one, two = measure(questions, ours), measure(questions, theirs)
    made = []
    for name in one:
        known = ~np.isnan(one[name])
        change = (one[name] - two[name])[known]
        if not len(change):
            continue
        ids = [question.id for question, judged in zip(questions, known, strict=True) if judged]
        made.append(
            Difference(
                name,
                float(change.mean()),
                *_interval(change),
                _p_value(change),
                tuple(id for id, gain in zip(ids, change, strict=True) if gain > 0),
                tuple(id for id, gain in zip(ids, change, strict=True) if gain < 0),
            )
        )
    return made


def _p_value(change: Values) -> float:
    """Of a paired permutation test: how often random signs make a mean as far from 0."""
    from scipy.stats import permutation_test

    if len(change) < 2:
        return 1.0
    test = permutation_test(
        (change, np.zeros_like(change)),
        lambda a, b, axis: (a - b).mean(axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=RESAMPLES,
        rng=np.random.default_rng(0),
    )
    return float(test.pvalue)


def require(ids: Sequence[str], run: Run) -> None:
    """Raises SourceError where `run` lacks a question."""
    missing = [id for id in ids if id not in run]
    if missing:
        raise SourceError(f"the run has no line for question {missing[0]} ({len(missing)} missing)")


def first_relevant(question: Question, line: Mapping[str, Any]) -> int | None:
    """Rank of the first relevant article of a run's line, None where it names none."""
    ranked = enumerate(article_ranking(line), 1)
    return next((rank for rank, article in ranked if article in question.relevant), None)


def latency(run: Run) -> tuple[float, float]:
    """Median and 95th percentile of `ms`."""
    p50, p95 = np.percentile([line["ms"] for line in run.values()], [50, 95])
    return float(p50), float(p95)


def normalised(text: str) -> str:
    """NFKC, lower case, every run of other characters than `a-z0-9$%£€.` one space."""
    return re.sub(r"[^a-z0-9$%£€.]+", " ", unicodedata.normalize("NFKC", text).lower()).strip()


def article_ranking(line: Mapping[str, Any]) -> list[str]:
    """Ids of the articles of a run's line, each at the rank of its best passage."""
    return list(dict.fromkeys(passage["article"] for passage in line["passages"]))


def _ranking(questions: Sequence[Question], run: Run) -> dict[str, Values]:
    import ir_measures

    # Questions and articles by number: trec_eval's strings cannot hold every id that JSON can.
    numbers: dict[str, str] = {}

    def number(article: str) -> str:
        return numbers.setdefault(article, str(len(numbers)))

    judgements = [
        ir_measures.Qrel(str(place), number(article), 1)
        for place, question in enumerate(questions)
        for article in question.relevant
    ]
    ranked = [
        ir_measures.ScoredDoc(str(place), number(article), -rank)
        for place, question in enumerate(questions)
        for rank, article in enumerate(article_ranking(run[question.id]))
    ]
    values = {_SHOWN.get(name, name): np.zeros(len(questions)) for name in _RANKING}
    measures = [ir_measures.parse_measure(name) for name in _RANKING]
    for metric in ir_measures.iter_calc(measures, judgements, ranked):
        name = str(metric.measure)
        values[_SHOWN.get(name, name)][int(metric.query_id)] = metric.value
    return values


def _each(
    questions: Sequence[Question], run: Run, judge: Callable[[Question, Mapping[str, Any]], bool]
) -> Values:
    return np.array([judge(q, run[q.id]) if q.answers else np.nan for q in questions], np.float64)


def _passage_answers(k: int, question: Question, line: Mapping[str, Any]) -> bool:
    return any(holds_answer(question, passage) for passage in line["passages"][:k])


def _sentence_answers(question: Question, line: Mapping[str, Any]) -> bool:
    return bool(line["answer"]) and holds_answer(question, line["answer"])


def _short_overlap(question: Question, line: Mapping[str, Any]) -> float:
    given = line["answer"]
    if not question.answers or (given and not given.get("short")):
        return float("nan")
    return max(overlap(given["short"]["text"], known) for known in question.answers) if given else 0.0


def overlap(one: str, other: str) -> float:
    """F1 of the words that two short answers share (Rajpurkar et al., SQuAD, 2016)."""
    words = [Counter(answer_words(text).split()) for text in (one, other)]
    shared = (words[0] & words[1]).total()
    return 2 * shared / (words[0].total() + words[1].total()) if shared else 0.0


def holds_answer(question: Question, span: Mapping[str, Any]) -> bool:
    """Whether `span` (`article`, `text`) is of a relevant article and holds an answer."""
    if span["article"] not in question.relevant:
        return False
    text = normalised(span["text"])
    answers = (normalised(answer) for answer in question.answers)
    return any(len(answer) >= _SHORTEST_ANSWER and answer in text for answer in answers)


def _interval(values: Values) -> tuple[float, float]:
    rows = np.random.default_rng(0).integers(0, len(values), (RESAMPLES, len(values)))
    low, high = np.percentile(values[rows].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)
