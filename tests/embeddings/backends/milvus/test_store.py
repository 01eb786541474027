"""What only Milvus does; all else is in tests/embeddings/backends/test_protocols.py."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from embeddings.backends.milvus import schema
from embeddings.backends.milvus.address import Address
from embeddings.backends.milvus.connection import Connection, connect
from embeddings.backends.milvus.lease import Heartbeat
from embeddings.backends.milvus.store import MilvusStore
from embeddings.backends.open import store
from embeddings.backends.verify import verify
from embeddings.build.build import build_index
from embeddings.build.options import BuildOptions
from embeddings.errors import IndexBusyError, IndexMismatchError, NoIndexError, QAError
from embeddings.types import Filter
from qa import QA
from tests.fakes import WordEncoder
from tests.opened import open_index

pytest.importorskip("milvus_lite", reason="article-qa[milvus] is not installed")
pytest.importorskip("pymilvus")


@pytest.fixture
def place(sources: Path, encoder: WordEncoder, tmp_path: Path) -> str:
    place = f"milvus+file:{tmp_path / 'made'}"
    build_index([sources], place, BuildOptions(encoder=encoder))
    return place


def connection(place: str) -> Connection:
    return connect(Address.of(place))


def test_looking_makes_nothing(tmp_path: Path) -> None:
    there = store(f"milvus+file:{tmp_path / 'nowhere'}")
    for look in (there.current, there.open, there.roll_back):
        with pytest.raises(NoIndexError):
            look()
    with there.published() as published:
        assert published is None
    assert not (tmp_path / "nowhere").exists()


def test_a_file_where_the_folder_should_be(sources: Path, tmp_path: Path, encoder: WordEncoder) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(QAError, match=r"cannot make the folder .* give --index another"):
        build_index([sources], f"milvus+file:{tmp_path / 'file'}", BuildOptions(encoder=encoder))


def test_two_generations_are_kept(place: str, sources: Path, encoder: WordEncoder) -> None:
    for number in range(3):
        (sources / "new.txt").write_text(f"Something new happened {number} times.")
        build_index([sources], place, BuildOptions(encoder=encoder))
    kept = {schema.number_of("articles", name) for name in connection(place).client.list_collections()}
    assert kept == {3, 4}


def test_what_a_crash_left_is_swept(place: str, sources: Path, encoder: WordEncoder) -> None:
    client = connection(place).client
    schema.create(connection(place), schema.generation("articles", 2), encoder.dim, "{}")
    schema.note(connection(place), "articles_000002", {schema.WRITER: "{}"})
    assert open_index(place, encoder).manifest.articles == 3
    (sources / "new.txt").write_text("Something new.")
    build_index([sources], place, BuildOptions(encoder=encoder))
    assert store(place).current() == "articles_000003"
    assert not client.has_collection("articles_000002")


def test_a_writer_elsewhere_is_left_alone(
    place: str, sources: Path, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = schema.generation("articles", 2)
    heart = Heartbeat(connection(place).client, names.passages, Path("another/home"))
    monkeypatch.setattr("embeddings.backends.milvus.lease._EVERY", 0.01)
    monkeypatch.setattr("embeddings.backends.milvus.lease.living.__defaults__", (0.3,))
    schema.create(connection(place), names, encoder.dim, heart.said())
    heart.start()
    with pytest.raises(IndexBusyError, match=r"process \d+ on .* is writing the index"):
        build_index([sources], place, BuildOptions(encoder=encoder))
    assert heart.is_ours()
    heart.stop()


def test_collections_of_others_stay(place: str, sources: Path, encoder: WordEncoder) -> None:
    client = connection(place).client
    client.create_collection("articles_20240101", dimension=4)
    (sources / "new.txt").write_text("Something new.")
    build_index([sources], place, BuildOptions(encoder=encoder))
    assert client.has_collection("articles_20240101")
    assert store(place).current() == "articles_20240102"


def test_an_interruption_once_it_is_published_loses_nothing(
    place: str, sources: Path, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    point = MilvusStore.point

    def interrupted(self: MilvusStore, names: schema.Names) -> None:
        point(self, names)
        raise KeyboardInterrupt

    (sources / "new.txt").write_text("Something new.")
    monkeypatch.setattr(MilvusStore, "point", interrupted)
    with pytest.raises(KeyboardInterrupt, match="already published: it is whole, and new"):
        build_index([sources], place, BuildOptions(encoder=encoder))
    assert open_index(place, encoder).manifest.articles == 4


def test_lost_texts_are_found(place: str, sources: Path, encoder: WordEncoder) -> None:
    index = open_index(place, encoder)
    connection(place).client.delete("articles_000001_texts", filter="number == 1")
    with pytest.raises(IndexMismatchError, match="has no article 1: run `qa index --rebuild"):
        index.catalog.article("flood.txt")
    with pytest.raises(IndexMismatchError, match="has 2 texts, expected 3: run `qa index --rebuild"):
        list(verify(place, encoder))
    assert build_index([sources], place, BuildOptions(encoder=encoder)).published
    assert len(list(verify(place, encoder))) == 4


def test_missing_rows_are_not_published_nor_opened(place: str, encoder: WordEncoder) -> None:
    connection(place).client.delete("articles_000001", filter="number == 1")
    with pytest.raises(IndexMismatchError, match="has 2 vectors, expected 3: run `qa index --rebuild"):
        open_index(place, encoder)


def test_an_altered_manifest_is_refused(place: str, encoder: WordEncoder) -> None:
    schema.note(connection(place), "articles_000001", {schema.MANIFEST: '{"format": 1}'})
    with pytest.raises(IndexMismatchError, match="index format 1, expected 4: run `qa index --rebuild"):
        open_index(place, encoder)
    schema.note(connection(place), "articles_000001", {schema.MANIFEST: "{"})
    with pytest.raises(IndexMismatchError, match="is damaged"):
        open_index(place, encoder)


def test_a_server_without_words(
    sources: Path,
    encoder: WordEncoder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(Connection, "has_words", False)
    place = f"milvus+file:{tmp_path / 'made'}"
    build_index([sources], place, BuildOptions(encoder=encoder))
    index = open_index(place, encoder)
    number, weekly = index.catalog.number("sport/cup.md"), Filter(sources=("Weekly",))
    assert index.article_words.search("penalty", 3, weekly)[0].tolist() == [number]
    idf = index.article_words.idf(["penalti", "river", "nothing"])

    shutil.rmtree(tmp_path / "made" / "words")
    alone = open_index(place, encoder)
    assert "has no words (2.5 and later have): only meaning counts; run `qa index" in caplog.text
    assert not alone.article_words.search("penalty", 3)[0].size
    assert alone.passage_words.scores("penalty", np.arange(3)).tolist() == [0, 0, 0]
    np.testing.assert_allclose(alone.article_words.idf(["penalti", "river", "nothing"]), idf)
    assert QA(alone).search("Who saved a penalty?")[0].passage.article.id == "sport/cup.md"

    assert build_index(
        [sources], place, BuildOptions(encoder=encoder)
    ).published  # the same again, but with words
    index = open_index(place, encoder)
    assert index.article_words.search("penalty", 3)[0].tolist() == [number]
    monkeypatch.undo()  # the server is a newer one now
    index = open_index(place, encoder)
    assert index.article_words.search("penalty", 3)[0].tolist() == [number]
