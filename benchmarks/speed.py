"""Times a whole `qa index` against plain sentence-transformers on the same passages, and a cold `qa ask`.

All in one run on one machine: compare by ratio. Takes the `mini` set in NEWSQA.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from embeddings.index import ArticleIndex
from embeddings.models import DEFAULT_MODEL, model_folder
from embeddings.passages import document
from qa import QA

SAMPLE = 1024
REPEATS = 10
QUESTION = "Which show was renewed for a second season?"


def main() -> int:
    articles = Path(os.environ.get("NEWSQA", "../shared/newsqa")) / "mini" / "articles.jsonl.gz"
    if not articles.is_file():
        print(f"{articles} is missing: NEWSQA names the folder of the sets; see benchmarks/README.md")
        return 0
    qa = [sys.executable, "-m", "qa.cli"]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([*qa, "index", "seeds", "--index", f"{folder}/warm"], check=True, capture_output=True)
        started = perf_counter()
        subprocess.run(
            [*qa, "index", str(articles), "--index", folder + "/mini"], check=True, capture_output=True
        )
        whole = perf_counter() - started
        index = QA.open(folder + "/mini").index
        count = index.manifest.passages
        plain = _plain_rate(index)
        print(f"whole qa index           {count / whole:.0f} passages/s ({count} in {whole:.0f} s)")
        print(
            f"sentence-transformers    {plain:.0f} passages/s (encode alone, {SAMPLE} of the same passages)"
        )
        print(f"ratio                    {count / whole / plain:.1f}")
        times = []
        for _ in range(REPEATS):
            started = perf_counter()
            subprocess.run(
                [*qa, "ask", QUESTION, "--index", folder + "/mini"], check=True, capture_output=True
            )
            times.append(perf_counter() - started)
        print(f"cold qa ask              {statistics.median(times):.2f} s (median of {REPEATS})")
    return 0


def _plain_rate(index: ArticleIndex) -> float:
    """Passages a second of `SentenceTransformer.encode` with its defaults."""
    import numpy as np
    from sentence_transformers import SentenceTransformer

    numbers = np.linspace(0, index.manifest.passages - 1, SAMPLE).astype(np.int64)
    texts = [document(p.article.title, p.text) for p in index.catalog.passages(numbers)]
    model = SentenceTransformer(str(model_folder(DEFAULT_MODEL)), device="cpu")
    model.encode(texts[:32])
    started = perf_counter()
    model.encode(texts)
    return SAMPLE / (perf_counter() - started)


if __name__ == "__main__":
    sys.exit(main())
