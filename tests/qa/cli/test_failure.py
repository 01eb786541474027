"""An error that nobody foresaw is a bug: one line, and the trace in a file."""

from pathlib import Path

import pytest

from qa.cli import main as cli
from qa.cli.commands import COMMANDS
from tests.conftest import state


def fails(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fail(options: object) -> None:
        raise error

    monkeypatch.setitem(COMMANDS, "info", fail)


def test_the_trace_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    fails(monkeypatch, ZeroDivisionError("two\nlines"))
    for _ in range(30):
        assert cli.main(["info"]) == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 30
    assert said[0].startswith("qa: unforeseen ZeroDivisionError: two lines; this is a bug: please report")
    files = list((tmp_path / "article-qa/errors").iterdir())
    assert 0 < len(files) <= 20
    file = Path(said[-1].rpartition("the trace in ")[2])
    assert "Traceback" in (kept := file.read_text())
    assert "ZeroDivisionError: two\nlines" in kept
    assert kept.startswith("article-qa ")


def test_no_test_may_meet_one(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    fails(monkeypatch, KeyError("x"))
    before = set(state().glob("*.txt"))
    assert cli.main(["info"]) == 1
    assert "unforeseen" in capsys.readouterr().err
    [kept] = set(state().glob("*.txt")) - before
    kept.unlink()


def test_a_trace_that_cannot_be_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    fails(monkeypatch, KeyError("x"))
    assert cli.main(["info"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "report it with what is printed under QA_DEBUG=1" in said


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError(12, "Cannot allocate memory"),
        RuntimeError("std::bad_alloc"),
        ImportError("libx.so: failed to map segment from shared object"),
        RuntimeError("can't start new thread"),
    ],
)
def test_memory_that_does_not_suffice(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fails(monkeypatch, error)
    assert cli.main(["info"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("qa: not enough memory: ")
    assert " MB are free" in said
    assert said.count("\n") == 1
