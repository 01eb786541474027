"""Prints the tables of quality: the sets in NEWSQA, indexed where they are not yet, and measured.

Our ranking stands beside plain ones of the same candidates, our answering sentence beside the plain one.
"""

import os
import sys
from pathlib import Path

from benchmarks.rankings import plain_sentences, runs
from embeddings.errors import QAError
from qa import QA
from qa.evaluation.evaluate import Trial, ask_all, evaluate
from qa.evaluation.metrics import Difference, Figure, Run, compare, figures, measure
from qa.evaluation.questions import Question, read_questions

SETS = ("mini", "dev")
FILES = {
    "articles.jsonl.gz": "an article a line: id, url, title, date (YYYY-MM-DD), text",
    "questions.jsonl": "a question a line: id, question, answers (strings, any one is right), "
    "relevant (ids of articles)",
    "unanswerable.jsonl": "a question a line that the articles do not answer: id, question",
}
SHAPE = "\n".join(
    (
        "NEWSQA= names the folder of the sets. A set is a folder with",
        *(f"  {f:<20}{w}" for f, w in FILES.items()),
    )
)
INDEXES = Path(os.environ.get("QA_BENCH", "~/.cache/article-qa/bench")).expanduser()
RANKING = ("Success@1", "Success@5", "MRR@10", "nDCG@10", "answer@1")
SENTENCE = "answer-sentence@1"


def main() -> int:
    newsqa = Path(os.environ.get("NEWSQA", "../shared/newsqa"))
    lacking = {name: [file for file in FILES if not (newsqa / name / file).is_file()] for name in SETS}
    for name, missing in lacking.items():
        if missing:
            print(f"{newsqa / name} lacks {', '.join(missing)}")
        else:
            measured(newsqa / name, INDEXES / name)
    if any(lacking.values()):
        print(SHAPE)
    return 0


def measured(folder: Path, place: Path) -> None:
    report = QA.build([folder / "articles.jsonl.gz"], place)
    questions = read_questions(folder / "questions.jsonl")
    unanswerable = read_questions(folder / "unanswerable.jsonl")
    qa = QA.open(place)
    run = ask_all(qa, [*questions, *unanswerable])
    ours = evaluate(Trial(folder.name, questions, unanswerable, run))
    plain = plain_sentences(qa, questions, run)
    counts = f"{len(questions)} questions, {len(unanswerable)} without an answer"
    print(f"\n{folder.name}: {report.articles} articles, {report.passages} passages; {counts}\n")
    print_rankings({**runs(qa, questions), "ours": run}, questions)
    print()
    print_answers(ours.figures, figures(measure(questions, plain)), compare(questions, run, plain))
    print(f"\np50 {ours.p50:.0f} ms, p95 {ours.p95:.0f} ms a question")


def print_rankings(runs: dict[str, Run], questions: list[Question]) -> None:
    print(row("ranking", *RANKING))
    print(row(*["---"] * (1 + len(RANKING))))
    for name, run in runs.items():
        made = {figure.name: figure for figure in figures(measure(questions, run))}
        print(row(name, *(shown(made[measure]) for measure in RANKING)))


def print_answers(ours: list[Figure], plain: list[Figure], gains: list[Difference]) -> None:
    made = {figure.name: figure for figure in ours}
    [baseline] = [figure for figure in plain if figure.name == SENTENCE]
    [gain] = [change for change in gains if change.name == SENTENCE]
    print(row("answer", "value"))
    print(row("---", "---"))
    print(row(f"{SENTENCE}, nearest sentence of the first passage", shown(baseline)))
    print(row(f"{SENTENCE}, ours", shown(made[SENTENCE])))
    print(row("gain", f"{gain.value:+.3f} [{gain.low:+.3f}, {gain.high:+.3f}], p {gain.p:.3f}"))
    for name in ("AUROC", "calibration error"):
        print(row(f"{name} of `answerable`", shown(made[name])))


def shown(figure: Figure) -> str:
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]"


def row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    try:
        sys.exit(main())
    except QAError as error:
        sys.exit(f"benchmarks.quality: {error}")
