"""`qa eval`: judged questions with the answers to them, asked or read, then measured, compared and shown."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from embeddings.errors import QAError
from qa.evaluation.calibration import abstention
from qa.evaluation.metrics import (
    Difference,
    Figure,
    Run,
    article_ranking,
    compare,
    figures,
    latency,
    measure,
    read_run,
)
from qa.evaluation.questions import Question, read_questions
from qa.evaluation.runs import run as answer_all
from qa.pipeline import QA

DEPTH = 100
"""Passages a question."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Judged questions and what was answered to them."""

    name: str
    """Where the questions come from."""
    questions: Sequence[Question]
    """Those with a relevant article."""
    unanswerable: Sequence[Question]
    run: Run
    against: Run | None = None
    """Another run of the same questions."""
    note: str = ""
    """What has to be said with the figures."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures of one run."""

    questions: int
    unanswerable: int
    figures: list[Figure]
    differences: list[Difference]
    p50: float
    """Milliseconds a question."""
    p95: float
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """As `qa eval --json` prints it."""
        return asdict(self)


def trial(
    answers: QA | str,
    questions_path: str,
    unanswerable_path: str | None = None,
    against_path: str | None = None,
    as_of: str | None = None,
) -> Trial:
    """A file of judged questions, with `answers` by a QA, asked `as_of` a day, or of the run in a file.

    Questions without `relevant` count as unanswerable, like those of `unanswerable_path`. Raises
    SourceError for files that are not as expected, and whatever QA.ask raises.
    """
    every = read_questions(questions_path)
    others = read_questions(unanswerable_path) if unanswerable_path else []
    if twice := {question.id for question in every} & {question.id for question in others}:
        raise QAError(f"{unanswerable_path}: the id {min(twice)} stands in {questions_path} too")
    judged = [question for question in every if question.relevant]
    without = [question for question in every if not question.relevant] + others
    if not judged:
        raise QAError(f"{questions_path} names no `relevant` article: nothing can be measured")
    against = read_run(against_path) if against_path else None
    asked = [*judged, *without]
    run = read_run(answers) if isinstance(answers, str) else ask_all(answers, asked, as_of)
    return Trial(Path(questions_path).name, judged, without, run, against)


def ask_all(qa: QA, questions: Sequence[Question], as_of: str | None = None) -> Run:
    """The line of each question, by its id."""
    return {line["id"]: line for line in answer_all(qa, questions, DEPTH, as_of)}


def evaluate(trial: Trial) -> Evaluation:
    """Measure the answers. Raises SourceError where a run lacks a question."""
    judged, without, run = trial.questions, trial.unanswerable, trial.run
    made = figures(measure(judged, run))
    if without:
        made += abstention(run, [q.id for q in judged], [q.id for q in without])
    differences = compare(judged, run, trial.against) if trial.against is not None else []
    asked = {question.id: run[question.id] for question in (*judged, *without)}
    return Evaluation(len(judged), len(without), made, differences, *latency(asked), trial.note)


def write_trec(trial: Trial, prefix: str) -> None:
    """Write PREFIX.run and PREFIX.qrels. Raises QAError where they cannot be written."""
    try:
        with Path(f"{prefix}.run").open("w", encoding="utf-8", errors="replace") as lines:
            for question in trial.questions:
                id, ranked = _token(question.id), article_ranking(trial.run[question.id])
                for rank, article in enumerate(ranked, 1):
                    lines.write(f"{id} Q0 {_token(article)} {rank} {1 / rank:.6f} article-qa\n")
        with Path(f"{prefix}.qrels").open("w", encoding="utf-8", errors="replace") as lines:
            for question in trial.questions:
                for article in sorted(question.relevant):
                    lines.write(f"{_token(question.id)} 0 {_token(article)} 1\n")
    except OSError as error:
        raise QAError(f"cannot write {error.filename}: {error.strerror}") from None


def _token(id: str) -> str:
    """An id as TREC files need it: without white space."""
    return "_".join(id.split())
