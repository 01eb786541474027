"""Second and third questions of dialogues: after what was asked before, alone, and asked in full.

    python -m benchmarks.dialogues [INDEX of NEWSQA's mini]

The seeds' dialogues, and, where an index of `mini` is given, those over its articles, by their ids. Those
held out were written when the code was done.
"""

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.quality import INDEXES
from embeddings.errors import QAError
from qa import QA, Result
from qa.evaluation.metrics import holds_answer
from qa.evaluation.questions import Question

SEEDS = Path(__file__).parent.parent / "seeds"
HALVES = ("tune", "held-out")
WAYS = ("after", "alone", "in full")


def asked(qa: QA, record: dict[str, Any]) -> dict[str, Result]:
    """The results of one dialogue's last question."""
    before = None
    for earlier in filter(None, (record.get("before"), record["after"])):
        before = qa.ask(earlier, before=before)
    return {
        "after": qa.ask(record["question"], before=before),
        "alone": qa.ask(record["question"]),
        "in full": qa.ask(record["full"]),
    }


def line(name: str, records: list[dict[str, Any]], results: list[dict[str, Result]]) -> str:
    parts = []
    for way in WAYS:
        first = right = 0
        for record, result in zip(records, results, strict=True):
            question = Question("", "", frozenset(record["relevant"]), tuple(record["answers"]))
            passages, answer = result[way].passages, result[way].answer
            first += bool(passages) and passages[0].passage.article.id in question.relevant
            right += answer is not None and holds_answer(question, answer.to_json())
        parts.append(f"{way} {first / len(records):.3f}, {right / len(records):.3f}")
    changed = sum(result["after"].understood != result["alone"].understood for result in results)
    return f"{name:<24} {'   '.join(parts)}   read otherwise {changed} of {len(records)}"


def main(*index: str) -> None:
    QA.build([SEEDS], INDEXES / "seeds")
    sets = [(INDEXES / "seeds", SEEDS / "dialogues-more.jsonl")]
    sets += [(Path(folder), Path(__file__).parent / "dialogues_mini.jsonl") for folder in index]
    print("Success@1, answer-sentence@1")
    known: dict[tuple[str, str], list[tuple[dict[str, Any], dict[str, Result]]]] = {}
    for folder, file in sets:
        with QA.open(folder) as qa:
            for record in map(json.loads, file.read_text("utf-8").splitlines()):
                known.setdefault((record["kind"], record["half"]), []).append((record, asked(qa, record)))
    for (kind, half), pairs in sorted(known.items()):
        print(line(f"{kind}, {half}", [record for record, _ in pairs], [result for _, result in pairs]))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except QAError as error:
        sys.exit(f"benchmarks.dialogues: {error}")
