"""The vector index at 10 thousand, 100 thousand and a million passages: time to build, size, speed, recall.

Vectors are those of the news set `dev`, each repeated with Gaussian noise to a cosine of about 0.9 with the
original; queries are the set's questions, one at a time on one thread.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

import faiss
import numpy as np
from markupsafe import Markup

from benchmarks.quality import INDEXES
from embeddings.backends.folder.generations import Generations
from embeddings.backends.folder.vectors import VectorIndex, cells_path
from embeddings.errors import QAError
from embeddings.types import Vectors
from qa import QA
from qa.evaluation.questions import read_questions
from qa.evaluation.report.charts import Bar, columns
from qa.wording.markup import element

PLOT = Path(__file__).with_suffix(".svg")
SIZES = (10_000, 100_000, 1_000_000)
PLOTTED = {
    "build_s": "seconds to build",
    "bytes": "bytes a passage that are searched",
    "p50_ms": "milliseconds a search (p50)",
    "recall": "recall@10, in hundredths",
}
NOISE = 0.0247
"""Standard deviation of each of 384 numbers of unit vectors: a cosine of 0.9."""
_AT_ONCE = 50_000


def passages(count: int) -> VectorIndex:
    """`count` vectors, the first ones as they are."""
    real = VectorIndex.open(Generations(INDEXES / "dev").current() / "vectors.faiss")
    random = np.random.default_rng(0)
    made = VectorIndex.empty(real.dim)
    while len(made) < count:
        first = len(made) % len(real)
        rows = real.rows(first, min(_AT_ONCE, len(real) - first, count - len(made)))
        if len(made) >= len(real):
            rows = rows + NOISE * random.standard_normal(rows.shape).astype(np.float32)
            rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        made.add(rows)
    return made


def build(count: int, folder: Path) -> dict[str, float]:
    made = passages(count)
    started = perf_counter()
    made.save(folder / "vectors.faiss")
    return {"build_s": perf_counter() - started, "build_mb": _peak()}


def ask(queries: Vectors, folder: Path) -> dict[str, float | str]:
    faiss.omp_set_num_threads(1)
    before = _resident()
    index = VectorIndex.open(folder / "vectors.faiss")
    for query in queries:
        index.search(query, 200)  # pages are read once
    times, found = [], []
    for query in queries:
        started = perf_counter()
        found.append(index.search(query, 200)[0][:10])
        times.append(1000 * (perf_counter() - started))
    held = _resident() - before
    exact = faiss.read_index(str(folder / "vectors.faiss"), faiss.IO_FLAG_MMAP_IFC)
    right = [len(set(exact.search(q[None], 10)[1][0]) & set(f)) for q, f in zip(queries, found, strict=True)]
    cells = cells_path(folder / "vectors.faiss")
    searched = cells if cells.exists() else folder / "vectors.faiss"
    return {
        "kind": index.factory,
        "bytes": searched.stat().st_size / len(index),
        "anonymous_mb": held,
        "p50_ms": float(np.percentile(times, 50)),
        "p95_ms": float(np.percentile(times, 95)),
        "recall": float(np.mean(right)) / 10,
    }


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _resident() -> float:
    """Megabytes that are this process's own: pages of mapped files are the system's to drop."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.split("RssAnon:")[1].split()[0]) / 1024


def plot(rows: list[dict[str, Any]]) -> str:
    """Four small charts of the measured sizes, as one SVG file."""
    charts = []
    for place, (field, said) in enumerate(PLOTTED.items()):
        scale = 100 if field == "recall" else 1
        bars = [Bar(f"{row['count']:,}", float(f"{scale * row[field]:.3g}"), row["kind"]) for row in rows]
        chart = columns(said, bars, f"{said}, by number of passages")
        charts.append(element("svg", chart, x=380 * (place % 2), y=250 * (place // 2), width=360, height=230))
    style = Markup(
        "<style>text{font:11px sans-serif;text-anchor:middle;fill:#444}.end{text-anchor:end}"
        ".bar{fill:#0f766e}.grid{stroke:#ddd}</style>"
    )
    ground = element("rect", width="100%", height="100%", fill="white")
    whole = element("svg", style, ground, *charts, xmlns="http://www.w3.org/2000/svg", viewBox="0 0 740 490")
    return f"{whole}\n"


def child(step: str, count: int, folder: Path) -> None:
    if step == "build":
        print(json.dumps(build(count, folder)))
    else:
        print(json.dumps(ask(np.load(folder / "queries.npy"), folder)))


def main() -> int:
    newsqa = Path(os.environ.get("NEWSQA", "../shared/newsqa"))
    questions = [question.question for question in read_questions(newsqa / "dev" / "questions.jsonl")]
    queries = QA.open(INDEXES / "dev").index.encoder.encode_query(questions)
    print("passages   kind          build s  build MB  bytes each  own MB  p50 ms  p95 ms  recall@10")
    rows = []
    for count in SIZES:
        with tempfile.TemporaryDirectory(dir=INDEXES) as folder:
            np.save(Path(folder, "queries.npy"), queries)
            row: dict[str, Any] = {"count": count}
            for step in ("build", "ask"):
                command = [sys.executable, "-m", "benchmarks.million", step, str(count), folder]
                row |= json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            print(
                "{count:>9,}  {kind:<12} {build_s:8.1f}  {build_mb:8.0f}  {bytes:10.0f}  {anonymous_mb:6.0f}"
                "  {p50_ms:6.2f}  {p95_ms:6.2f}  {recall:9.3f}".format(**row),
                flush=True,
            )
            rows.append(row)
    PLOT.write_text(plot(rows), "utf-8")
    return 0


if __name__ == "__main__":
    try:
        if len(sys.argv) > 1:
            child(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
        else:
            sys.exit(main())
    except QAError as error:
        sys.exit(f"benchmarks.million: {error}")
