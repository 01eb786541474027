"""`qa chat` in a process of its own, which notes every other machine that it looks up or calls."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.conftest import ROOT

_SCRIPT = """
import sys
def note(event, given):
    if event == "socket.connect":
        other = given[1][0] if isinstance(given[1], tuple) else ""
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        other = given[0]
    else:
        return
    if other not in (None, "", "localhost", "::1", "0.0.0.0") and not str(other).startswith("127."):
        with open("called", "a") as file:
            file.write(f"{event} {other}\\n")
sys.addaudithook(note)
from qa.cli.main import run
run()
"""


@dataclass(frozen=True, slots=True)
class Server:
    address: str
    folder: Path
    process: "subprocess.Popen[bytes]"

    @property
    def called(self) -> list[str]:
        """Other machines that it looked up or called."""
        noted = self.folder / "called"
        return noted.read_text().splitlines() if noted.exists() else []

    @property
    def said(self) -> str:
        return (self.folder / "log").read_text()


def run_qa(folder: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "qa.cli", *arguments]
    subprocess.run(command, cwd=folder, env=environment(), check=True, capture_output=True)


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


@contextmanager
def chat(folder: Path, *options: str, **variables: str) -> Iterator[Server]:
    """`qa chat` on the index `made.qa` in `folder`, once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", _SCRIPT, "chat", "--index", "made.qa", "--port", str(port), *options]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, env={**environment(), **variables}, stdout=log, stderr=log
        )
    server = Server(f"http://127.0.0.1:{port}", folder, process)
    try:
        _wait_for(server, process)
        yield server
    finally:
        process.terminate()
        process.wait(100)


def _wait_for(server: Server, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        assert process.poll() is None, server.said
        if "ask at" in server.said:
            httpx.get(server.address, timeout=20)
            return
        time.sleep(0.1)
    raise TimeoutError(server.said)
