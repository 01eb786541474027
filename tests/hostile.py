"""Rows of hostile input: what is done, and everything that the user sees of it."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from qa.cli import main as cli
from tests.fakes import WordEncoder, load_with

GOOD = "The heron stands in the reed at dawn."


@dataclass(frozen=True, slots=True)
class Row:
    """A source beside a good article, `qa index`, and what is said; `...` stands for anything."""

    name: str
    make: Callable[[Path], object]
    """Writes into the folder of articles, or beside it."""
    said: tuple[str, ...] = ()
    """Every remark, on either stream."""
    finds: str = ""
    """A text that can then be found, verbatim."""
    options: tuple[str, ...] = ()


def write(name: str, content: str | bytes) -> Callable[[Path], object]:
    """A row's file."""
    return lambda folder: put(folder / name, content)


def put(path: Path, content: str | bytes) -> Path:
    if not path.parent.exists():
        path.parent.mkdir(parents=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def prepare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder of one good article, in the working folder; warnings go to standard error as for a user."""
    load_with(monkeypatch, WordEncoder)
    monkeypatch.setattr(logging.root, "handlers", [])
    monkeypatch.chdir(tmp_path)
    return put(Path("articles/good.txt"), GOOD).parent


def check(row: Row, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row.make(folder)
    assert cli.main(["index", str(folder), *row.options]) == 0
    same(remarks(capsys), row.said)
    assert "good.txt" in found("heron reed", capsys)
    if row.finds:
        assert row.finds in found(row.finds[:60], capsys)


def remarks(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The lines that say what went wrong: not how far the build is, what it made, or what the model reads."""
    out, err = capsys.readouterr()
    assert "unforeseen" not in out + err
    reported = [line for line in out.splitlines() if not re.match(r"[\d,]+ (articles|passages) \(", line)]
    return reported + [
        line for line in err.splitlines() if not re.match(r" *\d+% |\S+ reads English: ", line)
    ]


def same(lines: list[str], expected: tuple[str, ...]) -> None:
    """Each line is as expected, and none is missing."""
    assert len(lines) == len(expected), lines
    for line, said in zip(lines, expected, strict=True):
        assert re.fullmatch(re.escape(said).replace(r"\.\.\.", ".*"), line), (line, said)


def found(text: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What `qa search` prints."""
    assert cli.main(["search", text, "-k", "3"]) == 0
    return capsys.readouterr().out
