import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from embeddings.engines.ray.shards import Shards
from embeddings.engines.ray.units import known_marks
from embeddings.engines.ray.wire import Record, Warned, pack, unpack
from embeddings.engines.ray.workers import Embedder, Job, read_unit, unit_row
from embeddings.index.records import content_hash
from embeddings.sources.corpus import Corpus, Unsaid
from embeddings.sources.readers.base import Reading
from embeddings.text.passages import PassageSettings, cut, document, short_title
from embeddings.types import Article, Prepared, Skipped
from tests.conftest import put
from tests.fakes import WordEncoder

pa = pytest.importorskip("pyarrow")
SETTINGS = PassageSettings(words=20)
MIXED = [
    Record(0, Article("a", "T", "One. Two.", "https://x.example", "2022-01-01", "x", "p", (5,))),
    Record(0, Skipped(os.fsdecode(b"bad\xff.txt"), "no text")),
    Record(3, Article("b", "", "Known already \U0001f9a6."), known=True),
    Record(3, Unsaid(12)),
    Record(4, Article("c", "T", "Three.")),
    Record(4, Warned("embeddings.x", "%s of %d", ("a", 2))),
]


@pytest.fixture
def shards(tmp_path: Path) -> Shards:
    shards = Shards.of(tmp_path / "shards", WordEncoder(), SETTINGS)
    shards.prepare()
    return shards


def prepared(article: Article, encoder: WordEncoder) -> Prepared:
    spans = cut(article, encoder, SETTINGS)
    title = short_title(article.title, encoder, SETTINGS)
    return Prepared(
        article, spans, encoder.encode_document([document(title, article.text[a:b]) for a, b in spans])
    )


def make(shards: Shards, sources: Path, load: Callable[[str], WordEncoder]) -> list[dict[str, object]]:
    """The rows of a run without Ray."""
    corpus = Corpus([sources])
    job = Job("fake", load, shards, corpus.reading)
    rows = pa.Table.from_pylist([unit_row(0, range(len(corpus.files)), corpus.files)])
    embed = Embedder(job)
    return [row for table in read_unit(rows, job, known_marks([])) for row in embed(table).to_pylist()]


def test_everything_comes_back(shards: Shards) -> None:
    assert list(unpack(pack(MIXED))) == MIXED
    vectors = np.random.default_rng(0).standard_normal((3, 64)).astype(np.float32)
    packed = pack(MIXED)
    key = shards.key(packed)
    shards.write(key, packed, [([(0, 4), (5, 9)], vectors[:2]), ([(0, 6)], vectors[2:])])
    found = shards.read(key)
    assert [number for number, _ in found] == [record.file for record in MIXED]
    for record, (_, item) in zip(MIXED, found, strict=True):
        if isinstance(record.item, Article) and not record.known:
            assert isinstance(item, Prepared)
            assert item.article == record.item
        else:
            assert item == record.item
    first, last = (item for _, item in found if isinstance(item, Prepared))
    assert (first.spans, last.spans) == ([(0, 4), (5, 9)], [(0, 6)])
    np.testing.assert_array_equal(np.concatenate([first.vectors, last.vectors]), vectors)
    assert [path.name for path in shards.folder.iterdir()] == [f"{key}.parquet"]


@pytest.mark.parametrize("records", [[], MIXED[1:2], MIXED[2:4]])
def test_a_shard_without_a_new_article(records: list[Record], shards: Shards) -> None:
    packed = pack(records)
    shards.write(shards.key(packed), packed, [])
    assert shards.read(shards.key(packed)) == [(record.file, record.item) for record in records]


def test_vectors_must_be_of_the_passages(shards: Shards) -> None:
    packed = pack(MIXED)
    one = np.zeros((1, 64), np.float32)
    with pytest.raises((ValueError, StopIteration)):
        shards.write(shards.key(packed), packed, [([(0, 4)], one), ([(0, 3), (3, 6)], one)])
    assert not list(shards.folder.glob("*"))


def test_vectors_are_those_of_a_plain_build(shards: Shards, sources: Path) -> None:
    [row] = make(shards, sources, WordEncoder)
    assert (row["unit"], row["part"], row["last"], row["error"]) == (0, 0, True, None)
    found = [item for _, item in shards.read(str(row["key"]))]
    expected = [prepared(item, WordEncoder()) for item in Corpus([sources]) if isinstance(item, Article)]
    for item, plain in zip(found, expected, strict=True):
        assert isinstance(item, Prepared)
        assert (item.article, item.spans) == (plain.article, plain.spans)
        np.testing.assert_array_equal(item.vectors, plain.vectors)


def harm_end(path: Path) -> None:
    put(path, path.read_bytes()[:-100])


def harm_text(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    put(path, data)


def harm_all(path: Path) -> None:
    put(path, b"")


@pytest.mark.parametrize("harm", [harm_end, harm_text, harm_all, Path.unlink])
def test_only_a_harmed_shard_is_made_again(
    harm: Callable[[Path], None], shards: Shards, sources: Path
) -> None:
    encoder = WordEncoder()
    [row] = make(shards, sources, lambda _: encoder)
    whole = shards.read(str(row["key"]))
    texts = list(encoder.documents)
    encoder.documents.clear()
    assert make(shards, sources, lambda _: encoder) == [row]
    assert not encoder.documents
    harm(shards.path(str(row["key"])))
    assert not shards.has(str(row["key"]))
    assert make(shards, sources, lambda _: encoder) == [row]
    assert encoder.documents == texts
    assert str(shards.read(str(row["key"]))) == str(whole)


def test_a_shard_under_another_name_is_none(shards: Shards, sources: Path) -> None:
    [row] = make(shards, sources, WordEncoder)
    shards.path(str(row["key"])).rename(shards.path("0" * 64))
    assert not shards.has("0" * 64)


def test_another_encoder_or_cut_is_another_shard(shards: Shards, sources: Path) -> None:
    [row] = make(shards, sources, WordEncoder)
    for other in (
        replace(shards, encoder="other"),
        replace(shards, settings=PassageSettings(words=21)),
        replace(shards, dim=65),
    ):
        assert other.key(pack(MIXED)) != shards.key(pack(MIXED))
        assert not other.has(str(row["key"]))


def test_known_articles_are_not_encoded(shards: Shards, sources: Path) -> None:
    encoder = WordEncoder()
    articles = [item for item in Corpus([sources]) if isinstance(item, Article)]
    packed = pack([Record(0, articles[0], known=True), Record(1, articles[1])])
    job = Job("fake", lambda _: encoder, shards, Reading())
    row = {"unit": 0, "part": 0, "last": True, "read": 0, "key": shards.key(packed), "error": None}
    Embedder(job)(pa.Table.from_pylist([row | {"packed": packed}]))
    [(_, known), (_, new)] = shards.read(shards.key(packed))
    assert known == articles[0]
    assert isinstance(new, Prepared)
    assert new.article == articles[1]
    assert content_hash(articles[0]) != content_hash(articles[1])
    assert all(text.startswith(articles[1].title) for text in encoder.documents)


def test_another_model_on_a_node_is_said(shards: Shards, sources: Path) -> None:
    [row] = make(shards, sources, lambda _: WordEncoder("other"))
    assert "is other-64, expected fake-64: install the same model on every node" in str(row["error"])


def test_a_folder_that_a_node_does_not_see(shards: Shards, sources: Path) -> None:
    shards.folder.rmdir()
    [row] = make(shards, sources, WordEncoder)
    assert f"does not see {shards.folder}: on a cluster, sources and index must" in str(row["error"])


def test_what_kills_its_worker_is_given_up(shards: Shards, sources: Path) -> None:
    [row] = make(shards, sources, lambda _: WordEncoder("other"))
    for _ in range(5):
        shards.tries(str(row["key"]))
    [row] = make(shards, sources, WordEncoder)
    assert "bridge.md was tried 5 times, and each time its worker died" in str(row["error"])
    shards.prepare()
    [row] = make(shards, sources, WordEncoder)
    assert row["error"] is None
    assert not list(shards.folder.glob("*.tries"))
