"""Prints the README's table of quality: the sets in NEWSQA, indexed where they are not yet, and measured.

Each set is a folder with articles.jsonl.gz, questions.jsonl and unanswerable.jsonl: benchmarks/README.md.
"""

import os
import sys
from pathlib import Path

from embeddings.errors import QAError
from qa import QA
from qa.evaluating import evaluate, print_evaluation

INDEXES = Path(os.environ.get("QA_BENCH", "~/.cache/article-qa/bench")).expanduser()


def main() -> int:
    newsqa = Path(os.environ.get("NEWSQA", "../shared/newsqa"))
    for name in ("mini", "dev"):
        folder = newsqa / name
        if not folder.is_dir():
            print(f"{folder} is missing: NEWSQA names the folder of the sets; see benchmarks/README.md")
            continue
        index = INDEXES / name
        report = QA.build([folder / "articles.jsonl.gz"], index)
        print(f"\n{name}: {report.articles} articles, {report.passages} passages")
        print_evaluation(
            evaluate(str(index), str(folder / "questions.jsonl"), str(folder / "unanswerable.jsonl"))
        )
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except QAError as error:
        sys.exit(f"benchmarks.quality: {error}")
