"""Files that take a reader too long, or too much memory: they are left out, and the next ones are read."""

import io
import json
import time
import zipfile
from pathlib import Path

import pytest

from embeddings.sources import apart
from embeddings.sources.apart import read_apart
from embeddings.sources.files import File
from embeddings.sources.one_file import read_file
from embeddings.sources.readers.base import Reading
from embeddings.types import Article, Skipped
from tests.embeddings.sources.test_corpus import HTML, pdf, write

ATTRIBUTES = "<p " + " ".join(f"a{number}=1" for number in range(150_000)) + ">x</p>"


@pytest.fixture(autouse=True)
def _apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "APART", frozenset((".html", ".htm", ".pdf", ".zip")))


def file(folder: Path, name: str, content: str | bytes) -> File:
    path = write(folder, name, content)
    return File(path, name, folder.name, path.stat().st_size)


def zipped(files: dict[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return made.getvalue()


@pytest.mark.slow  # a process
def test_the_same_as_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for made in (
        file(tmp_path, "a.html", HTML),
        file(tmp_path, "b.pdf", pdf("The otter swims.", "Far from home.")),
        file(tmp_path, "c.pdf", b"%PDF-1.4 no"),
        file(tmp_path, "d.html", HTML.replace("after", "apr\u00e8s").encode("cp1252")),
        file(tmp_path, "e.html", HTML.replace("The old", "\u202e\u2028 The old").encode("utf-16")),
        file(tmp_path, "f.txt", "The otter."),
        file(tmp_path, "g.zip", zipped({"x/a.html": HTML, "b.txt": "The otter.", "c.png": "x"})),
    ):
        expected = list(read_file(made, Reading()))
        said = caplog.messages.copy()
        caplog.clear()
        assert list(read_apart(made, Reading())) == expected, made.id
        assert caplog.messages == said
        caplog.clear()


@pytest.mark.slow  # a process that computes until it is ended
@pytest.mark.parametrize("limit", ["computing", "waiting"])
def test_a_file_that_takes_too_long(limit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "PER_SECOND", 1_000_000_000)
    good = file(tmp_path, "good.html", HTML)
    [article] = read_apart(good, Reading())
    running = apart._reader._running
    assert isinstance(article, Article)
    assert running
    monkeypatch.setattr(apart, "SECONDS", 1.0 if limit == "computing" else 100.0)
    monkeypatch.setattr(apart, "_PATIENCE", 100 if limit == "computing" else 0.02)
    began = time.monotonic()
    [left_out] = read_apart(file(tmp_path, "bad.html", ATTRIBUTES), Reading())
    assert isinstance(left_out, Skipped)
    assert "its reader took more than 1" in left_out.reason
    assert running.poll() is not None
    assert time.monotonic() - began < 60
    monkeypatch.setattr(apart, "SECONDS", 60.0)
    monkeypatch.setattr(apart, "_PATIENCE", 4)
    assert list(read_apart(good, Reading())) == [article]
    again = apart._reader._running
    assert list(read_apart(good, Reading())) == [article]
    assert apart._reader._running is again, "it is reused while it behaves"


@pytest.mark.slow  # a process
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux")
def test_a_file_that_takes_too_much_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = file(tmp_path, "good.html", HTML)
    [article] = read_apart(good, Reading())
    monkeypatch.setattr(apart, "MEMORY", 50_000_000)
    [left_out] = read_apart(file(tmp_path, "bad.pdf", b"%PDF-1.4\n" + bytes(100_000_000)), Reading())
    assert isinstance(left_out, Skipped)
    assert "memory" in left_out.reason
    monkeypatch.undo()
    monkeypatch.setattr(apart, "APART", frozenset((".html",)))
    assert list(read_apart(good, Reading())) == [article]


@pytest.mark.parametrize(("name", "most"), [("a.html", 20), ("a.htm", 20), ("a.pdf", 256), ("a.md", 256)])
def test_a_file_that_is_too_large_is_not_opened(name: str, most: int, tmp_path: Path) -> None:
    made = file(tmp_path, name, b"x")
    with made.path.open("r+b") as stream:
        stream.truncate(1_000_000_000)
    began = time.monotonic()
    [left_out] = read_file(made, Reading())
    assert left_out == Skipped(str(made.path), f"an article of more than {most} MB: split it into several")
    assert time.monotonic() - began < 2


def test_zeros_after_the_end_of_a_gzip_file_count(tmp_path: Path) -> None:
    import gzip

    records = [json.dumps({"id": name, "text": "The otter swims."}).encode() + b"\n" for name in "ab"]
    first, second = map(gzip.compress, records)
    padded = file(tmp_path, "padded.jsonl.gz", first + bytes(3_000_000) + second)
    assert [item.id for item in read_file(padded, Reading()) if isinstance(item, Article)] == ["a", "b"]
    endless = file(tmp_path, "endless.jsonl.gz", first)
    with endless.path.open("r+b") as stream:
        stream.truncate(5_000_000_000)
    began = time.monotonic()
    found = list(read_file(endless, Reading(max_unpacked=0.2)))
    assert [type(item) for item in found] == [Article, Skipped]
    assert "more than 0.2 GB unpacked" in str(found[1])
    assert time.monotonic() - began < 20
