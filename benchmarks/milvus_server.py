"""A real Milvus server, killed while an index is written to it: `make test-milvus`.

The server (the package `milvus`, a standalone one with etcd inside) listens on every address and asks for no
password, so it runs in a network namespace of its own, in which there is only loopback.
"""

import fcntl
import gzip
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.milvus import compare
from benchmarks.quality import SHAPE
from embeddings.backends.open import open_index, read_info, store
from embeddings.backends.verify import verify
from embeddings.build.copy import copy_index
from embeddings.build.options import BuildOptions
from embeddings.encoders.load import load_encoder
from embeddings.errors import QAError
from qa import QA
from qa.evaluation.questions import read_questions

PLACE = "milvus+http://127.0.0.1:19530/news"
ARTICLES = int(os.environ.get("ARTICLES", "300"))
_INSIDE = "QA_TEST_MILVUS_INSIDE"
_LEASE = 70
"""Seconds after which etcd has forgotten a server that was killed."""


class Server:
    """`milvus-server`, started and killed."""

    def __init__(self, command: Path, folder: Path) -> None:
        self._command = [str(command), "--data", str(folder)]
        self._log = folder.with_suffix(".log").open("wb")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Seconds until it answers."""
        started = time.perf_counter()
        self._process = subprocess.Popen(
            self._command, start_new_session=True, stdout=self._log, stderr=self._log
        )
        while True:
            try:
                with socket.create_connection(("127.0.0.1", 19530), 1):
                    pass
                store(PLACE).current()
            except QAError as error:
                if "there is no index" in str(error):
                    break
            except OSError:
                pass
            else:
                break
            if self._process.poll() is not None or time.perf_counter() - started > 180:
                raise SystemExit(f"the server does not answer: {self._log.name}")
            time.sleep(0.5)
        return time.perf_counter() - started

    def kill(self) -> None:
        if self._process:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def main(command: Path) -> int:
    folder = Path(os.environ.get("NEWSQA", "../shared/newsqa"), "mini")
    if not (folder / "articles.jsonl.gz").is_file():
        print(f"{folder} is missing\n{SHAPE}")
        return 0
    if not os.environ.get(_INSIDE):
        os.environ[_INSIDE] = "1"
        inside = ["unshare", "--map-root-user", "--net", sys.executable, "-m", "benchmarks.milvus_server"]
        os.execvp(inside[0], [*inside, str(command)])  # noqa: S606
    _raise_loopback()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        os.environ["QA_DATA"] = f"{place}/home"
        server = Server(command, Path(place, "server"))
        try:
            tried(server, folder, Path(place))
        finally:
            server.kill()
    return 0


def tried(server: Server, folder: Path, place: Path) -> None:
    print(f"server answers after     {server.start():.0f} s", flush=True)
    articles = place / "articles.jsonl"
    with gzip.open(folder / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = [json.loads(next(lines)) for _ in range(ARTICLES)]
    articles.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    known = {record["id"] for record in records}
    questions = [q for q in read_questions(folder / "questions.jsonl") if q.relevant & known]
    encoder = load_encoder()
    QA.build([articles], place / "files", BuildOptions(encoder=encoder))
    started = time.perf_counter()
    report = QA.build([articles], PLACE, BuildOptions(encoder=encoder))
    print(f"indexed                  {report.passages} passages in {time.perf_counter() - started:.0f} s")
    compare(open_index(place / "files", encoder), open_index(PLACE, encoder), questions)

    os.environ["QA_MILVUS_IMPORT"] = str(place / "import")
    started = time.perf_counter()
    report = copy_index(open_index(PLACE, encoder), f"{PLACE}_bulk")
    seconds = time.perf_counter() - started
    del os.environ["QA_MILVUS_IMPORT"]
    print(f"copied by bulk import    {report.passages} passages in {seconds:.0f} s,", end=" ")
    checks = len(list(verify(f"{PLACE}_bulk", encoder)))
    left = len(list((place / "import").iterdir()))
    print(f"{checks} checks, {left} files left", flush=True)

    before = store(PLACE).current()
    told = QA.open(PLACE, encoder).search(questions[0].question)
    writer = subprocess.Popen(
        [sys.executable, "-m", "qa.cli", "index", str(articles), "--index", PLACE, "--rebuild"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    journal = store(PLACE).home / "unfinished"
    while not journal.exists() or journal.stat().st_size < 2_000_000:
        time.sleep(0.1)
    server.kill()
    said = writer.communicate()[1].strip().splitlines()
    print(f"killed while written     the writer ended with {writer.returncode}: {said[-1:]}", flush=True)
    time.sleep(_LEASE)
    print(f"server answers again     after {server.start():.0f} s", flush=True)
    same = store(PLACE).current() == before and QA.open(PLACE, encoder).search(questions[0].question) == told
    print(f"old generation, whole    {same}, {len(list(verify(PLACE, encoder)))} checks")
    report = QA.build([articles], PLACE, BuildOptions(encoder=encoder, rebuild=True))
    manifest, _ = read_info(PLACE)
    print(f"gone on                  {report.resumed} of {report.passages} passages were encoded before")
    whole = manifest.passages == report.passages and store(PLACE).current() != before
    print(f"new generation, whole    {whole}, {len(list(verify(PLACE, encoder)))} checks")
    if not (same and whole and report.resumed and writer.returncode == 1):
        raise SystemExit("a claim did not hold")


def _raise_loopback() -> None:
    """In a new network namespace it is down (netdevice(7): SIOCSIFFLAGS, IFF_UP)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", b"lo", 1))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
