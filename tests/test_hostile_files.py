"""Hostile files and folders, and places where no index can be written."""

import errno
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

import embeddings.backends.folder.vectors
import embeddings.sources.one_file
from embeddings.backends.folder.disk_full import naming_a_full_disk
from embeddings.backends.folder.generations import Generations
from embeddings.encoders.models import model_folder
from embeddings.errors import ModelError, NoIndexError, QAError
from embeddings.sources.files import open_regular
from embeddings.sources.readers.base import Origin
from embeddings.sources.readers.by_ending import reader
from qa.cli import main as cli
from tests.conftest import ROOT as ROOT_FOLDER
from tests.hostile import GOOD, Row, check, found, prepare, put, remarks, same, write
from tests.opened import open_qa

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


def may_read_everything() -> bool:
    """Whether the system lets this process read what nobody may: root's usual right, which can be dropped."""
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).chmod(0)
        return os.access(file.name, os.R_OK)


@pytest.mark.skipif(not (may_read_everything() and shutil.which("setpriv")), reason="runs as it is")
def test_no_permission_for_a_user_without_roots_rights() -> None:
    """The next test, as a user to whom root's rights do not belong."""
    without = "-dac_override,-dac_read_search"
    here = f"{__file__}::test_no_permission"
    command = [
        "setpriv",
        f"--bounding-set={without}",
        f"--inh-caps={without}",
        sys.executable,
        "-m",
        "pytest",
    ]
    done = subprocess.run(
        [*command, "-q", "-p", "no:cacheprovider", here],
        cwd=ROOT_FOLDER,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout[:1]) == (0, "."), done.stdout + done.stderr


@pytest.mark.skipif(may_read_everything(), reason="root may read everything")
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
    monkeypatch.setattr(embeddings.sources.one_file, "open_regular", open_after)
    check(Row("", write("a.txt", "x"), (f"skipped articles/a.txt: {reason}",)), folder, capsys)


def test_changed_while_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = prepare(monkeypatch, tmp_path)
    monkeypatch.setattr(embeddings.sources.one_file, "reader", lambda name: late(reader(name), folder))
    said = ("qa: warning: articles/a.txt changed while it was read: run `qa index` again",)
    check(Row("", write("a.txt", "The otter swims."), said, "The otter swims."), folder, capsys)


def late(read: Callable[..., object], folder: Path) -> Callable[..., object]:
    """A reader that another program writes beside."""

    def beside(stream: BinaryIO, origin: Origin) -> object:
        if origin.id == "a.txt":
            put(folder / "a.txt", "The otter swims. And more.")
        return read(stream, origin)

    return beside


def test_time_goes_backwards(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = prepare(monkeypatch, tmp_path)
    assert cli.main(["index", str(folder)]) == 0
    put(folder / "good.txt", "The otter swims by the reed, heron.")
    os.utime(folder / "good.txt", (1, 1))
    with monkeypatch.context() as before:
        before.setattr(time, "time", lambda: 1.0)
        assert cli.main(["index", str(folder)]) == 0
    assert "The otter swims" in found("heron", capsys)
    assert cli.main(["index", "--rollback"]) == 0
    assert GOOD in found("heron", capsys)


def test_a_reader_during_a_rollback(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = prepare(monkeypatch, tmp_path)
    assert cli.main(["index", str(folder)]) == 0
    put(folder / "good.txt", "The otter swims by the reed, heron.")
    assert cli.main(["index", str(folder)]) == 0
    reader = open_qa(".qa")
    assert reader.ask("heron").passages[0].passage.text.startswith("The otter")
    assert cli.main(["index", "--rollback"]) == 0
    assert reader.ask("heron").passages[0].passage.text.startswith("The otter"), "it keeps what it opened"
    assert open_qa(".qa").ask("heron").passages[0].passage.text == GOOD
    put(folder / "b.txt", "The heron flies.")
    assert cli.main(["index", str(folder)]) == 0
    assert reader.ask("heron").passages[0].passage.text.startswith("The otter"), "while others come and go"


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


def remedies(said: str) -> list[str]:
    return re.findall("`([^`]*)`", said)


def do(command: str, source: Path) -> None:
    """Run an advised command as a user would, `qa` in this process."""
    words = shlex.split(command.replace("SOURCE", shlex.quote(str(source))))
    if words[0] == "qa":
        assert cli.main(words[1:]) == 0
    else:
        subprocess.run(words, check=True)


def folder_for(name: str, index: Path) -> Path:
    path = next(index.rglob(name))
    path.unlink()
    path.mkdir()
    return path


@pytest.mark.parametrize("name", ["CURRENT", "manifest.json"])
@pytest.mark.parametrize("index", ["made.qa", "an index's folder"])
def test_a_folder_for_a_file_of_the_index(
    name: str, index: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = prepare(monkeypatch, tmp_path)
    assert cli.main(["index", str(folder), "--index", index]) == 0
    folder_for(name, Path(index))
    capsys.readouterr()
    assert cli.main(["info", "--index", index]) == 1
    said = capsys.readouterr().err
    assert "Permission" not in said
    assert "right to read" not in said
    for command in remedies(said):
        do(command, folder)
    assert cli.main(["info", "--index", index]) == 0


def test_no_index_is_made_where_it_cannot_be_published(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = prepare(monkeypatch, tmp_path)
    Path(".qa/generations").mkdir(parents=True)
    Path(".qa/CURRENT").mkdir()
    assert cli.main(["index", str(folder)]) == 1
    said = capsys.readouterr().err
    assert "CURRENT is a folder, expected a file: run `rm -r " in said
    for command in remedies(said):
        do(command, folder)
    assert "good.txt" in found("heron", capsys)


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "free some space"),
        (OSError(errno.EROFS, "Read-only file system"), "make its disk one that can be written"),
        (OSError(errno.EIO, "Input/output error"), "look for a fault of its disk"),
        (sqlite3.OperationalError("disk I/O error"), "look for a fault of its disk"),
        (sqlite3.OperationalError("attempt to write a readonly database"), "one that can be written"),
        (sqlite3.OperationalError("database or disk is full"), "free some space"),
        (RuntimeError("could not write: Input/output error"), "look for a fault of its disk"),
    ],
)
def test_each_disk_has_its_own_remedy(error: Exception, remedy: str) -> None:
    with pytest.raises(QAError, match=remedy) as said, naming_a_full_disk(Path("x")):
        raise error
    assert ("free some space" in str(said.value)) == (remedy == "free some space")


def test_a_working_folder_that_is_gone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    try:
        for command in (["index", "articles"], ["ask", "x"], ["info"]):
            assert cli.main(command) == 1
            same(
                remarks(capsys),
                ("qa: the working folder is gone (No such file or directory): run `cd ~`...",),
            )
    finally:
        os.chdir(tmp_path)


@pytest.mark.parametrize(
    "command",
    [
        ["run", "q.jsonl", "--out", "{}/r"],
        ["eval", "q.jsonl", "--report", "{}/r"],
        ["eval", "q.jsonl", "--trec", "{}/r"],
    ],
)
def test_what_cannot_be_written_is_said_before_anything_is_asked(
    command: list[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refuse(**given: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    prepare(monkeypatch, tmp_path)
    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    said = f"qa: cannot write {tmp_path}/r... (Read-only file system): name a file in a folder that you..."
    for folder, expected in ((tmp_path, said), ("nowhere", "qa: cannot write nowhere/r...that exists")):
        assert cli.main([word.format(folder) for word in command]) == 1
        same(remarks(capsys), (expected,))


def test_advised_commands_quote_what_they_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelError) as said:
        model_folder("a model; rm x")
    assert shlex.split(remedies(str(said.value))[0]) == [
        "hf",
        "download",
        "sentence-transformers/a model; rm x",
    ]
    with pytest.raises(NoIndexError) as none:
        Generations(tmp_path / "it's").current()
    assert shlex.split(remedies(str(none.value))[0])[-1] == str(tmp_path / "it's")
