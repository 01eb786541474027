"""What the worst files take of time and memory, each in a process of its own: `make bench-worst`.

Names of some of them as arguments read only these.
"""

import gzip
import json
import logging
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from embeddings.sources import separate_process
from embeddings.sources.files import File
from embeddings.sources.readers.base import Reading
from embeddings.sources.separate_process import read_apart
from embeddings.types import Skipped


def attributes(path: Path) -> None:
    path.write_text("<p " + " ".join(f"a{number}=1" for number in range(150_000)) + ">x</p>")


def sparse(size: int) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        with path.open("wb") as stream:
            stream.write(b"%PDF-1.4\n")
            stream.truncate(size)

    return make


def lists(path: Path) -> None:
    path.write_text('{"text": [' + "[]," * 20_000_000 + "[]]}\n")


def days(path: Path) -> None:
    records = (json.dumps({"text": "x", "date": f"{n} xuxember 2022 zz"}) for n in range(10_000))
    path.write_text("\n".join(records))


def packed_lines(path: Path) -> None:
    with gzip.open(path, "wb", 1) as stream:
        for _ in range(500):
            stream.write(b" " * 10_000_000)


def packed_file(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", bytes(9_000_000))
        for number in range(100):
            archive.writestr(f"{number}.txt", "otter " * 1_000_000)


def front_matter(path: Path) -> None:
    path.write_text("---\na: [" + "b,c," * 15_000 + "]\n---\nx")


WORST: dict[str, tuple[str, Callable[[Path], None]]] = {
    "a page of one element with 150,000 attributes": ("a.html", attributes),
    "a PDF of 1 GB, a hole": ("a.pdf", sparse(1_000_000_000)),
    "a PDF of 255 MB, a hole": ("a.pdf", sparse(255_000_000)),
    "a line of JSON with 20 million lists": ("a.jsonl", lists),
    "10,000 records with days that are none": ("a.jsonl", days),
    "5 GB of spaces, packed": ("a.jsonl.gz", packed_lines),
    "100 texts of 6 MB, packed": ("a.zip", packed_file),
    "front matter of 60 kB in one list": ("a.md", front_matter),
}


def measure(name: str, path: Path) -> str:
    """A row: seconds, the most memory of this process or of the one that reads, and what was said."""
    logging.disable(logging.CRITICAL)
    began = time.perf_counter()
    found = list(read_apart(File(path, path.name, "x", path.stat().st_size), Reading()))
    seconds = time.perf_counter() - began
    while separate_process._idle:
        separate_process._idle.pop().end()
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    peak = max(resource.getrusage(one).ru_maxrss for one in who) / 1_000
    said = [item.reason for item in found if isinstance(item, Skipped)]
    articles = len(found) - len(said)
    told = "; ".join([*([f"{articles:,} read"] if articles else []), *said[:1]])
    return f"| {name} | {seconds:.1f} s | {peak:,.0f} MB | {told} |"


def main(arguments: list[str]) -> int:
    """Each step in a process of its own: what one takes is not counted for the next."""
    if arguments[:1] == ["--make"]:
        WORST[arguments[1]][1](Path(arguments[2]))
        return 0
    if arguments[:1] == ["--measure"]:
        print(measure(arguments[1], Path(arguments[2])), flush=True)
        return 0
    for name in arguments or WORST:
        with tempfile.TemporaryDirectory() as folder:
            for step in ("--make", "--measure"):
                command = [sys.executable, "-m", "benchmarks.worst", step, name, f"{folder}/{WORST[name][0]}"]
                subprocess.run(command, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
