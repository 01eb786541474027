"""What only Milvus does; all else is in tests/embeddings/test_seam.py."""

import json
import shutil
import time
from pathlib import Path

import numpy as np
import pytest

from embeddings.errors import IndexBusyError, IndexMismatchError
from embeddings.index import ArticleIndex
from embeddings.milvus import layout
from embeddings.milvus.address import Address
from embeddings.milvus.connection import Connection, connect
from embeddings.stores import store
from embeddings.types import Filter
from qa import QA
from tests.fakes import WordEncoder

pytest.importorskip("milvus_lite", reason="article-qa[milvus] is not installed")
pytest.importorskip("pymilvus")


@pytest.fixture
def place(sources: Path, encoder: WordEncoder, tmp_path: Path) -> str:
    place = f"milvus+file:{tmp_path / 'made'}"
    ArticleIndex.build([sources], place, encoder=encoder)
    return place


def connection(place: str) -> Connection:
    return connect(Address.of(place))


def test_two_generations_are_kept(place: str, sources: Path, encoder: WordEncoder) -> None:
    for number in range(3):
        (sources / "new.txt").write_text(f"Something new happened {number} times.")
        ArticleIndex.build([sources], place, encoder=encoder)
    kept = {layout.number_of("articles", name) for name in connection(place).client.list_collections()}
    assert kept == {3, 4}


def test_what_a_crash_left_is_swept(place: str, sources: Path, encoder: WordEncoder) -> None:
    client = connection(place).client
    layout.create(connection(place), layout.generation("articles", 2), encoder.dim)
    assert ArticleIndex.open(place, encoder).manifest.articles == 3
    (sources / "new.txt").write_text("Something new.")
    ArticleIndex.build([sources], place, encoder=encoder)
    assert store(place).current() == "articles_000003"
    assert not client.has_collection("articles_000002")


def test_a_writer_elsewhere_is_left_alone(place: str, sources: Path, encoder: WordEncoder) -> None:
    names = layout.generation("articles", 2)
    layout.create(connection(place), names, encoder.dim)
    said = json.dumps({"host": "elsewhere", "pid": 7, "at": time.time()})
    layout.note(connection(place), names.passages, {layout.WRITER: said})
    with pytest.raises(IndexBusyError, match="process 7 on elsewhere is writing the index"):
        ArticleIndex.build([sources], place, encoder=encoder)
    assert connection(place).client.has_collection(names.passages)


def test_missing_rows_are_not_published_nor_opened(place: str, encoder: WordEncoder) -> None:
    connection(place).client.delete("articles_000001", filter="number == 1")
    with pytest.raises(IndexMismatchError, match="has 2 vectors, expected 3: run `qa index --rebuild"):
        ArticleIndex.open(place, encoder)


def test_an_altered_manifest_is_refused(place: str, encoder: WordEncoder) -> None:
    layout.note(connection(place), "articles_000001", {layout.MANIFEST: '{"format": 1}'})
    with pytest.raises(IndexMismatchError, match="index format 1, expected 3: run `qa index --rebuild"):
        ArticleIndex.open(place, encoder)
    layout.note(connection(place), "articles_000001", {layout.MANIFEST: "{"})
    with pytest.raises(IndexMismatchError, match="is damaged"):
        ArticleIndex.open(place, encoder)


def test_a_server_without_words(
    sources: Path,
    encoder: WordEncoder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(Connection, "has_words", False)
    place = f"milvus+file:{tmp_path / 'made'}"
    ArticleIndex.build([sources], place, encoder=encoder)
    index = ArticleIndex.open(place, encoder)
    number, weekly = index.catalog.number("sport/cup.md"), Filter(sources=("Weekly",))
    assert index.article_words.search("penalty", 3, weekly)[0].tolist() == [number]
    idf = index.article_words.idf(["penalti", "river", "nothing"])

    shutil.rmtree(tmp_path / "made" / "words")
    alone = ArticleIndex.open(place, encoder)
    assert "searches no words" in caplog.text or "has no words (2.5 and later have)" in caplog.text
    assert "only meaning counts" in caplog.text
    assert not alone.article_words.search("penalty", 3)[0].size
    assert alone.passage_words.scores("penalty", np.arange(3)).tolist() == [0, 0, 0]
    np.testing.assert_allclose(alone.article_words.idf(["penalti", "river", "nothing"]), idf)
    assert QA(alone).search("Who saved a penalty?")[0].passage.article.id == "sport/cup.md"
