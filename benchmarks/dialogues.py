"""Second questions of two-turn dialogues, asked with and without what the first one named."""

import sys
from pathlib import Path

import numpy as np

from benchmarks.quality import INDEXES
from embeddings.errors import QAError
from qa import QA
from qa.evaluation import figures, measure
from qa.questions import read_questions
from qa.running import run

SEEDS = Path(__file__).parent.parent / "seeds"


def main() -> int:
    QA.build([SEEDS], INDEXES / "seeds")
    qa = QA.open(INDEXES / "seeds")
    ...


if __name__ == "__main__":
    try:
        sys.exit(main())
    except QAError as error:
        sys.exit(f"benchmarks.dialogues: {error}")
