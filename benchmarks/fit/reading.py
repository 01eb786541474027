"""Fits qa/answer/evidence.py's DEFAULT_TUNING, with figures on sets that had no part in the fit.

    python -m benchmarks.fit reading INDEX=QUESTIONS.jsonl[,QUESTIONS.jsonl ...] ...

Each INDEX is one set; questions without `relevant` are those that it does not answer. Every set is left out
in turn, then all are fitted together.
"""

from qa import QA
from qa.answer.evidence import DEFAULT_TUNING
from qa.evaluation.questions import read_questions
from qa.evaluation.tuning import Case, collect, figures, fitted


def main(*sets: str) -> None:
    groups = dict(_collected(one) for one in sets)
    for name, left_out in groups.items():
        others = [case for other, group in groups.items() if other != name for case in group]
        print(f"{name}, as it was: {figures([(case, DEFAULT_TUNING) for case in left_out])}")
        if others:
            tuning = fitted(others)
            print(f"{name}, left out: {figures([(case, tuning) for case in left_out])}")
    tuning = fitted([case for group in groups.values() for case in group])
    for name, group in groups.items():
        print(f"{name}, fitted: {figures([(case, tuning) for case in group])}")
    print(tuning)


def _collected(named: str) -> tuple[str, list[Case]]:
    folder, _, files = named.partition("=")
    with QA.open(folder) as qa:
        return folder, collect(qa, [q for file in files.split(",") for q in read_questions(file)])
