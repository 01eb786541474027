import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np
import pytest
import tantivy

from embeddings.backends.folder.generations import Generations
from embeddings.backends.verify import verify
from embeddings.build.build import build_index
from embeddings.build.options import BuildOptions
from embeddings.errors import IndexMismatchError
from embeddings.index.checks import NEAREST
from embeddings.index.manifest import (
    ARTICLES,
    MANIFEST,
    PASSAGE_WORDS,
    PASSAGES,
    VECTORS,
    Manifest,
    sum_files,
)
from embeddings.text.passages import document, short_title
from embeddings.types import Encoder, Vectors
from tests.conftest import ROOT, put
from tests.fakes import WordEncoder
from tests.opened import open_index


@pytest.fixture
def generation(sources: Path, encoder: WordEncoder, tmp_path: Path) -> Path:
    build_index([sources], tmp_path / "qa", BuildOptions(encoder=encoder))
    return Generations(tmp_path / "qa").current()


def seal(generation: Path) -> None:
    """Sums that agree with the files as they are now."""
    manifest = Manifest.load(generation)
    files = {name: file for name, file in sum_files(generation).items() if name in manifest.files}
    manifest.files.update(files)
    manifest.save(generation)


def error(generation: Path, encoder: Encoder) -> str:
    with pytest.raises(IndexMismatchError) as caught:
        list(verify(generation.parent.parent, encoder))
    return str(caught.value)


def test_a_whole_index_passes_each_check(generation: Path, encoder: WordEncoder) -> None:
    lines = list(verify(generation.parent.parent, encoder))
    assert [line.partition(":")[0] for line in lines] == ["files", "counts", "spans", "vectors"]
    assert lines[1:] == [
        "counts: 3 passages in catalog, vectors and words",
        "spans: 3 articles, every passage inside its text",
        "vectors: 3 encoded again, none below cosine 0.99",
    ]


def test_every_flipped_bit_is_found(generation: Path, encoder: WordEncoder) -> None:
    for name in Manifest.load(generation).files:
        path = generation / name
        whole = path.read_bytes()
        if whole:
            flipped = bytearray(whole)
            flipped[len(whole) // 2] ^= 1
            put(path, flipped)
            said = error(generation, encoder)
            assert f"{path} has been altered (SHA-256 " in said
            assert "expected" in said
            assert "run `qa index --rebuild --index" in said
            put(path, whole)
    list(verify(generation.parent.parent, encoder))


def test_vectors_of_other_texts(generation: Path, encoder: WordEncoder) -> None:
    index = faiss.read_index(str(generation / VECTORS))
    rows = index.reconstruct_n(0, 3)[::-1]
    swapped = faiss.index_factory(64, "Flat", faiss.METRIC_INNER_PRODUCT)
    swapped.add(np.ascontiguousarray(rows))
    (generation / VECTORS).unlink()
    faiss.write_index(swapped, str(generation / VECTORS))
    seal(generation)
    said = error(generation, encoder)
    assert f"{generation / VECTORS} has passage 0 (bridge.md) at cosine 0." in said
    assert "expected 0.99 or more: run `qa index" in said


class Shuffled(WordEncoder):
    """A conversion with the genuine fingerprint that computes something else."""

    folder = Path("cache/a conversion")

    def uncompiled(self) -> Encoder:
        return WordEncoder()

    def _encode(self, texts: Sequence[str]) -> Vectors:
        return super()._encode([text[::-1] for text in texts])


def test_vectors_of_a_conversion_that_is_not_the_model(sources: Path, tmp_path: Path) -> None:
    build_index([sources], tmp_path / "qa", BuildOptions(encoder=Shuffled()))
    said = error(Generations(tmp_path / "qa").current(), Shuffled())
    assert "has passage 0 (bridge.md) at cosine " in said
    assert "before conversion: run `rm -r 'cache/a conversion'`, then run `qa index --rebuild" in said


def test_vectors_of_a_conversion_that_is_the_model(sources: Path, tmp_path: Path) -> None:
    class Faithful(WordEncoder):
        folder = Path("cache")

        def uncompiled(self) -> Encoder:
            return WordEncoder()

    build_index([sources], tmp_path / "qa", BuildOptions(encoder=Faithful()))
    last = list(verify(tmp_path / "qa", Faithful()))[-1]
    assert last == "model: 3 encoded again by the model that was not converted, none below cosine 0.99"


@pytest.mark.parametrize(
    ("passage", "field", "value", "found"),
    [
        (1, "end", 10_000, "has [0:10000] in flood.txt, expected places from 0 to"),
        (1, "start", -5, "has [-5:"),
        (1, "article", 2, "has passages of another article among those of flood.txt"),
    ],
)
def test_spans_outside_their_text(
    passage: int, field: str, value: int, found: str, generation: Path, encoder: WordEncoder
) -> None:
    rows = np.load(generation / PASSAGES)
    rows[field][passage] = value
    (generation / PASSAGES).unlink()
    np.save(generation / PASSAGES, rows)
    seal(generation)
    assert found in error(generation, encoder)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("UPDATE articles SET text = text || ' Or so.' WHERE number = 1", "another text of flood.txt"),
        ("UPDATE articles SET first = 2 WHERE number = 1", "passage 2 as the first of flood.txt, expected 1"),
        ("DELETE FROM articles WHERE number = 2", "has 2 articles, expected 3"),
        ("UPDATE articles SET date = '2022-02-30' WHERE number = 1", "'2022-02-30' as the day of flood.txt"),
        ("UPDATE articles SET date = '20220203' WHERE number = 1", "expected YYYY-MM-DD"),
        ("UPDATE articles SET count = 1000000000 WHERE number = 1", "passages 1 and 1000000000 more, of 3"),
        ("UPDATE articles SET first = -1 WHERE number = 1", "passages -1 and 1 more, of 3"),
        ("UPDATE articles SET first = 'x' WHERE number = 1", "passages 'x' and 1 more, of 3"),
        ("UPDATE articles SET title = x'00' WHERE number = 1", "fields of 'flood.txt' that are no text"),
        ("UPDATE articles SET pages = '[\"x\"]' WHERE number = 1", "fields of 'flood.txt' that are no text"),
        ("UPDATE articles SET pages = '[9, 3]' WHERE number = 1", "has (9, 3) as pages of flood.txt"),
        ("UPDATE articles SET pages = '[9, 9999]' WHERE number = 1", "places in order from 0 to"),
        ("UPDATE articles SET signature = 7 WHERE number = 1", "fields of 'flood.txt' of another type"),
    ],
)
def test_articles_that_are_not_what_was_indexed(
    change: str, found: str, generation: Path, encoder: WordEncoder
) -> None:
    with sqlite3.connect(generation / ARTICLES) as db:
        db.execute(change)
    db.close()
    seal(generation)
    assert found in error(generation, encoder)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 3e38, 2.0])
def test_vectors_that_are_none(value: float, generation: Path, encoder: WordEncoder) -> None:
    rows = np.full((3, 64), value, np.float32)
    forged = faiss.index_factory(64, "Flat", faiss.METRIC_INNER_PRODUCT)
    forged.add(rows)
    (generation / VECTORS).unlink()
    faiss.write_index(forged, str(generation / VECTORS))
    seal(generation)
    assert "expected 0.99 or more" in error(generation, encoder)
    index = open_index(generation.parent.parent, encoder)
    query = encoder.encode_query(["The old bridge"])[0]
    with pytest.raises(IndexMismatchError, match=r"vectors.faiss is damaged .*run `qa index --rebuild"):
        index.vectors.scores(query, np.arange(3))


def test_a_forged_count_takes_no_memory_in_the_next_build(
    sources: Path, generation: Path, encoder: WordEncoder
) -> None:
    with sqlite3.connect(generation / ARTICLES) as db:
        db.execute("UPDATE articles SET count = 1000000000")
    db.close()
    seal(generation)
    place = generation.parent.parent
    report = build_index([sources], place, BuildOptions(encoder=encoder))
    assert (report.encoded, report.added) == (3, 3)
    assert len(list(verify(place, encoder))) == 4


def test_words_of_another_schema(generation: Path, encoder: WordEncoder) -> None:
    folder = generation / PASSAGE_WORDS
    shutil.rmtree(folder)
    folder.mkdir()
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", stored=True)
    index = tantivy.Index(builder.build(), str(folder))
    index.writer().commit()
    manifest = Manifest.load(generation)
    for name in [name for name in manifest.files if name.startswith(f"{PASSAGE_WORDS}/")]:
        del manifest.files[name]
    words = {name: file for name, file in sum_files(generation).items() if name.startswith(PASSAGE_WORDS)}
    manifest.files.update(words)
    manifest.save(generation)
    assert "its fields are not those of words" in error(generation, encoder)


def test_counts_that_disagree(generation: Path, encoder: WordEncoder) -> None:
    path = generation / MANIFEST
    path.write_text(path.read_text().replace('"articles": 3', '"articles": 4'))
    assert "has 3 articles of words, expected 4" in error(generation, encoder)


@pytest.mark.slow  # the real model
def test_the_threshold_leaves_room_for_batches_of_other_company(
    real_encoder: Encoder, tmp_path: Path
) -> None:
    build_index([ROOT / "seeds"], tmp_path, BuildOptions(encoder=real_encoder))
    index = open_index(tmp_path, real_encoder)
    count = index.manifest.passages
    stored = index.vectors.rows(0, count)
    passages = index.catalog.passages(np.arange(count))
    settings = index.manifest.settings
    texts = [document(short_title(p.article.title, real_encoder, settings), p.text) for p in passages]
    alone = np.vstack([real_encoder.encode_document([text]) for text in texts])
    assert (stored * alone).sum(1).min() > 0.999
    between = stored @ stored.T - 2 * np.eye(count)
    assert between.max() < 0.95 < NEAREST
