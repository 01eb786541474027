"""Files that take a reader too long, or too much memory: they are left out, and the next ones are read."""

import io
import json
import re
import subprocess
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from embeddings.engines.ray.units import known_marks, read_parts
from embeddings.sources import reading_process, separate_process
from embeddings.sources.files import File
from embeddings.sources.one_file import read_file
from embeddings.sources.readers import dates
from embeddings.sources.readers.base import Reading
from embeddings.sources.readers.by_ending import ENDINGS
from embeddings.sources.separate_process import read_apart
from embeddings.types import Article, Skipped
from tests.embeddings.sources.test_corpus import HTML, pdf, write

ATTRIBUTES = "<p " + " ".join(f"a{number}=1" for number in range(150_000)) + ">x</p>"


IS_APART = separate_process.is_apart


@pytest.fixture(autouse=True)
def _apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(separate_process, "is_apart", IS_APART)


def waiting() -> "subprocess.Popen[bytes]":
    [process] = separate_process._idle
    return process.running


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
    monkeypatch.setattr(separate_process, "PER_SECOND", 1_000_000_000)
    good = file(tmp_path, "good.html", HTML)
    [article] = read_apart(good, Reading())
    running = waiting()
    assert isinstance(article, Article)
    monkeypatch.setattr(separate_process, "SECONDS", 1.0 if limit == "computing" else 100.0)
    monkeypatch.setattr(reading_process, "PATIENCE", 100 if limit == "computing" else 0.02)
    began = time.monotonic()
    [left_out] = read_apart(file(tmp_path, "bad.html", ATTRIBUTES), Reading())
    assert isinstance(left_out, Skipped)
    assert "its reader took more than 1" in left_out.reason
    assert running.poll() is not None
    assert time.monotonic() - began < 60
    monkeypatch.setattr(separate_process, "SECONDS", 60.0)
    monkeypatch.setattr(reading_process, "PATIENCE", 4)
    assert list(read_apart(good, Reading())) == [article]
    again = waiting()
    assert list(read_apart(good, Reading())) == [article]
    assert waiting() is again, "it is reused while it behaves"


@pytest.mark.slow  # a process
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux")
def test_a_file_that_takes_too_much_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = file(tmp_path, "good.html", HTML)
    [article] = read_apart(good, Reading())
    monkeypatch.setattr(separate_process, "MEMORY", 50_000_000)
    [left_out] = read_apart(file(tmp_path, "bad.pdf", b"%PDF-1.4\n" + bytes(100_000_000)), Reading())
    assert isinstance(left_out, Skipped)
    assert "memory" in left_out.reason
    monkeypatch.setattr(separate_process, "MEMORY", 2_000_000_000)
    assert list(read_apart(good, Reading())) == [article]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_gigabyte_of_nothing_is_refused_at_once(ending: str, tmp_path: Path) -> None:
    made = file(tmp_path, f"a{ending}", b"")
    with made.path.open("r+b") as stream:
        stream.truncate(1_000_000_000)
    began = time.process_time()
    [left_out] = read_file(made, Reading())
    assert isinstance(left_out, Skipped)
    assert re.search(r"more than [\d,]+ MB|\b[Nn]ot an? |full of NUL", left_out.reason), left_out.reason
    assert time.process_time() - began < 3


LIMITS = {
    20: (".html", ".htm"),
    50: (".rtf", ".xml", ".rss", ".atom"),
    100: (".eml",),
    256: (".txt", ".md", ".markdown", ".pdf", ".csv", ".tsv"),
    500: (".docx", ".odt", ".pptx", ".epub"),
    100_000: (".jsonl", ".jsonl.gz", ".mbox", ".zip", ".wacz", ".warc", ".warc.gz"),
}


def test_every_kind_has_a_limit() -> None:
    assert sorted(ending for endings in LIMITS.values() for ending in endings) == sorted(ENDINGS)


@pytest.mark.parametrize(
    ("ending", "most"), [(ending, most) for most, endings in LIMITS.items() for ending in endings]
)
def test_a_file_that_is_too_large_is_not_opened(
    ending: str, most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(stream: object, origin: object) -> Iterator[Article]:
        raise AssertionError

    monkeypatch.setattr("embeddings.sources.one_file.reader", lambda name: opened)
    made = file(tmp_path, f"a{ending}", b"")
    with made.path.open("r+b") as stream:
        stream.truncate(most * 1_000_000 + 1)
    [left_out] = read_file(made, Reading())
    assert isinstance(left_out, Skipped)
    assert left_out.reason.endswith(f" of more than {most:,} MB: split it into several")


WORST = {
    "bytes of no encoding": (".txt", bytes(range(128, 256)) * 7_800),
    "Greek of 1987": (".txt", ("η βίδρα κολυμπά " * 60_000).encode("cp1253")[:999_999]),
    "lines that say when": (".txt", b"Published: 99 xuxember 2022\n" * 35_000),
    "front matter of lists": (".md", b"---\na: " + b"[a, " * 15_000 + b"\n---\nThe otter."),
    "front matter of keys": (".md", b"---\n" + b"? a\n" * 15_000 + b"---\nThe otter."),
    "front matter of values": (".md", b"---\na: [" + b"b,c," * 15_000 + b"]\n---\nThe otter."),
    "front matter that never ends": (".md", b"---\n" + b"---x\n" * 190_000),
    "quotation marks": (".md", b"---\na: '" + b"'' " * 20_000 + b"'\n---\nx"),
    "signs of headings": (".md", b"# " * 499_000),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", WORST)
def test_what_is_read_here_never_takes_long(name: str, tmp_path: Path) -> None:
    ending, content = WORST[name]
    made = file(tmp_path, f"a{ending}", content)
    assert not separate_process.is_apart(made.id, made.size)
    began = time.process_time()
    list(read_file(made, Reading()))
    assert time.process_time() - began < 10


def test_plain_texts_that_are_large_are_read_apart_and_all_else(tmp_path: Path) -> None:
    assert not separate_process.is_apart("A.MD", 1_000_000)
    assert separate_process.is_apart("a.md", 1_000_001)
    assert all(
        separate_process.is_apart(f"a{ending}", 0) for ending in set(ENDINGS) - {".txt", ".md", ".markdown"}
    )


@pytest.mark.slow  # processes
def test_a_text_that_has_grown_since_it_was_found_is_read_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = file(tmp_path, "a.txt", "The otter.")
    write(tmp_path, "a.txt", "The otter swims. " * 60_000)
    monkeypatch.setattr(separate_process, "read_file", None)
    [article] = read_apart(made, Reading())
    assert isinstance(article, Article)
    assert len(article.text) > 1_000_000


DATES = "".join(
    json.dumps({"text": "The otter.", "date": f"{number} xuxember 2022 zz"}) + "\n" for number in range(3_000)
)


def test_days_that_are_none_do_not_take_a_tenth_of_a_second_each(tmp_path: Path) -> None:
    made = file(tmp_path, "a.jsonl", DATES + json.dumps({"text": "The otter.", "date": "3 November 2022"}))
    found = list(read_file(made, Reading()))
    assert len(found) == 3_001
    assert isinstance(found[-1], Article)
    assert found[-1].date == "2022-11-03"
    assert dates._Tried.failures == dates._HOPELESS
    [other] = read_file(
        file(tmp_path, "b.jsonl", json.dumps({"text": "x", "date": "3 novembre 2022"})), Reading()
    )
    assert isinstance(other, Article)
    assert other.date == "2022-11-03"


@pytest.mark.slow  # processes
def test_rays_workers_leave_such_a_file_out_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(separate_process, "SECONDS", 1.0)
    monkeypatch.setattr(separate_process, "PER_SECOND", 1_000_000_000)
    files = [file(tmp_path, "a.html", ATTRIBUTES), file(tmp_path, "b.txt", "The otter.")]
    parts = read_parts(
        ((number, one, one.path) for number, one in enumerate(files)), Reading(), known_marks([])
    )
    [bad, good] = [record.item for part in parts for record in part.records]
    assert isinstance(bad, Skipped)
    assert "more than 1 seconds" in bad.reason
    assert isinstance(good, Article)


@pytest.mark.slow  # a process
def test_how_far_a_large_file_is_read_is_told(tmp_path: Path) -> None:
    line = json.dumps({"text": "The otter swims. " * 1_000}) + "\n"
    made = file(tmp_path, "a.jsonl", line * 300)
    told: list[int] = []
    assert len(list(read_apart(made, Reading(), told.append))) == 300
    assert told == sorted(told)
    assert len(told) > 3
    assert told[-1] == made.size


@pytest.mark.slow  # processes
def test_a_process_that_somebody_ended_costs_no_file(tmp_path: Path) -> None:
    made = file(tmp_path, "a.html", HTML)
    [article] = read_apart(made, Reading())
    waiting().kill()
    waiting().wait()
    assert list(read_apart(made, Reading())) == [article]


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
    assert time.monotonic() - began < 60


@pytest.mark.slow  # a process
def test_each_file_is_read_as_its_own_source_is(tmp_path: Path) -> None:
    made = file(tmp_path, "a.zip", zipped({"a.csv": "remark\nThe otter.\n"}))
    [left_out] = read_apart(made, Reading())
    assert isinstance(left_out, Skipped)
    assert "--text-column" in left_out.reason
    [article] = read_apart(replace(made, reading=Reading(text_column="remark")), Reading())
    assert isinstance(article, Article)
    assert article.text == "The otter."
