import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from embeddings.backends.folder.generations import Generations
from embeddings.backends.open import read_info, store
from embeddings.backends.verify import verify
from embeddings.build.build import build_index
from embeddings.build.copy import copy_index
from embeddings.build.journal import JOURNAL, Journal
from embeddings.build.options import BuildOptions
from embeddings.build.report import Progress, Report
from embeddings.errors import IndexMismatchError, NoIndexError, QAError
from embeddings.index.manifest import ARTICLES, FORMAT, MANIFEST, PASSAGES, VECTORS
from embeddings.text.passages import PassageSettings, document
from embeddings.types import Filter, Vectors
from tests.conftest import ROOT, put
from tests.fakes import WordEncoder
from tests.opened import open_index


def build(sources: Path, folder: Path, encoder: WordEncoder, rebuild: bool = False) -> Report:
    return build_index([sources], folder, BuildOptions(rebuild=rebuild, encoder=encoder))


@pytest.fixture
def folder(sources: Path, encoder: WordEncoder, tmp_path: Path) -> Path:
    build(sources, tmp_path / "qa", encoder)
    encoder.documents.clear()
    return tmp_path / "qa"


def test_parts_agree_on_numbers(folder: Path, encoder: WordEncoder) -> None:
    index = open_index(folder, encoder)
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
    index = open_index(folder, encoder)
    numbers, _ = index.vectors.search(encoder.encode_query(["river"])[0], 3, narrow)
    assert [p.article.id for p in index.catalog.passages(np.sort(numbers))] == ids


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
    carried, fresh = (open_index(f, encoder) for f in (folder, folder.with_name("fresh")))
    count = len(fresh.vectors)
    np.testing.assert_array_equal(carried.vectors.rows(0, count), fresh.vectors.rows(0, count))
    numbers = np.arange(count)
    assert carried.catalog.passages(numbers) == fresh.catalog.passages(numbers)


def test_a_rewritten_copy_encodes_only_what_changes(
    folder: Path, encoder: WordEncoder, tmp_path: Path
) -> None:
    index = open_index(folder, encoder)
    report = copy_index(
        index, tmp_path / "copy", lambda a: replace(a, title="") if a.id == "bridge.md" else a
    )
    assert (report.changed, report.unchanged, report.encoded) == (1, 2, 1)
    [encoded] = encoder.documents
    assert encoded.startswith("The old bridge reopened")  # no title in front
    copy = open_index(tmp_path / "copy", encoder)
    assert [article.title for article in copy.catalog.all_articles()] == [
        "",
        "River floods the market",
        "Village wins the cup",
    ]
    np.testing.assert_array_equal(copy.vectors.rows(1, 2), index.vectors.rows(1, 2))
    with pytest.raises(QAError, match="is not empty: a copy needs a place of its own"):
        copy_index(index, folder)


def test_headings_and_numbers(folder: Path, encoder: WordEncoder) -> None:
    catalog = open_index(folder, encoder).catalog
    headings = list(catalog.headings())
    assert headings == [replace(article, text="") for article in catalog.all_articles()]
    assert [catalog.number(article.id) for article in headings] == [0, 1, 2]
    assert catalog.number("nothing") is None


def test_deleted_articles_are_gone(sources: Path, folder: Path, encoder: WordEncoder) -> None:
    (sources / "flood.txt").unlink()
    report = build(sources, folder, encoder)
    assert (report.deleted, report.unchanged, report.encoded) == (1, 2, 0)
    index = open_index(folder, encoder)
    assert len(index.passage_words.search("river", 5)[0]) == 0
    assert index.catalog.article("flood.txt") is None


def test_rebuild_encodes_everything(sources: Path, folder: Path, encoder: WordEncoder) -> None:
    assert build(sources, folder, encoder, rebuild=True).encoded == 3


def test_other_settings_or_another_model_encode_everything(sources: Path, folder: Path) -> None:
    other = WordEncoder("other")
    assert build(sources, folder, other).encoded == 3
    report = build_index([sources], folder, BuildOptions(encoder=other, settings=PassageSettings(words=12)))
    assert report.encoded == report.passages > 3


def test_progress_ends_at_one(sources: Path, tmp_path: Path, encoder: WordEncoder) -> None:
    seen: list[Progress] = []
    build_index([sources], tmp_path / "qa", BuildOptions(encoder=encoder, progress=seen.append))
    assert seen[-1] == Progress(3, 3, 1.0)


def test_no_article_at_all_leaves_the_index(folder: Path, encoder: WordEncoder, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    (tmp_path / "none/empty.txt").write_text(" ")
    with pytest.raises(QAError, match="stays as it was"):
        build(tmp_path / "none", folder, encoder)
    assert len(open_index(folder, encoder).vectors) == 3


def test_a_reader_keeps_its_generation(sources: Path, folder: Path, encoder: WordEncoder) -> None:
    reader = open_index(folder, encoder)
    for text in ("One more.", "And one more.", "A third."):
        (sources / "flood.txt").write_text(text)
        build(sources, folder, encoder)
    assert "river rose" in reader.catalog.passages(np.array([1]))[0].text
    assert reader.passage_words.search("river", 1)[0].tolist() == [1]
    assert len(reader.vectors.search(encoder.encode_query(["river"])[0], 3)[0]) == 3


def test_another_model_is_refused(folder: Path) -> None:
    with pytest.raises(IndexMismatchError, match=r"made with fake .* is now other .*qa index --rebuild"):
        open_index(folder, WordEncoder("other"))


@pytest.mark.parametrize("name", ["vectors.faiss", "articles.sqlite", "passages.npy", "manifest.json"])
@pytest.mark.parametrize("harm", ["missing", "cut", "emptied"])
def test_harm_is_refused(name: str, harm: str, folder: Path, encoder: WordEncoder) -> None:
    path = Generations(folder).current() / name
    whole = path.read_bytes()
    path.unlink()
    if harm != "missing":
        path.write_bytes(whole[: len(whole) // 2] if harm == "cut" else b"")
    with pytest.raises(IndexMismatchError, match="qa index --rebuild"):
        open_index(folder, encoder)
    with pytest.raises(NoIndexError, match="there is no index"):
        open_index(folder / "nowhere", encoder)


def test_another_format_is_refused(folder: Path, encoder: WordEncoder) -> None:
    path = Generations(folder).current() / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 99}))
    with pytest.raises(IndexMismatchError, match=rf"format 99, expected {FORMAT}: run `qa index --rebuild"):
        open_index(folder, encoder)


def test_a_damaged_index_is_built_again(sources: Path, folder: Path, encoder: WordEncoder) -> None:
    (Generations(folder).current() / "vectors.faiss").write_bytes(b"")
    assert build(sources, folder, encoder).encoded == 3
    assert len(open_index(folder, encoder).vectors) == 3


def test_altered_vectors_are_not_carried_over(sources: Path, folder: Path, encoder: WordEncoder) -> None:
    path = Generations(folder).current() / "vectors.faiss"
    whole = bytearray(path.read_bytes())
    whole[-40:] = bytes(40)
    path.write_bytes(whole)
    assert build(sources, folder, encoder).encoded == 3


def generation(folder: Path) -> Path:
    return Generations(folder).current()


def test_where_nothing_has_changed_no_generation_is_made(
    sources: Path, folder: Path, encoder: WordEncoder
) -> None:
    before = generation(folder)
    report = build(sources, folder, encoder)
    assert (report.published, report.unchanged, report.encoded) == (False, 3, 0)
    assert [path.name for path in before.parent.iterdir()] == [before.name]


@pytest.mark.parametrize("change", ["words", "date", "sources", "rebuild"])
def test_whatever_differs_makes_a_generation(
    change: str, sources: Path, folder: Path, encoder: WordEncoder
) -> None:
    if change == "words":  # damaged: an update mends it
        harm(next(generation(folder).glob("words/passages/*.term")))
    elif change == "date":
        path = sources / "bridge.md"
        path.write_text(path.read_text("utf-8").replace("2022-06-03", "2022-06-04"), "utf-8")
    elif change == "sources":
        (sources.parent / "more").mkdir()
        (sources.parent / "more/none.txt").write_text(" ")
    given = [sources, sources.parent / "more"] if change == "sources" else [sources]
    report = build_index(given, folder, BuildOptions(rebuild=change == "rebuild", encoder=encoder))
    assert (report.published, report.unchanged) == (True, 3)
    assert report.encoded == (3 if change == "rebuild" else 0)
    assert generation(folder).name == "000002"
    list(verify(folder, encoder))


def test_vectors_that_did_not_change_are_stored_once(
    sources: Path, folder: Path, encoder: WordEncoder
) -> None:
    before = generation(folder)
    path = sources / "bridge.md"
    path.write_text(path.read_text("utf-8").replace("Daily", "Morning"), "utf-8")
    build(sources, folder, encoder)
    for name in (VECTORS, PASSAGES):
        assert (generation(folder) / name).samefile(before / name)
    assert not (generation(folder) / ARTICLES).samefile(before / ARTICLES)
    assert open_index(folder, encoder).catalog.sources() == {"Morning": 1, "Weekly": 1}
    (sources / "new.txt").write_text("Something new.")
    build(sources, folder, encoder)
    assert (generation(folder) / VECTORS).stat().st_nlink == 1
    list(verify(folder, encoder))


def test_without_links_files_are_stored_twice(
    sources: Path, folder: Path, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("os.link", no_links)
    test_whatever_differs_makes_a_generation("date", sources, folder, encoder)
    assert (generation(folder) / VECTORS).stat().st_nlink == 1


class Interrupted(WordEncoder):
    """Ctrl-C, a dead process or a full disk after some passages."""

    def __init__(self, after: int, error: BaseException) -> None:
        super().__init__()
        self.after = after
        self.error = error

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        if len(self.documents) >= self.after:
            raise self.error
        return super().encode_document(texts)


@pytest.mark.parametrize("rebuild", [False, True])
def test_an_interrupted_build_goes_on_where_it_stopped(
    rebuild: bool, sources: Path, tmp_path: Path, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.build.builder.BATCH", 1)
    folder = tmp_path / "qa"
    with pytest.raises(KeyboardInterrupt) as interrupt:
        build(sources, folder, Interrupted(2, KeyboardInterrupt()), rebuild)
    assert str(interrupt.value) == (
        f"interrupted: the index in {folder} stays as it was; what was encoded is kept, and the same command "
        "goes on from there"
    )
    with pytest.raises(NoIndexError):
        generation(folder)
    report = build(sources, folder, encoder, rebuild)
    assert (report.encoded, report.resumed, report.passages) == (1, 2, 3)
    last = (sources / "sport/cup.md").read_text("utf-8").split("---\n")[2]
    assert encoder.documents == [document("Village wins the cup", last)]
    assert not (folder / JOURNAL).exists()
    list(verify(folder, encoder))


def test_an_interruption_before_anything_was_encoded_promises_nothing(sources: Path, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt) as interrupt:
        build(sources, tmp_path / "qa", Interrupted(0, KeyboardInterrupt()))
    assert str(interrupt.value) == f"interrupted: the index in {tmp_path / 'qa'} stays as it was"


def test_an_interruption_after_publishing_says_so(
    sources: Path, tmp_path: Path, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(self: Journal) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Journal, "remove", interrupt)
    with pytest.raises(KeyboardInterrupt, match="already published: it is whole, and new"):
        build(sources, tmp_path / "qa", encoder)
    list(verify(tmp_path / "qa", encoder))


@pytest.mark.parametrize(
    "part", ["catalog_writer.CatalogWriter.add", "words.WordWriter.close", "vectors.VectorIndex.save"]
)
def test_a_full_disk_is_said_in_one_line(
    part: str, sources: Path, folder: Path, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors = {
        "catalog_writer.CatalogWriter.add": sqlite3.OperationalError("database or disk is full"),
        "words.WordWriter.close": ValueError("IoError: No space left on device"),
        "vectors.VectorIndex.save": RuntimeError("write error: No space left on device\nat io.cpp"),
    }

    def full(*_: object) -> None:
        raise errors[part]

    monkeypatch.setattr(f"embeddings.backends.folder.{part}", full)
    (sources / "new.txt").write_text("Something new.")
    with pytest.raises(
        QAError, match=r"cannot write the index in .*(space left|disk is full).*stays as it was$"
    ) as error:
        build(sources, folder, encoder)
    assert "\n" not in str(error.value)
    assert len(open_index(folder, encoder).vectors) == 3


def harm(path: Path) -> None:
    """The same size, other bytes."""
    put(path, bytes(255 - byte for byte in path.read_bytes()))


@pytest.mark.parametrize(
    "name",
    [
        "../../secret",
        "/etc/passwd",
        "words/../../x",
        "..",
        "",
        "C:/x",
        "C:x",
        "\\\\host\\x",
        "a\\..\\..\\x",
        "a\0b",
    ],
)
def test_no_path_leaves_the_index(name: str, folder: Path, encoder: WordEncoder) -> None:
    path = generation(folder) / MANIFEST
    values = json.loads(path.read_text())
    values["files"][name] = {"size": 1, "sha256": "0" * 64}
    path.write_text(json.dumps(values))
    with pytest.raises(IndexMismatchError, match=r"is not inside the index\): run `qa index --rebuild"):
        open_index(folder, encoder)


def test_a_link_in_place_of_a_file_is_refused(folder: Path, encoder: WordEncoder, tmp_path: Path) -> None:
    path = generation(folder) / ARTICLES
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(IndexMismatchError, match="is not a regular file"):
        open_index(folder, encoder)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"files": {}}, "it lists no articles.sqlite"),
        ({"articles": "many"}, "articles is 'many'"),
        ({"passages": True}, "passages is True"),
        ({"sources": [1]}, "sources are not names"),
        ({"settings": {"speed": 3}}, "speed"),
        ({"more": 1}, "more"),
    ],
)
def test_a_manifest_of_another_shape_is_refused(
    change: dict[str, object], found: str, folder: Path, encoder: WordEncoder
) -> None:
    path = generation(folder) / MANIFEST
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(IndexMismatchError, match=rf"manifest.json is damaged \(.*{found}"):
        open_index(folder, encoder)


def test_the_remedy_names_the_sources(sources: Path, folder: Path, encoder: WordEncoder) -> None:
    put(generation(folder) / VECTORS, b"")
    with pytest.raises(IndexMismatchError, match=f"qa index --rebuild --index {folder} {sources}`"):
        open_index(folder, encoder)


def test_damage_in_pages_is_found_while_reading(folder: Path, encoder: WordEncoder) -> None:
    index = open_index(folder, encoder)
    path = generation(folder) / ARTICLES
    with path.open("r+b") as stream:  # behind SQLite's back, as a failing disk does
        stream.seek(4096)
        stream.write(b"\xff" * (path.stat().st_size - 4096))
    for read in (
        lambda: index.catalog.passages(np.arange(3)),
        lambda: list(index.catalog.all_articles()),
        lambda: index.vectors.search(np.ones(64, np.float32), 3, Filter(since="2022-01-01")),
        lambda: index.catalog.article("flood.txt"),
        index.catalog.stats,
    ):
        with pytest.raises(IndexMismatchError, match=r"articles.sqlite is damaged .*qa index --rebuild"):
            read()
    with pytest.raises(IndexMismatchError, match=r"articles.sqlite is damaged .*qa index --rebuild"):
        read_info(folder)


@pytest.mark.parametrize(("field", "value"), [("article", 99), ("start", -1), ("end", 9999), ("end", 0)])
def test_a_span_outside_its_text_is_no_passage(
    field: str, value: int, folder: Path, encoder: WordEncoder
) -> None:
    path = generation(folder) / PASSAGES
    rows = np.load(path)
    rows[field][1] = value
    path.unlink()
    np.save(path, rows)
    catalog = open_index(folder, encoder).catalog
    assert len(catalog.passages(np.array([0, 2]))) == 2
    with pytest.raises(IndexMismatchError, match=r"passage 1 is .* which has no such place"):
        catalog.passages(np.array([1]))


_READ_ONLY = """
import os, sys
from pathlib import Path
from embeddings.backends.open import open_index
from embeddings.backends.verify import verify
from tests.fakes import WordEncoder
index = open_index(sys.argv[1], WordEncoder())
here = Path(index.name)
assert not os.access(here, os.W_OK) and not os.access(here / "words/passages", os.W_OK)
print(index.passage_words.search("river", 1)[0], index.article_words.search("goalkeeper", 1)[0])
print(len(list(verify(sys.argv[1], WordEncoder()))))
"""


def as_anybody(program: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run `program` in a process that has no right but those that the files give."""
    command = [sys.executable, "-c", program, str(folder)]
    if os.geteuid() == 0:
        command = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all", *command]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def test_an_index_that_cannot_be_written_is_read(folder: Path) -> None:
    paths = [folder, *folder.rglob("*")]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        done = as_anybody(_READ_ONLY, folder)
    finally:
        for path in paths:
            path.chmod(0o755)
    assert (done.stdout, done.stderr) == ("[1] [2]\n4\n", "")


@pytest.mark.parametrize("name", [MANIFEST, VECTORS, ARTICLES])
def test_an_index_that_may_not_be_read_is_not_called_damaged(name: str, folder: Path) -> None:
    path = generation(folder) / name
    path.chmod(0)
    done = as_anybody(
        "import sys; from qa.cli.main import main; sys.exit(main(['info', '--index', sys.argv[1]]))", folder
    )
    assert done.returncode == 1
    assert done.stderr == (
        f"qa: {path} cannot be read (Permission denied): give yourself the right to read it\n"
    )


def test_rollback_needs_a_whole_generation(sources: Path, folder: Path, encoder: WordEncoder) -> None:
    first = generation(folder)
    (sources / "new.txt").write_text("Something new.")
    build(sources, folder, encoder)
    harm(next(first.glob("words/articles/*.idx")))
    with pytest.raises(IndexMismatchError, match=r"\.idx has been altered"):
        store(folder).roll_back()
    assert len(open_index(folder, encoder).vectors) == 4


def test_rollback_answers_as_before(sources: Path, folder: Path, encoder: WordEncoder) -> None:
    (sources / "new.txt").write_text("Something new.")
    build(sources, folder, encoder)
    name, manifest = store(folder).roll_back()
    assert (name, manifest.articles) == ("000001", 3)
    assert len(open_index(folder, encoder).vectors) == 3
    assert build(sources, folder, encoder).added == 1
    assert generation(folder).name == "000003"


def test_information_needs_no_model(folder: Path) -> None:
    manifest, stats = read_info(folder)
    assert (manifest.articles, manifest.passages, manifest.model) == (3, 3, "fake")
    assert (stats.since, stats.until, stats.sources) == (
        "2022-06-03",
        "2022-09-10",
        {"Daily": 1, "Weekly": 1},
    )
