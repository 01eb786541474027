"""Second questions of the seeds' dialogues, asked with and without what the first ones named."""

import json
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks.quality import INDEXES
from embeddings.errors import QAError
from qa import QA
from qa.evaluation.metrics import Figure, figures, measure
from qa.evaluation.questions import Question, read_questions
from qa.evaluation.runs import run

SEEDS = Path(__file__).parent.parent / "seeds"
_SHOWN = ("Success@1", "answer-sentence@1")


def measured(qa: QA, questions: list[Question]) -> list[Figure]:
    values = measure(questions, {line["id"]: line for line in run(qa, questions, 100)})
    return figures({name: values[name] for name in _SHOWN})


def main() -> int:
    QA.build([SEEDS], INDEXES / "seeds")
    qa = QA.open(INDEXES / "seeds")
    dialogues = SEEDS / "dialogues.jsonl"
    lines = dialogues.read_text("utf-8").splitlines()
    kinds = {record["id"]: record["kind"] for record in map(json.loads, lines)}
    for kind in sorted(set(kinds.values())):
        asked = [question for question in read_questions(dialogues) if kinds[question.id] == kind]
        alone = [replace(question, after=None) for question in asked]
        for how, questions in (("names carried over", asked), ("asked alone", alone)):
            shown = (f"{f.name} {f.value:.3f} [{f.low:.3f}, {f.high:.3f}]" for f in measured(qa, questions))
            print(f"{kind:<12} {how:<20} {'   '.join(shown)}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except QAError as error:
        sys.exit(f"benchmarks.dialogues: {error}")
