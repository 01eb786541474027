"""What is said while an index keeps up: updates, and each file that is left out once."""

import re
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from embeddings.build.report import Report
from embeddings.errors import QAError
from embeddings.types import Skipped
from qa.cli import main as cli
from qa.wording.keeping_up import Updates

BROKEN = Skipped("a.pdf", "not a readable PDF")
REPORT = Report(
    added=1, changed=0, renamed=0, deleted=0, unchanged=2, articles=3, passages=3, encoded=1,
    skipped=(BROKEN, Skipped("q.jsonl", "questions", True)), seconds=0.25,
)  # fmt: skip


def test_updates_and_each_broken_file_once(capsys: pytest.CaptureFixture[str]) -> None:
    updates = Updates()
    for said in (
        REPORT,
        replace(REPORT, published=False),
        QAError("a\x1b[31m is gone"),
        replace(REPORT, skipped=(), published=False),
        REPORT,
    ):
        updates.heard(said)
    lines = capsys.readouterr().out.splitlines()
    assert all(re.match(r"\d\d:\d\d:\d\d ", line) for line in lines)
    found = [line[9:] for line in lines]
    skipped, counts = "skipped a.pdf: not a readable PDF", "3 articles (1 added, 2 unchanged), in 0.2 s"
    assert [found[0], found[1], found[3], found[4]] == [skipped, counts, skipped, counts]
    assert found[2].startswith("not updated: a")
    assert "\x1b" not in found[2]


def test_without_an_index(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["watch", "--index", str(tmp_path / "none")]) == 1
    assert "there is no index" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        cli.main(["watch", "--every", "-1"])


def test_the_page_says_what_ends_its_watch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from qa.web.server import _keep_up

    _keep_up(str(tmp_path / "none"), Event())
    assert "not updated: there is no index" in capsys.readouterr().out
