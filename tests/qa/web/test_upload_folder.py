"""Uploads of a process that was killed are taken away by the next one; those of the living stay."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from qa.web.upload_folder import upload_folder
from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(os.name == "nt", reason="nothing is locked there")

KILLED = """
import os, signal
from qa.web.upload_folder import upload_folder
with upload_folder() as folder:
    (folder / "upload.md").write_text("x")
    print(folder, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def test_what_the_dead_have_left_is_swept_and_nothing_else(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED], cwd=ROOT, capture_output=True, text=True, check=False
    )
    left = Path(done.stdout.strip())
    assert (left / "upload.md").exists(), done.stderr
    mine = root / "qa-uploads-of somebody else"
    mine.mkdir(mode=0o700)
    elsewhere = root / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    (elsewhere / "LOCK").touch()
    (root / "qa-uploads-link").symlink_to(elsewhere)
    shared = root / "qa-uploads-shared"
    shared.mkdir()
    shared.chmod(0o777)
    (shared / "LOCK").touch()
    with upload_folder() as first:
        assert not left.exists()
        with upload_folder() as second:
            assert first.is_dir()
            assert first != second
        assert not second.exists()
    assert not first.exists()
    assert sorted(path.name for path in root.iterdir()) == [
        "elsewhere",
        "qa-uploads-link",
        "qa-uploads-of somebody else",
        "qa-uploads-shared",
    ]
    assert (elsewhere / "LOCK").exists()


def test_it_goes_however_the_process_ends(root: Path) -> None:
    def interrupted() -> None:
        with upload_folder() as folder:
            (folder / "upload.md").write_text("x")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(root.iterdir()) == []
