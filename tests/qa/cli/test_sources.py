"""Sources added, removed and listed; what an index would lose is said before it is lost."""

import json
import sys
from pathlib import Path

import pytest

from embeddings.backends.open import open_index
from embeddings.index.manifest import Manifest
from embeddings.sources.readers.base import Reading
from embeddings.sources.source import Source, from_json, to_json
from qa.cli import main as cli
from tests.fakes import WordEncoder, load_with


@pytest.fixture(autouse=True)
def _fake_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    load_with(monkeypatch, WordEncoder)
    monkeypatch.setattr("qa.answer.load_reader.prepare_reader", lambda *_: None)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def more(tmp_path: Path) -> Path:
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "survey.csv").write_text("remark,day\nThe bridge is fine.,1\nThe ferry is late.,2\n")
    return folder


def ids() -> list[str]:
    with open_index(".qa") as index:
        return sorted(article.id for article in index.catalog.headings())


def run(capsys: pytest.CaptureFixture[str], *arguments: object, status: int = 0) -> tuple[str, str]:
    assert cli.main([str(argument) for argument in arguments]) == status
    out, err = capsys.readouterr()
    return out, err


def test_add_keeps_what_is_there_and_reads_as_it_was_read(
    sources: Path, more: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "index", "articles")
    out, _ = run(capsys, "add", "more", "--text-column", "remark")
    assert "5 articles (2 added, 3 unchanged)" in out
    out, _ = run(capsys, "sources")
    assert out == f"{sources}\n{more} --text-column remark\n"
    (sources / "new.txt").write_text("Something new.")
    out, _ = run(capsys, "add", "articles")
    assert "6 articles (1 added, 5 unchanged)" in out


def test_the_index_is_rebuilt_the_same_from_another_folder(
    sources: Path, more: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from qa.web.updates import rebuilt

    run(capsys, "index", "articles", "more", "--text-column", "remark", "--max-unpacked", "2")
    index = Path(".qa").absolute()
    elsewhere = sources.parent / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    said, _ = rebuilt(index, lambda *_, **__: None)
    assert "5 articles (5 unchanged)" in str(said)
    [generation] = sorted((index / "generations").iterdir())[-1:]
    manifest = Manifest.load(generation)
    assert manifest.sources == [str(sources), str(more)]
    assert manifest.read_from[1].reading == Reading(max_unpacked=2, text_column="remark")


def test_remove_a_source(sources: Path, more: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "index", "articles", "more", "--text-column", "remark")
    out, _ = run(capsys, "remove", "more")
    assert "3 articles (2 deleted, 3 unchanged)" in out
    assert more.exists()
    _, err = run(capsys, "remove", "articles", status=1)
    assert "nothing would be left in .qa" in err
    _, err = run(capsys, "remove", "nothing", status=1)
    assert "nothing is neither a source nor the id of an article of .qa: `qa sources" in err
    assert len(ids()) == 3


def test_remove_an_article_until_its_source_is_added_again(
    sources: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "index", "articles")
    run(capsys, "remove", "flood.txt")
    assert ids() == ["bridge.md", "sport/cup.md"]
    out, _ = run(capsys, "sources")
    assert out == f"{sources} (without 1 removed articles)\n"
    run(capsys, "remove", "bridge.md")
    assert ids() == ["sport/cup.md"]
    out, _ = run(capsys, "add", "articles")
    assert "3 articles (2 added, 1 unchanged)" in out


def test_add_refuses_what_a_source_holds_and_takes_in_what_holds_one(
    sources: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "index", "articles/sport")
    run(capsys, "add", "articles")
    assert run(capsys, "sources")[0] == f"{sources}\n"
    _, err = run(capsys, "add", "articles/sport", status=1)
    assert f"{sources}/sport lies in {sources}, which is a source: `qa add {sources}`" in err
    _, err = run(capsys, "add", "articles", "--index", "nowhere", status=1)
    assert "there is no index in nowhere" in err


def test_index_says_what_would_go(
    sources: Path, more: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(capsys, "index", "articles")
    _, err = run(capsys, "index", "articles", "more", "--text-column", "remark")
    assert "would be removed" not in err
    said = f"qa: 2 articles of {more} would be removed: use `qa add` to keep them\n"
    assert run(capsys, "index", "articles")[1].startswith(said)
    assert "would" not in run(capsys, "index", "more", "--text-column", "remark", "--yes")[1]
    assert ids() == ["survey.csv:2", "survey.csv:3"]


@pytest.mark.parametrize(("answer", "left"), [("n\n", 3), ("", 3), ("y\n", 2), ("Yes\n", 2)])
def test_index_asks_on_a_terminal(
    answer: str,
    left: int,
    sources: Path,
    more: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

        def readline(self) -> str:
            return answer

    run(capsys, "index", "articles")
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    status = cli.main(["index", "more", "--text-column", "remark"])
    err = capsys.readouterr().err
    assert err.startswith(f"qa: 3 articles of {sources} would be removed: use `qa add` to keep them\nGo on? ")
    assert (status, len(ids())) == (0 if left == 2 else 1, left)
    assert ("nothing was done" in err) == (left == 3)


def test_a_manifest_without_readings_is_read_as_usual(
    sources: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "index", "articles")
    [path] = Path(".qa/generations").glob("*/manifest.json")
    values = json.loads(path.read_bytes())
    assert values.pop("readings") == {}
    path.write_text(json.dumps(values))
    assert Manifest.load(path.parent).read_from == [Source(str(sources))]


def test_readings_come_back() -> None:
    for how in (Reading(), Reading(True, 2.5, "remark", ("a", "b"))):
        assert from_json(json.loads(json.dumps(to_json(how)))) == how
    for wrong in ({"without": [1]}, {"no_such": True}):
        with pytest.raises((TypeError, ValueError)):
            from_json(wrong)
