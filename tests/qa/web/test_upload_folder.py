"""Uploads of a process that was killed are taken away by the next one; those of the living stay."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx
import pytest

from embeddings.errors import QAError
from qa.web.upload_folder import upload_folder
from tests.conftest import ARTICLES, ROOT
from tests.server import Server, chat, run_qa

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


def test_a_place_where_no_folder_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(QAError, match="GRADIO_TEMP_DIR"), upload_folder(str(tmp_path / "file/inside")):
        pass


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ended")
    (folder / "bridge.md").write_text(ARTICLES["bridge.md"])
    run_qa(folder, "index", "bridge.md", "--index", "made.qa")
    return folder


def left(root: Path) -> list[str]:
    """Whatever lies below, without the folders."""
    return sorted(path.name for path in root.rglob("*") if path.is_file())


def uploads(server: Server) -> socket.socket:
    """A file that was uploaded, and one of which half has come; its connection."""
    files = {"files": ("whole.md", b"The zebra. " * 100_000)}
    httpx.post(f"{server.address}/gradio_api/upload", files=files, timeout=60).raise_for_status()
    address = httpx.URL(server.address)
    half = socket.create_connection((address.host, address.port))
    body = (
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="half.md"\r\n\r\n'
        + b"The gnu. " * 300_000
    )
    half.sendall(
        f"POST /gradio_api/upload HTTP/1.1\r\nHost: {address.host}:{address.port}\r\n"
        f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {2 * len(body)}\r\n\r\n".encode()
        + body
    )
    return half


@pytest.mark.slow
def test_a_page_that_is_ended_leaves_no_uploads(index: Path, tmp_path: Path) -> None:
    with chat(index, TMPDIR=str(tmp_path)) as server, uploads(server):
        assert "whole.md" in left(tmp_path)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(100) == 0, server.said
    assert left(tmp_path) == []


@pytest.mark.slow
def test_nothing_but_uploads_is_taken_from_its_owners_folder(index: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    (own / "letters").mkdir(parents=True)
    (own / "letters/whole.md").write_text("mine")
    (own / "LOCK").write_text("mine")
    before = left(own)
    variables = {"TMPDIR": str(tmp_path), "GRADIO_TEMP_DIR": str(own)}
    with chat(index, **variables) as server, uploads(server):
        server.process.kill()
        server.process.wait(100)
    assert len(left(own)) > len(before)
    with chat(index, **variables) as server:
        assert left(own) == sorted([*before, "LOCK"]), "what the dead one left is swept"
        with uploads(server):
            server.process.send_signal(signal.SIGHUP)
            assert server.process.wait(100) == 0, server.said
    assert left(own) == before
    assert left(tmp_path) == before
