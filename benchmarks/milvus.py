"""An index on Milvus beside the same index in files: agreement, quality, speed.

`PLACE` is where the index is copied to, `milvus+file:FOLDER` or `milvus+http://HOST:PORT/NAME`; by default a
temporary folder of Milvus Lite. SET names a set in NEWSQA (`mini`).
"""

import os
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np

from benchmarks.quality import INDEXES, SHAPE
from embeddings.backends.open import open_index
from embeddings.build.copy import copy_index
from embeddings.index.index import ArticleIndex
from embeddings.types import Filter
from qa import QA
from qa.evaluation.evaluate import ask_all
from qa.evaluation.metrics import measure
from qa.evaluation.questions import Question, read_questions
from qa.retrieval.ranking import rank

DEEP = 10


def main() -> int:
    name = os.environ.get("SET", "mini")
    folder = Path(os.environ.get("NEWSQA", "../shared/newsqa"), name)
    if not (folder / "articles.jsonl.gz").is_file():
        print(f"{folder} is missing\n{SHAPE}")
        return 0
    questions = read_questions(folder / "questions.jsonl")
    QA.build([folder / "articles.jsonl.gz"], INDEXES / name)
    files = open_index(INDEXES / name)
    with tempfile.TemporaryDirectory() as temporary:
        place = os.environ.get("PLACE") or f"milvus+file:{temporary}/lite"
        started = perf_counter()
        report = copy_index(files, place)
        seconds = perf_counter() - started
        print(f"copied without encoding  {report.passages} passages in {seconds:.0f} s", flush=True)
        compare(files, open_index(place, files.encoder), questions)
    return 0


def compare(files: ArticleIndex, other: ArticleIndex, questions: list[Question]) -> None:
    """Print how far the two agree, and how fast each is."""
    print(f"{other.name}: {other.manifest.vectors}")
    queries = files.encoder.encode_query([question.question for question in questions])
    agreement, apart = [], 0.0
    for query in queries:
        (one, cosines), (two, others) = (i.vectors.search(query, DEEP) for i in (files, other))
        agreement.append(len(set(one.tolist()) & set(two.tolist())) / DEEP)
        apart = max(apart, float(np.abs(cosines - others).max()))
    print(f"dense top-{DEEP} agreement    {np.mean(agreement):.4f} (cosines differ by {apart:.1e} at most)")
    for what, index in (("files", files), ("Milvus", other)):
        qa = QA(index)
        run = ask_all(qa, questions)
        ndcg = float(measure(questions, run)["nDCG@10"].mean())
        times = {
            "vectors": lambda q, i=index: i.vectors.search(q.vector, 200),
            "words": lambda q, i=index: i.passage_words.search(q.text, 200),
            "rank": lambda q, i=index: rank(i, q, Filter()),
        }
        print(f"{what:<8} nDCG@10 {ndcg:.4f}", end="")
        for part, ask in times.items():
            print(f"  {part} {timed(qa, questions, ask):.1f} ms", end="")
        print(f"  whole {np.median([answered['ms'] for answered in run.values()]):.0f} ms (p50)", flush=True)


def timed(qa: QA, questions: list[Question], ask: object) -> float:
    times = []
    for question in questions:
        query = qa.query(question.question, Filter())
        started = perf_counter()
        ask(query)  # type: ignore[operator]
        times.append(1000 * (perf_counter() - started))
    return float(np.median(times))


if __name__ == "__main__":
    sys.exit(main())
