"""Files that an index keeps itself."""

from pathlib import Path

import pytest

from embeddings.sources.uploads import added_files, with_added


@pytest.fixture
def index(tmp_path: Path) -> Path:
    kept = tmp_path / "made.qa" / "added"
    kept.mkdir(parents=True)
    for name in ("b.md", "a.txt", ".c.md"):
        (kept / name).write_text("text")
    return tmp_path / "made.qa"


def test_files_by_name_without_those_in_the_making(index: Path, tmp_path: Path) -> None:
    assert added_files(index) == [index / "added" / "a.txt", index / "added" / "b.md"]
    assert added_files(tmp_path / "none") == added_files(index / "added" / "a.txt") == []


def test_they_are_read_after_the_sources_and_once(index: Path, tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    assert with_added([seeds], index) == [seeds, index / "added"]
    assert with_added([seeds], tmp_path / "none") == [seeds]
    assert with_added([tmp_path], index) == [tmp_path]  # a source that holds the index reads them anyway
    hidden = index.rename(tmp_path / ".qa")
    assert with_added([tmp_path], hidden) == [tmp_path, hidden / "added"]  # but not what is hidden
