"""Hostile files and folders, and places where no index can be written."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

import embeddings.backends.folder.vectors
import embeddings.sources.corpus
from embeddings.sources.files import open_regular
from embeddings.sources.readers.base import Origin
from embeddings.sources.readers.by_ending import reader
from qa.cli import main as cli
from tests.hostile import GOOD, Row, check, found, prepare, put, remarks, same, write

ROOT = os.geteuid() == 0
FOLLOW = ("--follow-links",)
LINK = "skipped articles/{}: a symbolic link: add --follow-links to read what it points to"


def link(name: str, target: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).symlink_to(target)


def outside(folder: Path) -> None:
    """A link to a file and one to a folder, both beside the folder of articles."""
    put(folder.parent / "elsewhere/b.txt", "The otter swims.")
    (folder / "a.txt").symlink_to("../elsewhere/b.txt")
    (folder / "more").symlink_to("../elsewhere")


def forbidden(folder: Path) -> None:
    put(folder / "a.txt", "x").chmod(0)
    put(folder / "b/c.txt", "x").parent.chmod(0)


ROWS = [
    Row("link out of the folder", outside, (LINK.format("a.txt"), LINK.format("more"))),
    Row("link out of the folder, followed", outside, finds="The otter swims.", options=FOLLOW),
    Row("link to its own folder", link("loop", "."), (LINK.format("loop"),)),
    Row(
        "link to its own folder, followed",
        link("loop", "."),
        ("skipped articles/loop: a link to a folder that has been read already",),
        options=FOLLOW,
    ),
    Row(
        "link to itself",
        link("a.txt", "a.txt"),
        ("skipped articles/a.txt: Too many levels of symbolic links",),
        options=FOLLOW,
    ),
    Row("broken link", link("a.txt", "nowhere"), ("skipped articles/a.txt: a broken link",)),
    Row(
        "pipe",
        lambda folder: os.mkfifo(folder / "a.txt"),
        ("skipped articles/a.txt: not a regular file",),
    ),
    Row(
        "device",
        link("a.txt", "/dev/zero"),
        ("skipped articles/a.txt: not a regular file",),
        options=FOLLOW,
    ),
    Row(
        "name that commands the terminal",
        write("a\n\x1b[2Jb.png", "x"),
        ("skipped articles/a \ufffd[2Jb.png: not a kind that is read (.png)",),
    ),
    Row(
        "name that is not UTF-8",
        write(os.fsdecode(b"\xff.txt"), "The otter swims."),
        finds="The otter swims.",
    ),
    Row("hidden files", write(".a.txt", "x"), ("skipped articles/.a.txt: hidden file",)),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_files(
    row: Row, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    check(row, prepare(monkeypatch, tmp_path), capsys)


def test_folders_nested_without_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deep = prepare(monkeypatch, tmp_path) / ("d/" * 1_200)
    subprocess.run(["mkdir", "-p", deep], check=True)  # Python's own functions are recursive
    try:
        check(
            Row("", lambda folder: put(deep / "a.txt", "The otter swims."), (), "The otter swims."),
            deep.parents[1199],
            capsys,
        )
    finally:
        subprocess.run(["rm", "-r", "articles/d"], check=True)


@pytest.mark.skipif(ROOT, reason="root may read everything")
def test_no_permission(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = ("skipped articles/b: Permission denied", "skipped articles/a.txt: Permission denied")
    check(Row("no permission", forbidden, said), prepare(monkeypatch, tmp_path), capsys)


def refuse(path: Path) -> None:
    raise PermissionError(13, "Permission denied", str(path))


def replace_by_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("happen", "reason"),
    [
        (refuse, "Permission denied"),
        (Path.unlink, "No such file or directory"),
        (replace_by_pipe, "not a regular file"),
    ],
)
def test_between_finding_and_reading(
    happen: Callable[[Path], None],
    reason: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def open_after(path: Path) -> BinaryIO:
        if path.name == "a.txt":
            happen(path)
        return open_regular(path)

    folder = prepare(monkeypatch, tmp_path)
    monkeypatch.setattr(embeddings.sources.corpus, "open_regular", open_after)
    check(Row("", write("a.txt", "x"), (f"skipped articles/a.txt: {reason}",)), folder, capsys)


def test_changed_while_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = prepare(monkeypatch, tmp_path)
    monkeypatch.setattr(embeddings.sources.corpus, "reader", lambda name: late(reader(name), folder))
    said = ("qa: warning: articles/a.txt changed while it was read: run `qa index` again",)
    check(Row("", write("a.txt", "The otter swims."), said, "The otter swims."), folder, capsys)


def late(read: Callable[..., object], folder: Path) -> Callable[..., object]:
    """A reader that another program writes beside."""

    def beside(stream: BinaryIO, origin: Origin) -> object:
        if origin.id == "a.txt":
            put(folder / "a.txt", "The otter swims. And more.")
        return read(stream, origin)

    return beside


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.jsonl", "", "no line in it"),
        ("a.jsonl", "{}\n", "no `text` in line 1"),
        ("a.txt", "", "no text in it"),
    ],
)
def test_a_sole_source_without_an_article_is_named(
    name: str,
    content: str,
    reason: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    prepare(monkeypatch, tmp_path)
    put(Path(name), content)
    assert cli.main(["index", name]) == 1
    expected = f"qa: no article in the sources ({name}: {reason}): the index in .qa stays as it was"
    same(remarks(capsys), (expected,))


def file_for_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    put(Path("there"), "x")


def read_only(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("there").mkdir(exist_ok=True)
    monkeypatch.setattr("embeddings.backends.folder.generations.os.access", lambda path, mode: False)


def somebody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    put(Path("there/letter.txt"), "x")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (file_for_a_folder, "qa: cannot write an index in there (...): give --index another folder"),
        (read_only, "qa: cannot write an index in there (Permission denied): give --index another folder"),
        (somebody_elses, "qa: there is not an index and not empty: give --index another folder"),
    ],
)
def test_no_place_for_an_index(
    make: Callable[[pytest.MonkeyPatch], None],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = prepare(monkeypatch, tmp_path)
    make(monkeypatch)
    assert cli.main(["index", str(folder), "--index", "there"]) == 1
    same(remarks(capsys), (said,))


def no_space(*arguments: object) -> None:
    raise OSError(28, "No space left on device")


def faiss_says(*arguments: object) -> None:
    raise RuntimeError("Error in write_index: write error: No space left on device")


@pytest.mark.parametrize("fail", [no_space, faiss_says])
def test_a_full_disk_leaves_the_old_index(
    fail: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = prepare(monkeypatch, tmp_path)
    assert cli.main(["index", str(folder)]) == 0
    capsys.readouterr()
    put(folder / "b.txt", "The otter swims.")
    monkeypatch.setattr(embeddings.backends.folder.vectors.VectorIndex, "save", fail)
    assert cli.main(["index", str(folder)]) == 1
    expected = "qa: cannot write ...No space left on device...the index ...stays as it was..."
    same(remarks(capsys), (expected,))
    assert GOOD in found("heron", capsys)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux")
def test_a_file_that_cannot_grow(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every library writes until the system refuses, as on a full disk."""
    import resource

    folder = prepare(monkeypatch, tmp_path)
    assert cli.main(["index", str(folder)]) == 0
    capsys.readouterr()
    put(folder / "b.txt", "The otter swims far from home today. " * 2_000)
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for size in (1_000, 8_000, 20_000, 60_000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
        try:
            assert cli.main(["index", str(folder)]) == 1
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        [said] = remarks(capsys)
        assert said.startswith("qa: cannot write "), said
    assert GOOD in found("heron", capsys)
