import os
import subprocess
import sys
from collections.abc import Callable, Generator
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from embeddings.engines.ray import engine
from embeddings.engines.ray.cluster import connected
from embeddings.engines.ray.engine import RayEngine
from embeddings.engines.ray.stream import Pool
from embeddings.engines.ray.units import Marks
from embeddings.engines.ray.workers import Embedder, Job, read_unit
from embeddings.errors import QAError
from embeddings.index.records import content_hash
from embeddings.sources.corpus import Corpus
from embeddings.text.passages import PassageSettings, cut
from embeddings.types import Article, Prepared, Skipped
from tests.fakes import WordEncoder

SETTINGS = PassageSettings(words=20)


def run(
    ray: RayEngine, sources: Path, folder: Path, known: frozenset[bytes] = frozenset()
) -> list[Article | Prepared | Skipped]:
    return list(ray.items(Corpus([sources]), "fake", WordEncoder(), SETTINGS, known, folder))


def plain(item: Article | Prepared | Skipped) -> Article | Skipped:
    return item.article if isinstance(item, Prepared) else item


@pytest.mark.parametrize(
    ("nodes", "pool"),
    [
        ([{"CPU": 2.0}], Pool(1, 1.0, 0)),
        ([{"CPU": 1.0}] * 3, Pool(3, 0.5, 0)),
        ([{"CPU": 64.0}, {"CPU": 8.0}, {}], Pool(2, 5.0, 0)),
        ([{"CPU": 16.0, "GPU": 4.0}, {"CPU": 16.0}], Pool(4, 0.5, 1)),
    ],
)
def test_the_pool_leaves_room_for_reading(nodes: list[dict[str, float]], pool: Pool) -> None:
    assert Pool.on(nodes) == pool
    assert all(node["CPU"] > pool.cpus for node in nodes if node)


def test_nodes_without_cpus() -> None:
    with pytest.raises(QAError, match="no CPU for tasks"):
        Pool.on([{}])


def test_without_ray_the_command_is_named(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(QAError, match=r"needs Ray, which is not installed .*pip install 'article-qa\[ray\]'"):
        run(RayEngine(), sources, tmp_path)


class Ray:
    """A cluster that makes shards in this process, one after the other or backwards."""

    def __init__(self, encoder: WordEncoder, backwards: bool = False, lose: int = 0) -> None:
        self.encoder = encoder
        self._backwards = backwards
        self._lose = lose

    def stream(self, _: object, units: list[dict[str, object]], job: Job, known: Marks) -> Generator[object]:
        import pyarrow as pa

        embed = Embedder(Job(job.model, lambda _: self.encoder, job.shards, job.reading))
        tables = list(read_unit(pa.Table.from_pylist(units), job, known))
        tables = tables[self._lose :]
        for table in reversed(tables) if self._backwards else tables:
            yield embed(table)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Callable[..., WordEncoder]:
    pytest.importorskip("pyarrow")
    from contextlib import nullcontext

    def use(**how: object) -> WordEncoder:
        ray = Ray(WordEncoder(), **how)  # type: ignore[arg-type]
        monkeypatch.setattr(engine, "connected", lambda _: nullcontext())
        monkeypatch.setattr(engine, "stream", ray.stream)
        return ray.encoder

    return use


@pytest.fixture
def many(sources: Path) -> Path:
    """Sources of several units and parts, with what is left out, and with ids that are taken."""
    for number in range(600):
        (sources / f"{number:03}.txt").write_text(f"Text of number {number}.")
    lines = ['{"id": "000.txt", "text": "x"}', "{broken", *['{"text": "' + "word " * 30_000 + '"}'] * 9]
    (sources / "a.jsonl").write_text("\n".join(lines))
    (sources / "b.jsonl").write_text('{"id": "same", "text": "x"}\n{"id": "same", "text": "y"}\n[]')
    return sources


@pytest.mark.parametrize("backwards", [False, True])
def test_order_ids_and_remarks_are_the_corpus_s(
    backwards: bool, many: Path, tmp_path: Path, fake: Callable[..., WordEncoder]
) -> None:
    fake(backwards=backwards)
    heard: list[float] = []
    items = list(
        RayEngine().items(
            Corpus([many]), "fake", WordEncoder(), SETTINGS, frozenset(), tmp_path, heard.append
        )
    )
    assert [plain(item) for item in items] == list(Corpus([many]))
    assert not any(isinstance(item, Article) for item in items)
    assert heard == sorted(heard)
    assert heard[-1] == 1.0
    assert len(heard) > 3


def test_known_articles_are_not_encoded(
    sources: Path, tmp_path: Path, fake: Callable[..., WordEncoder]
) -> None:
    encoder = fake()
    articles = [item for item in Corpus([sources]) if isinstance(item, Article)]
    items = run(RayEngine(), sources, tmp_path, frozenset([content_hash(articles[1])]))
    assert [plain(item) for item in items] == articles
    assert [isinstance(item, Prepared) for item in items] == [True, False, True]
    assert not any("flooded" in text for text in encoder.documents)


def test_it_goes_on_from_shards_until_they_are_removed(
    sources: Path, tmp_path: Path, fake: Callable[..., WordEncoder]
) -> None:
    encoder = fake()
    first = run(RayEngine(), sources, tmp_path)
    count = len(encoder.documents)
    assert str(run(RayEngine(), sources, tmp_path)) == str(first)
    assert len(encoder.documents) == count
    RayEngine().remove(tmp_path)
    assert not (tmp_path / "shards").exists()
    run(RayEngine(), sources, tmp_path)
    assert len(encoder.documents) == 2 * count


def test_a_shard_that_never_came(many: Path, tmp_path: Path, fake: Callable[..., WordEncoder]) -> None:
    fake(lose=1)
    with pytest.raises(QAError, match="Ray ended after 0 of 3 units"):
        run(RayEngine(), many, tmp_path)


def test_a_shard_that_is_not_seen_here(
    sources: Path, tmp_path: Path, fake: Callable[..., WordEncoder], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake()
    monkeypatch.setattr(engine, "_SEEN", 0.2)
    monkeypatch.setattr("embeddings.engines.ray.shards.Shards.write", lambda *_: None)
    with pytest.raises(QAError, match="which a worker has written, is not here: on a cluster, sources and"):
        run(RayEngine(), sources, tmp_path)


def test_sources_that_a_worker_does_not_see(
    sources: Path, tmp_path: Path, fake: Callable[..., WordEncoder], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake()
    away = partial(Path.absolute)
    monkeypatch.setattr(Path, "absolute", lambda path: Path(f"{away(path)}.away") if path.suffix else path)
    with pytest.raises(QAError, match=r"a worker does not see .*bridge.md: on a cluster"):
        run(RayEngine(), sources, tmp_path)


@pytest.mark.slow
def test_ray_itself(many: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("ray")
    folder = tmp_path / "qa"
    items = run(RayEngine(load=WordEncoder), many, folder)
    expected = list(Corpus([many]))
    assert [plain(item) for item in items] == expected
    encoder = WordEncoder()
    for item in items:
        if isinstance(item, Prepared):
            assert item.spans == cut(item.article, encoder, SETTINGS)
            assert item.vectors.shape == (len(item.spans), 64)
            np.testing.assert_allclose(np.linalg.norm(item.vectors, axis=1), 1, atol=1e-5)
    before = {path: path.stat().st_mtime_ns for path in (folder / "shards").iterdir()}
    assert str(run(RayEngine(load=WordEncoder), many, folder)) == str(items)
    assert {path: path.stat().st_mtime_ns for path in (folder / "shards").iterdir()} == before
    assert capfd.readouterr() == ("", "")


_STRANGER = """
import sys, ray
try:
    ray.init(sys.argv[1], log_to_driver=False)
except ConnectionError:
    sys.exit(7)
"""


@pytest.mark.slow
def test_nobody_else_uses_the_local_cluster() -> None:
    pytest.importorskip("ray")
    others = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    with connected(None) as ray:
        address = ray.get_runtime_context().gcs_address
        keys: tuple[dict[str, str], ...] = ({}, {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "0" * 64})
        strangers = [
            subprocess.Popen(
                [sys.executable, "-c", _STRANGER, address], env=others | key, stderr=subprocess.DEVNULL
            )
            for key in keys
        ]
        assert [stranger.wait(100) for stranger in strangers] == [7, 7]


@pytest.mark.slow
@pytest.mark.parametrize("address", ["auto", "127.0.0.1:9"])
def test_no_cluster_there(address: str, sources: Path, tmp_path: Path) -> None:
    pytest.importorskip("ray")
    os.environ.pop("RAY_ADDRESS", None)
    with pytest.raises(QAError, match=f"cannot connect to Ray at {address} .*ray start --head"):
        run(RayEngine(address), sources, tmp_path)
