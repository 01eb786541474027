"""Articles that visitors add and take away."""

from pathlib import Path

import pytest

from embeddings.backends.open import store
from embeddings.build.options import BuildOptions
from embeddings.errors import QAError
from qa.pipeline import QA
from qa.web import updates
from qa.web.dropped_files import REPLACED, SKIPPED, TAKEN, UNCHANGED, discard, looked_at
from tests.fakes import WordEncoder, load_with
from tests.opened import open_qa

ZEBRA = "---\ntitle: Zebra escapes\n---\nThe zebra Ziggy escaped from the zoo. It sat in a car park."


@pytest.fixture(autouse=True)
def _encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    load_with(monkeypatch, lambda _: WordEncoder())


@pytest.fixture
def index(sources: Path, tmp_path: Path) -> Path:
    QA.build([sources], tmp_path / "made.qa")
    return tmp_path / "made.qa"


@pytest.fixture
def upload(tmp_path: Path) -> Path:
    folder = tmp_path / "upload"
    folder.mkdir()
    return folder


def dropped(upload: Path, **texts: str) -> list[Path]:
    paths = [upload / name.replace("_", ".") for name in texts]
    for path, text in zip(paths, texts.values(), strict=True):
        path.write_text(text, "utf-8")
    return paths


def quiet(_: float, desc: str) -> None:
    assert desc


def articles(index: Path) -> set[str]:
    return {article.id for article in open_qa(index, WordEncoder()).index.catalog.headings()}


def test_each_file_is_told_what_becomes_of_it(index: Path, upload: Path) -> None:
    lines = '{"text": "A storm came.", "title": "Storm", "id": "storm"}\n{"x": 1}\n'
    files = dropped(upload, zebra_md=ZEBRA, empty_txt="", letter_doc="x", two_jsonl=lines)
    looked = looked_at([*files, upload / "gone.md"], index)
    assert [(one.path.name, one.what) for one in looked] == [
        ("zebra.md", TAKEN),
        ("empty.txt", SKIPPED),
        ("letter.doc", SKIPPED),
        ("two.jsonl", TAKEN),
        ("gone.md", SKIPPED),
    ]
    reasons = [one.why for one in looked]
    assert reasons[0] == "1 article"
    assert "not a kind that is read" in reasons[2]
    assert reasons[3].startswith("1 article; no `text` in line 2")
    assert "did not arrive" in reasons[4]


def test_what_is_added_is_found_and_survives_every_build(index: Path, upload: Path, sources: Path) -> None:
    before = articles(index)
    files = dropped(upload, zebra_md=ZEBRA, empty_txt="")
    said, rows = updates.added(files, index, quiet)
    assert "4 articles (1 added, 3 unchanged)" in said
    assert rows[:2] == [["zebra.md", "taken", "1 article"], ["empty.txt", "skipped", "no text in it"]]
    assert articles(index) == {*before, "zebra.md"}
    QA.build([sources], index, BuildOptions(rebuild=True))
    updates.rebuilt(index, quiet)
    assert articles(index) == {*before, "zebra.md"}
    assert [one.what for one in looked_at(files, index)] == [UNCHANGED, SKIPPED]
    files = dropped(upload, zebra_md=ZEBRA.replace("Ziggy", "Zaza"))
    assert [one.what for one in looked_at(files, index)] == [REPLACED]
    updates.added(files, index, quiet)
    assert open_qa(index, WordEncoder()).search("zebra Zaza")[0].passage.text.startswith("The zebra Zaza")


def test_a_file_of_the_same_name_as_a_source_s_stands_beside_it(index: Path, upload: Path) -> None:
    updates.added(dropped(upload, bridge_md=ZEBRA), index, quiet)
    assert {"bridge.md", "added/bridge.md"} < articles(index)


def test_what_was_added_can_be_taken_away_and_nothing_else(index: Path, upload: Path) -> None:
    before = articles(index)
    updates.added(dropped(upload, zebra_md=ZEBRA), index, quiet)
    for name in ("bridge.md", "../CURRENT", "", ".."):
        with pytest.raises(QAError, match="not among the files"):
            updates.removed([name], index, quiet)
    said, rows = updates.removed(["zebra.md"], index, quiet)
    assert "1 deleted" in said
    assert ["zebra.md", "deleted", ""] in rows
    assert articles(index) == before
    assert list((index / "added").iterdir()) == []


def test_a_removal_can_be_undone_while_the_index_is_the_one_that_it_made(index: Path, upload: Path) -> None:
    updates.added(dropped(upload, zebra_md=ZEBRA, llama_md="The llama Lola won."), index, quiet)
    before = articles(index)
    updates.removed(["zebra.md"], index, quiet)
    made = store(index).current()
    assert "added/zebra.md" not in articles(index)
    updates.put_back(index, made)
    assert articles(index) == before
    assert (index / "added" / "zebra.md").read_text("utf-8") == ZEBRA
    updates.rebuilt(index, quiet)
    assert articles(index) == before
    updates.removed(["zebra.md"], index, quiet)
    made = store(index).current()
    updates.removed(["llama.md"], index, quiet)
    with pytest.raises(QAError, match="changed since"):
        updates.put_back(index, made)


def test_where_the_build_fails_all_is_as_it_was(index: Path, upload: Path, sources: Path) -> None:
    updates.added(dropped(upload, zebra_md=ZEBRA), index, quiet)
    sources.rename(sources.with_name("elsewhere"))
    other = ZEBRA.replace("Ziggy", "Zaza")
    with pytest.raises(QAError, match="does not exist"):
        updates.added(dropped(upload, zebra_md=other, new_md=other), index, quiet)
    with pytest.raises(QAError, match="does not exist"):
        updates.removed(["zebra.md"], index, quiet)
    assert [path.name for path in (index / "added").iterdir()] == ["zebra.md"]
    assert (index / "added" / "zebra.md").read_text() == ZEBRA
    assert not list(index.glob("aside-*"))


def test_nothing_to_take_builds_nothing(index: Path, upload: Path) -> None:
    before = (index / "CURRENT").read_text()
    said, rows = updates.added(dropped(upload, letter_doc="x"), index, quiet)
    assert "Nothing was taken" in said
    assert rows[0][1] == "skipped"
    assert (index / "CURRENT").read_text() == before


def test_only_what_was_uploaded_is_ever_removed(upload: Path) -> None:
    one, other, pending = (upload / name / "a.md" for name in ("one", "other", "pending"))
    for file in (one, other, pending):
        file.parent.mkdir()
        file.write_text(ZEBRA, "utf-8")
    uploads = {str(one), str(pending)}
    climbing = one.parent / ".." / "other" / "a.md"
    discard([upload / "nofile.md", climbing, one.parent / ".." / "a.md", other, upload], uploads)
    assert one.exists()
    assert other.exists()
    assert pending.exists()
    discard([one], uploads)
    assert not one.parent.exists()
    assert other.exists()
    assert uploads == {str(pending)}
    assert pending.exists()
