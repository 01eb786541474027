"""The program, whatever its output leads to: each in a process of its own."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from qa.cli.interrupts import end_as_ctrl_c_does
from qa.cli.streams import settle
from tests.conftest import ROOT

FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="needs Linux")
PRINTS = "from qa.cli.terminal import console; console().print('found'); console().print('x' * 9)"
REMARKS = (
    "from embeddings.build.builder import Progress\nfrom qa.cli.progress import build_progress\n"
    "with build_progress() as show: show(Progress(1, 2, 0.5))\n"
    "__import__('logging').warning('a remark')\nprint('published')"
)


def program(body: str) -> list[str]:
    """`qa info`, which does `body` instead."""
    start = f"import sys; from qa.cli import main as cli; body = {body!r}\n"
    rest = "cli.COMMANDS['info'] = lambda options: exec(body); sys.argv[1:] = ['info']; cli.run()"
    return [sys.executable, "-c", start + rest]


def shell(redirect: str, body: str = PRINTS, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", f'exec "$@" {redirect}', "sh", *program(body)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
    )


@needs_full
@pytest.mark.parametrize("body", [PRINTS, "print('one')", "print('x' * 100_000)"])
def test_output_that_cannot_be_written(body: str) -> None:
    done = shell(">/dev/full", body)
    assert done.returncode == 1
    assert done.stderr.startswith("qa: standard output")
    assert "No space left on device" in done.stderr
    assert done.stderr.count("\n") == 1


@needs_full
def test_the_version_on_a_full_disk() -> None:
    command = f"exec {sys.executable} -m qa.cli --version >/dev/full"
    done = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("qa: standard output")
    assert "No space left on device" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("redirect", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_streams_that_are_closed(redirect: str, tmp_path: Path) -> None:
    made = tmp_path / "made"
    body = f"{REMARKS}\n{PRINTS}\nf = open({str(made)!r}, 'w'); f.write(str(f.fileno())); f.close()"
    done = shell(redirect, body)
    assert done.returncode == 0
    assert int(made.read_text()) > 2, "a library that writes to standard error would write into it"


@needs_full
@pytest.mark.parametrize("redirect", ["2>/dev/full", "2>&-"])
def test_progress_that_cannot_be_shown_ends_nothing(redirect: str) -> None:
    done = shell(redirect, REMARKS)
    assert (done.returncode, done.stdout) == (0, "published\n")


@pytest.mark.parametrize("width", ["0", "00", "-1", "²", "99999999999", "wide", "80"])
def test_any_width(width: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", width)
    monkeypatch.setenv("LINES", width)
    settle()
    from qa.cli.terminal import console

    console().print("found")
    assert capsys.readouterr().out == "found\n"


@pytest.mark.skipif(os.name == "nt", reason="other signals there")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_ended_as_by_ctrl_c(name: str, tmp_path: Path) -> None:
    body = (
        "import os, signal, tempfile, time\nwith tempfile.TemporaryDirectory(dir=sys.argv[0]):\n"
        f" os.kill(os.getpid(), signal.{name}); time.sleep(30)"
    )
    command = program(body)
    command[2] = command[2].replace("sys.argv[1:]", f"sys.argv[0] = {str(tmp_path)!r}; sys.argv[1:]", 1)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, f"qa: ended by {name}\n")
    assert list(tmp_path.iterdir()) == []


def test_a_signal_that_is_ignored_stays_so(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        end_as_ctrl_c_does()
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, before)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
