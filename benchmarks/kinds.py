"""Success@1 and answer-sentence@1 by the kind of question: as people type them, not only as teachers ask.

python -m benchmarks.kinds INDEX QUESTIONS [READER]
"""

import re
import sys
from collections import defaultdict

from benchmarks.quality import row, shown
from embeddings.errors import QAError
from embeddings.text.sentences import sentence_spans
from qa import QA
from qa.answer.load_judge import DEFAULT_READER
from qa.evaluation.evaluate import ask_all
from qa.evaluation.metrics import figures, measure
from qa.evaluation.questions import Question, read_questions

KINDS = ("context first", "imperative", "lower case", "search words", "whole question")
MEASURES = ("Success@1", "answer-sentence@1")
_ASKS = re.compile(
    r"\b(?:who|whom|whose|what|which|when|where|why|how)\b|^\W*(?:is|are|was|were|do|does|did|has|have|had|can"
    r"|could|will|would|should|may|might|must)\b",
    re.IGNORECASE,
)
_ORDERS = re.compile(
    r"\W*(?:please )?(?:name|tell|give|list|explain|find|describe|show|say|state|identify|define|summari[sz]e"
    r"|complete|fill|choose)\b",
    re.IGNORECASE,
)


def kind(question: str) -> str:
    """One of KINDS, the first that fits."""
    if len(list(sentence_spans(question))) > 1:
        return "context first"
    if _ORDERS.match(question):
        return "imperative"
    if not _ASKS.search(question):
        return "search words"
    return "lower case" if question == question.lower() else "whole question"


def main(place: str, file: str, reader: str = DEFAULT_READER) -> None:
    by_kind: dict[str, list[Question]] = defaultdict(list)
    for question in read_questions(file):
        if question.relevant:
            by_kind[kind(question.question)].append(question)
    print(row("kind", "questions", *MEASURES), row(*["---"] * (2 + len(MEASURES))), sep="\n")
    with QA.open(place, reader=reader) as qa:
        for name in filter(by_kind.get, KINDS):
            some = by_kind[name]
            made = {figure.name: figure for figure in figures(measure(some, ask_all(qa, some)))}
            print(row(name, str(len(some)), *(shown(made[one]) if one in made else "-" for one in MEASURES)))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except QAError as error:
        sys.exit(f"benchmarks.kinds: {error}")
