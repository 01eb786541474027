import json
from pathlib import Path

import numpy as np
import pytest

from embeddings.building import Progress, Report
from embeddings.errors import IndexMismatchError, NoIndexError, QAError
from embeddings.generations import Generations
from embeddings.index import ArticleIndex, read_info
from embeddings.manifest import FORMAT
from embeddings.passages import PassageSettings
from embeddings.types import Filter
from tests.fakes import WordEncoder


def build(sources: Path, folder: Path, encoder: WordEncoder, rebuild: bool = False) -> Report:
    return ArticleIndex.build([sources], folder, rebuild=rebuild, encoder=encoder)


@pytest.fixture
def folder(sources: Path, encoder: WordEncoder, tmp_path: Path) -> Path:
    build(sources, tmp_path / "qa", encoder)
    encoder.documents.clear()
    return tmp_path / "qa"


def test_parts_agree_on_numbers(folder: Path, encoder: WordEncoder) -> None:
    index = ArticleIndex.open(folder, encoder)
    passages = index.catalog.passages(np.arange(len(index.vectors)))
    assert [p.article.id for p in passages] == ["bridge.md", "flood.txt", "sport/cup.md"]
    for passage in passages:
        assert passage.text == passage.article.text[passage.start : passage.end]
        query = encoder.encode_query([f"{passage.article.title}. {passage.text}"])[0]
        numbers, cosines = index.vectors.search(query, 1)
        assert numbers[0] == passage.number
        assert cosines[0] == pytest.approx(1.0, abs=1e-5)
        assert index.passage_words.search(passage.text, 1)[0][0] == passage.number
        article = index.article_words.search(passage.text, 1)[0][0]
        assert article == index.catalog.article_numbers(np.array([passage.number]))[0]


@pytest.mark.parametrize(
    ("narrow", "ids"),
    [
        (Filter(since="2022-06-03"), ["bridge.md", "sport/cup.md"]),
        (Filter(until="2022-07-01"), ["bridge.md"]),
        (Filter(sources=("Weekly", "Nobody")), ["sport/cup.md"]),
        (Filter(since="2023-01-01"), []),
        (Filter(as_of="2022-07-01"), ["bridge.md"]),
        (Filter(until="2022-12-31", as_of="2022-06-30"), ["bridge.md"]),
    ],
)
def test_filters(narrow: Filter, ids: list[str], folder: Path, encoder: WordEncoder) -> None:
    catalog = ArticleIndex.open(folder, encoder).catalog
    allowed = catalog.allowed(narrow)
    assert allowed is not None
    assert [p.article.id for p in catalog.passages(allowed)] == ids
    assert catalog.allowed(Filter()) is None


def test_only_what_changed_is_encoded(sources: Path, folder: Path, encoder: WordEncoder) -> None:
    (sources / "new.txt").write_text("Something new happened.")
    (sources / "flood.txt").write_text("The river fell again.")
    (sources / "sport/cup.md").rename(sources / "cup.md")
    (sources / "bridge.md").touch()
    report = build(sources, folder, encoder)
    assert sorted(encoder.documents) == ["Something new happened.", "The river fell again."]
    counts = (report.added, report.changed, report.renamed, report.deleted, report.unchanged)
    assert counts == (1, 1, 1, 0, 1)
    assert (report.articles, report.passages, report.encoded) == (4, 4, 2)
    test_carried_vectors_are_those_of_a_fresh_build(sources, folder, encoder)


def test_carried_vectors_are_those_of_a_fresh_build(
    sources: Path, folder: Path, encoder: WordEncoder
) -> None:
    build(sources, folder, encoder)
    build(sources, folder.with_name("fresh"), encoder)
    carried, fresh = (ArticleIndex.open(f, encoder) for f in (folder, folder.with_name("fresh")))
    count = len(fresh.vectors)
    np.testing.assert_array_equal(carried.vectors.rows(0, count), fresh.vectors.rows(0, count))
    numbers = np.arange(count)
    assert carried.catalog.passages(numbers) == fresh.catalog.passages(numbers)


def test_deleted_articles_are_gone(sources: Path, folder: Path, encoder: WordEncoder) -> None:
    (sources / "flood.txt").unlink()
    report = build(sources, folder, encoder)
    assert (report.deleted, report.unchanged, report.encoded) == (1, 2, 0)
    index = ArticleIndex.open(folder, encoder)
    assert len(index.passage_words.search("river", 5)[0]) == 0
    assert index.catalog.article("flood.txt") is None


def test_rebuild_encodes_everything(sources: Path, folder: Path, encoder: WordEncoder) -> None:
    assert build(sources, folder, encoder, rebuild=True).encoded == 3


def test_other_settings_or_another_model_encode_everything(sources: Path, folder: Path) -> None:
    other = WordEncoder("other")
    assert build(sources, folder, other).encoded == 3
    report = ArticleIndex.build([sources], folder, encoder=other, settings=PassageSettings(words=12))
    assert report.encoded == report.passages > 3


def test_progress_ends_at_one(sources: Path, tmp_path: Path, encoder: WordEncoder) -> None:
    seen: list[Progress] = []
    ArticleIndex.build([sources], tmp_path / "qa", encoder=encoder, progress=seen.append)
    assert seen[-1] == Progress(3, 3, 1.0)


def test_no_article_at_all_leaves_the_index(folder: Path, encoder: WordEncoder, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    (tmp_path / "none/empty.txt").write_text(" ")
    with pytest.raises(QAError, match="stays as it was"):
        build(tmp_path / "none", folder, encoder)
    assert len(ArticleIndex.open(folder, encoder).vectors) == 3


def test_a_reader_keeps_its_generation(sources: Path, folder: Path, encoder: WordEncoder) -> None:
    reader = ArticleIndex.open(folder, encoder)
    for text in ("One more.", "And one more.", "A third."):
        (sources / "flood.txt").write_text(text)
        build(sources, folder, encoder)
    assert "river rose" in reader.catalog.passages(np.array([1]))[0].text
    assert reader.passage_words.search("river", 1)[0].tolist() == [1]
    assert len(reader.vectors.search(encoder.encode_query(["river"])[0], 3)[0]) == 3


def test_another_model_is_refused(folder: Path) -> None:
    with pytest.raises(IndexMismatchError, match=r"made with fake .* is now other .*qa index --rebuild"):
        ArticleIndex.open(folder, WordEncoder("other"))


@pytest.mark.parametrize("name", ["vectors.faiss", "articles.sqlite", "passages.npy", "manifest.json"])
@pytest.mark.parametrize("harm", ["missing", "cut", "emptied"])
def test_harm_is_refused(name: str, harm: str, folder: Path, encoder: WordEncoder) -> None:
    path = Generations(folder).current() / name
    whole = path.read_bytes()
    path.unlink()
    if harm != "missing":
        path.write_bytes(whole[: len(whole) // 2] if harm == "cut" else b"")
    with pytest.raises(IndexMismatchError, match="qa index --rebuild"):
        ArticleIndex.open(folder, encoder)
    with pytest.raises(NoIndexError, match="there is no index"):
        ArticleIndex.open(folder / "nowhere", encoder)


def test_another_format_is_refused(folder: Path, encoder: WordEncoder) -> None:
    path = Generations(folder).current() / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 99}))
    with pytest.raises(IndexMismatchError, match=rf"format 99, expected {FORMAT}: run `qa index --rebuild"):
        ArticleIndex.open(folder, encoder)


def test_a_damaged_index_is_built_again(sources: Path, folder: Path, encoder: WordEncoder) -> None:
    (Generations(folder).current() / "vectors.faiss").write_bytes(b"")
    assert build(sources, folder, encoder).encoded == 3
    assert len(ArticleIndex.open(folder, encoder).vectors) == 3


def test_altered_vectors_are_not_carried_over(sources: Path, folder: Path, encoder: WordEncoder) -> None:
    path = Generations(folder).current() / "vectors.faiss"
    whole = bytearray(path.read_bytes())
    whole[-40:] = bytes(40)
    path.write_bytes(whole)
    assert build(sources, folder, encoder).encoded == 3


def test_information_needs_no_model(folder: Path) -> None:
    manifest, stats = read_info(folder)
    assert (manifest.articles, manifest.passages, manifest.model) == (3, 3, "fake")
    assert (stats.since, stats.until, stats.sources) == (
        "2022-06-03",
        "2022-09-10",
        {"Daily": 1, "Weekly": 1},
    )
