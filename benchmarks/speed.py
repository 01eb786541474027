"""Times `qa index`, an update, a cold and a warm `qa ask`, and their memory: all in one run, on one machine.

Compare by ratio: a whole `qa index` stands beside plain sentence-transformers on the same passages, and
beside the machine's own rate of bf16 matrix products. SET names a set in NEWSQA (`mini`).
"""

import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np

from benchmarks.quality import SHAPE
from embeddings.encoders.load import load_encoder
from embeddings.encoders.models import DEFAULT_MODEL, model_folder
from embeddings.index.index import ArticleIndex
from embeddings.text.passages import document
from embeddings.types import Filter
from qa import QA
from qa.evaluation.questions import read_questions
from qa.retrieval.ranking import rank

SAMPLE = 1024
REPEATS = 10
CHANGED = 10
_LAYERS, _WIDTH = 6, 384
"""Of all-MiniLM-L6-v2."""
_MEASURED = (
    "import sys; from pathlib import Path; from qa.cli.main import main; status = main(sys.argv[1:]);"
    "print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0], file=sys.stderr);"
    "sys.exit(status)"
)


def main() -> int:
    name = os.environ.get("SET", "mini")
    folder = Path(os.environ.get("NEWSQA", "../shared/newsqa"), name)
    if not (folder / "articles.jsonl.gz").is_file():
        print(f"{folder} is missing\n{SHAPE}")
        return 0
    questions = [question.question for question in read_questions(folder / "questions.jsonl")]
    with tempfile.TemporaryDirectory() as place:
        index = f"{place}/{name}"
        qa("index", "seeds", "--index", f"{place}/warm")  # the model is converted once, and stays
        whole = indexing(folder / "articles.jsonl.gz", index)
        update(folder / "articles.jsonl.gz", Path(place, "changed.jsonl"), index, whole)
        cold(questions[0], index)
        warm(questions, index)
    return 0


def qa(*arguments: str) -> tuple[float, float]:
    """Seconds from process start to end, and megabytes at most, of one command."""
    started = perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, *arguments], check=True, capture_output=True, text=True
    )
    return perf_counter() - started, int(done.stderr.split()[-1]) / 1024


def indexing(articles: Path, folder: str) -> float:
    """Print how fast a whole `qa index` is; its seconds."""
    seconds, megabytes = qa("index", str(articles), "--index", folder)
    index = QA.open(folder).index
    count = index.manifest.passages
    texts = [document(p.article.title, p.text) for p in index.catalog.passages(np.arange(count))]
    plain = plain_rate(index)
    done = sum(_operations(tokens) for tokens in load_encoder().count_tokens(texts)) / seconds
    possible = matrix_rate()
    print(f"whole qa index        {count / seconds:7.0f} passages/s ({count} in {seconds:.0f} s)")
    print(f"sentence-transformers {plain:7.0f} passages/s (encode alone, {SAMPLE} of the same passages)")
    print(f"ratio                 {count / seconds / plain:7.1f}")
    print(f"matrix products       {done / 1e9:7.0f} GFLOP/s, {done / possible:.0%} of bf16 GEMM's", end="")
    print(f" {possible / 1e9:.0f}")
    print(f"peak memory           {megabytes:7.0f} MB")
    return seconds


def update(articles: Path, changed: Path, folder: str, whole: float) -> None:
    """Print what an update of a few articles costs."""
    with gzip.open(articles, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    for record in records[:: len(records) // CHANGED][:CHANGED]:
        record["text"] += "\n\nA correction was added to this article."
    changed.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    seconds, _ = qa("index", str(changed), "--index", folder)
    print(f"update of {CHANGED} articles {seconds:7.1f} s, {seconds / whole:.3f} of the whole")


def cold(question: str, folder: str) -> None:
    """Print the time from process start to the printed answer."""
    seconds, megabytes = zip(*(qa("ask", question, "--index", folder) for _ in range(REPEATS)), strict=True)
    print(f"cold qa ask           {statistics.median(seconds):7.2f} s (median of {REPEATS})")
    print(f"its peak memory       {statistics.median(megabytes):7.0f} MB")


def warm(questions: list[str], folder: str) -> None:
    """Print the milliseconds of a question: finding passages, and with reading them for an answer."""
    opened = QA.open(folder)
    for question in questions[:20]:
        opened.ask(question)
    found, asked = [], []
    for question in questions:
        started = perf_counter()
        rank(opened.index, opened.query(question, Filter()), Filter())
        found.append(1000 * (perf_counter() - started))
        asked.append(opened.ask(question).ms)
    for what, times in (("encode and rank", found), ("whole question", asked)):
        print(f"{what:<21} {np.percentile(times, 50):7.1f} ms (p95 {np.percentile(times, 95):.1f})")


def plain_rate(index: ArticleIndex) -> float:
    """Passages a second of `SentenceTransformer.encode` with its defaults."""
    from sentence_transformers import SentenceTransformer

    numbers = np.linspace(0, index.manifest.passages - 1, SAMPLE).astype(np.int64)
    texts = [document(p.article.title, p.text) for p in index.catalog.passages(numbers)]
    model = SentenceTransformer(str(model_folder(DEFAULT_MODEL)), device="cpu")
    model.encode(texts[:32])
    started = perf_counter()
    model.encode(texts)
    return SAMPLE / (perf_counter() - started)


def matrix_rate(size: int = 4096) -> float:
    """Operations a second of one bf16 matrix product, the best of five."""
    import torch

    one, two = torch.randn(2, size, size, dtype=torch.bfloat16)
    times = []
    for _ in range(5):
        started = perf_counter()
        one @ two
        times.append(perf_counter() - started)
    return float(2 * size**3 / min(times))


def _operations(tokens: int) -> float:
    """Multiplications and additions of the encoder's matrix products for a text of so many tokens."""
    tokens += 2  # the special ones
    linear = 12 * _WIDTH**2  # query, key, value, output, and a feed-forward layer four times as wide
    attention = 2 * tokens * _WIDTH
    return 2.0 * _LAYERS * tokens * (linear + attention)


if __name__ == "__main__":
    sys.exit(main())
