from pathlib import Path

import pytest

from embeddings.build.build import build_index
from embeddings.build.options import BuildOptions
from embeddings.build.preview import Preview, preview
from embeddings.errors import QAError, SourceError
from embeddings.text.passages import PassageSettings
from tests.fakes import WordEncoder


def look(sources: Path, folder: Path, encoder: WordEncoder, rebuild: bool = False) -> Preview:
    return preview([sources], folder, BuildOptions(rebuild=rebuild, encoder=encoder))


def counts(seen: Preview) -> tuple[int, ...]:
    return (seen.articles, seen.added, seen.changed, seen.renamed, seen.deleted, seen.unchanged, seen.encoded)


def test_it_says_what_the_build_then_does(sources: Path, tmp_path: Path, encoder: WordEncoder) -> None:
    folder = tmp_path / "qa"
    assert counts(look(sources, folder, encoder)) == (3, 3, 0, 0, 0, 0, 3)
    assert not folder.exists()
    build_index([sources], folder, BuildOptions(encoder=encoder))
    assert counts(look(sources, folder, encoder)) == (3, 0, 0, 0, 0, 3, 0)

    (sources / "new.txt").write_text("Something new happened.")
    (sources / "flood.txt").write_text("The river fell again.")
    (sources / "sport/cup.md").rename(sources / "cup.md")
    (sources / "bridge.md").unlink()
    (sources / "picture.png").write_text("x")
    before = sorted((path, path.stat().st_mtime_ns) for path in folder.rglob("*"))
    encoder.documents.clear()
    seen = look(sources, folder, encoder)
    assert counts(seen) == (3, 1, 1, 1, 1, 0, 2)
    assert [skipped.path for skipped in seen.skipped] == [str(sources / "picture.png")]
    assert encoder.documents == []
    assert sorted((path, path.stat().st_mtime_ns) for path in folder.rglob("*")) == before

    report = build_index([sources], folder, BuildOptions(encoder=encoder))
    kinds = ("articles", "added", "changed", "renamed", "deleted", "unchanged", "encoded")
    assert tuple(getattr(report, kind) for kind in kinds) == counts(seen)


def test_what_makes_all_vectors_invalid(sources: Path, tmp_path: Path, encoder: WordEncoder) -> None:
    folder = tmp_path / "qa"
    build_index([sources], folder, BuildOptions(encoder=encoder))
    assert counts(look(sources, folder, encoder, rebuild=True)) == (3, 0, 0, 0, 0, 3, 3)
    assert counts(look(sources, folder, WordEncoder("other"))) == (3, 0, 0, 0, 0, 3, 3)
    other = preview([sources], folder, BuildOptions(settings=PassageSettings(words=12), encoder=encoder))
    assert counts(other) == (3, 0, 0, 0, 0, 3, 3)


def test_sources_without_an_article_are_refused_as_a_build_refuses_them(
    sources: Path, tmp_path: Path, encoder: WordEncoder
) -> None:
    (tmp_path / "none").mkdir()
    (tmp_path / "none/empty.txt").write_text(" ")
    with pytest.raises(QAError, match=r"no article in the sources .* stays as it was"):
        look(tmp_path / "none", tmp_path / "qa", encoder)
    with pytest.raises(SourceError, match="does not exist"):
        look(tmp_path / "nowhere", tmp_path / "qa", encoder)
    assert not (tmp_path / "qa").exists()
