"""What `--engine ray` promises, shown on this machine: `python -m benchmarks.ray [cluster|killed|overhead]`.

NEWSQA names the folder of the news set, SET one of its sets (`mini`); ARTICLES takes only its first ones.
"""

import gzip
import hashlib
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path
from time import perf_counter, sleep

import numpy as np

from benchmarks.quality import SHAPE
from embeddings.backends.open import open_index
from embeddings.build.build import build_index
from embeddings.build.options import BuildOptions
from embeddings.encoders.load import load_encoder
from embeddings.encoders.models import DEFAULT_MODEL
from embeddings.engines.ray.engine import SHARDS, RayEngine
from embeddings.index.index import ArticleIndex
from embeddings.sources.corpus import Corpus
from embeddings.text.passages import PassageSettings
from embeddings.types import Encoder, Prepared, Vectors

NODES = 3


class Watched:
    """An encoder that notes each shard that it has encoded, and on which node."""

    def __init__(self, encoder: Encoder, notes: Path) -> None:
        self.name, self.fingerprint = encoder.name, encoder.fingerprint
        self.dim, self.max_tokens = encoder.dim, encoder.max_tokens
        self.count_tokens, self.encode_query = encoder.count_tokens, encoder.encode_query
        self._encoder = encoder
        self._notes = notes

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        import ray

        vectors = self._encoder.encode_document(texts)
        key = hashlib.sha256("\0".join(texts).encode()).hexdigest()
        node = ray.get_runtime_context().get_node_id()
        with self._notes.open("a") as stream:
            stream.write(json.dumps({"key": key, "node": node, "passages": len(texts)}) + "\n")
        return vectors


def watched(notes: str, model: str) -> Encoder:
    return Watched(load_encoder(model), Path(notes))


def embed(
    articles: Path, folder: Path, address: str | None, progress: Callable[[float], None]
) -> list[Prepared]:
    engine = RayEngine(address, load=partial(watched, str(folder / "notes")))
    settings, encoder = PassageSettings(), load_encoder()
    folder.mkdir(exist_ok=True)
    items = engine.items(Corpus([articles]), DEFAULT_MODEL, encoder, settings, frozenset(), folder, progress)
    return [item for item in items if isinstance(item, Prepared)]


def notes(folder: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (folder / "notes").read_text().splitlines()]


def compare(found: list[Prepared], index: ArticleIndex) -> tuple[int, float]:
    """Passages, each of them once and in the index's place; the worst cosine. Ends otherwise."""
    places = index.catalog.passages(np.arange(len(index.vectors)))
    expected = [(place.article.id, place.start, place.end) for place in places]
    check([(p.article.id, *span) for p in found for span in p.spans] == expected, "other passages")
    check(len(set(expected)) == len(expected), "a passage twice")
    vectors = np.concatenate([prepared.vectors for prepared in found])
    return len(expected), float((vectors * index.vectors.rows(0, len(expected))).sum(axis=1).min())


def check(holds: bool, otherwise: str) -> None:
    if not holds:
        sys.exit(f"FAILED: {otherwise}")


def cluster(articles: Path, place: Path, index: ArticleIndex) -> None:
    """Three nodes; one is removed without a word when half is done."""
    from ray.cluster_utils import Cluster

    folder = place / "cluster"
    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    nodes = [made.add_node(num_cpus=1) for _ in range(NODES - 1)]
    removed: dict[str, int] = {}

    def progress(fraction: float) -> None:
        if fraction >= 0.5 and nodes:
            busiest = Counter(note["node"] for note in notes(folder))
            node = max(nodes, key=lambda node: busiest[node.node_id])
            removed[node.node_id] = busiest[node.node_id]
            nodes.clear()
            made.remove_node(node, allow_graceful=False)

    started = perf_counter()
    try:
        found = embed(articles, folder, made.address, progress)
        seconds = perf_counter() - started
    finally:
        made.shutdown()
    passages, worst = compare(found, index)
    check(worst >= 0.9999, f"worst cosine {worst}")
    keys = Counter(note["key"] for note in notes(folder))
    [(gone, shards)] = removed.items()
    later = Counter(note["node"] for note in notes(folder))
    print(
        f"{NODES} nodes, one removed when half was done ({shards} shards had come from it; it made "
        f"{later[gone]}, the others {sorted(later[node] for node in later if node != gone)}): "
        f"{len(keys)} shards, {passages} passages, each once, worst cosine {worst:.6f}, {seconds:.0f} s, "
        f"{sum(keys.values()) - len(keys)} shards encoded again after the loss"
    )


def killed(articles: Path, place: Path, index: ArticleIndex) -> None:
    """The driver and all of Ray's processes killed when half of the shards are there, then started again."""
    folder = place / "killed"
    command = [sys.executable, "-m", "benchmarks.ray", "embed", str(articles), str(folder)]
    first = subprocess.Popen(command)
    half = -(-len(list((place / "cluster" / SHARDS).glob("*.parquet"))) // 2) or 3
    while len(before := look(folder)) < half:
        check(first.poll() is None, "it ended before it could be killed")
        sleep(0.05)
    for process in [first.pid, *descendants(first.pid)]:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    first.wait()
    before, embedded = look(folder), notes(folder)
    found = embed(articles, folder, None, lambda _: None)
    passages, worst = compare(found, index)
    after = look(folder)
    made_again = sum(after[path] != seen for path, seen in before.items())
    keys = Counter(note["key"] for note in notes(folder))
    check(not made_again, "a shard that was there was made again")
    print(
        f"killed with {len(before)} of {len(after)} shards there ({len(embedded)} encoded), started again: "
        f"{made_again} shards made again, {sum(keys.values()) - len(keys)} encoded twice; "
        f"{passages} passages, each once, worst cosine {worst:.6f}"
    )


def look(folder: Path) -> dict[str, tuple[int, int]]:
    stats = {path.name: path.stat() for path in (folder / SHARDS).glob("*.parquet")}
    return {name: (stat.st_ino, stat.st_mtime_ns) for name, stat in stats.items()}


def descendants(process: int) -> list[int]:
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
    found = [process]
    for parent in found:
        found.extend(child for child, of in parents.items() if of == parent)
    return found[1:]


def overhead(articles: Path, place: Path, index: ArticleIndex, seconds: float) -> None:
    """The same index with Ray on this machine alone."""
    started = perf_counter()
    report = build_index([articles], place / "ray", BuildOptions(engine=RayEngine()))
    took = perf_counter() - started
    made, count = open_index(place / "ray"), report.passages
    vectors = (made.vectors.rows(0, count), index.vectors.rows(0, count))
    worst = float(np.multiply(*vectors).sum(axis=1).min())
    print(
        f"the whole build with Ray: {count} passages, {took:.0f} s, {took / seconds:.2f} times the ordinary "
        f"one; worst cosine {worst:.6f}"
    )


def some(articles: Path, place: Path) -> Path:
    count = os.environ.get("ARTICLES")
    if not count:
        return articles
    with gzip.open(articles) as stream:
        (place / "articles.jsonl").write_bytes(b"".join(islice(stream, int(count))))
    return place / "articles.jsonl"


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["embed"]:
        embed(Path(arguments[1]), Path(arguments[2]), None, lambda _: None)
        return 0
    articles = Path(os.environ.get("NEWSQA", "../shared/newsqa"), os.environ.get("SET", "mini"))
    if not (articles / "articles.jsonl.gz").is_file():
        print(f"{articles} is missing\n{SHAPE}")
        return 0
    os.environ |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        articles = some(articles / "articles.jsonl.gz", place).absolute()
        load_encoder().encode_document(["The model is converted once, and stays."])
        started = perf_counter()
        report = build_index([articles], place / "plain")
        seconds = perf_counter() - started
        print(f"ordinary build: {report.articles} articles, {report.passages} passages, {seconds:.0f} s")
        index = open_index(place / "plain")
        wanted = arguments or ["cluster", "killed", "overhead"]
        if "overhead" in wanted:
            overhead(articles, place, index, seconds)
        if "cluster" in wanted:
            cluster(articles, place, index)
        if "killed" in wanted:
            killed(articles, place, index)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
