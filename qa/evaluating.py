"""`qa eval`: a run of judged questions, made or read, then measured, compared and shown."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from embeddings.errors import QAError
from qa.evaluation import (
    Difference,
    Figure,
    Run,
    abstention,
    article_ranking,
    compare,
    figures,
    latency,
    measure,
    read_run,
)
from qa.pipeline import QA
from qa.questions import Question, read_questions
from qa.running import run as answer_all

_DEPTH = 100
_SHOWN_IDS = 5


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

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def evaluate(
    index: str,
    questions_path: str,
    unanswerable_path: str | None = None,
    run_path: str | None = None,
    against_path: str | None = None,
    trec: str | None = None,
) -> Evaluation:
    """Measure the answers to a file of judged questions.

    Questions without `relevant` count as unanswerable, like those of `unanswerable_path`. Raises
    SourceError for files that are not as expected, and whatever QA.open and QA.ask raise.
    """
    every = read_questions(questions_path)
    judged = [question for question in every if question.relevant]
    without = [question for question in every if not question.relevant]
    without += read_questions(unanswerable_path) if unanswerable_path else []
    if not judged:
        raise QAError(f"{questions_path} names no `relevant` article: nothing can be measured")
    run = read_run(run_path) if run_path else _ask_all(index, [*judged, *without])
    made = figures(measure(judged, run))
    if without:
        made += abstention(run, [q.id for q in judged], [q.id for q in without])
    if trec:
        _write_trec(judged, run, trec)
    differences = compare(judged, run, read_run(against_path)) if against_path else []
    return Evaluation(len(judged), len(without), made, differences, *latency(run))


def print_evaluation(evaluation: Evaluation) -> None:
    print(f"{evaluation.questions} questions, {evaluation.unanswerable} without an answer in the corpus")
    for figure in evaluation.figures:
        print(f"{figure.name:<18} {figure.value:.3f}  [{figure.low:.3f}, {figure.high:.3f}]")
    print(f"{'ms a question':<18} p50 {evaluation.p50:.0f}, p95 {evaluation.p95:.0f}")
    for change in evaluation.differences:
        interval = f"[{change.low:+.3f}, {change.high:+.3f}]  p {change.p:.3f}"
        sides = f"won {_ids(change.won)}  lost {_ids(change.lost)}"
        print(f"{change.name:<18} {change.value:+.3f}  {interval}  {sides}")


def _ids(ids: Sequence[str]) -> str:
    more = " ..." if len(ids) > _SHOWN_IDS else ""
    return f"{len(ids)} ({', '.join(ids[:_SHOWN_IDS])}{more})" if ids else "0"


def _ask_all(index: str, questions: Sequence[Question]) -> Run:
    return {line["id"]: line for line in answer_all(QA.open(index), questions, _DEPTH)}


def _write_trec(questions: Sequence[Question], run: Run, prefix: str) -> None:
    try:
        with Path(f"{prefix}.run").open("w", encoding="utf-8") as lines:
            for question in questions:
                for rank, article in enumerate(article_ranking(run[question.id]), 1):
                    lines.write(f"{question.id} Q0 {_token(article)} {rank} {1 / rank:.6f} article-qa\n")
        with Path(f"{prefix}.qrels").open("w", encoding="utf-8") as lines:
            for question in questions:
                for article in sorted(question.relevant):
                    lines.write(f"{question.id} 0 {_token(article)} 1\n")
    except OSError as error:
        raise QAError(f"cannot write {error.filename}: {error.strerror}") from None


def _token(id: str) -> str:
    """An id as TREC files need it: without white space."""
    return "_".join(id.split())
