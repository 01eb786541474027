"""What is said of other libraries, from what their processes told."""

import gzip
import json
import math
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Self

import numpy as np
import pytest

from benchmarks.peers.__main__ import chosen, export, main
from benchmarks.peers.peer import Outcome, Peer, Task
from benchmarks.peers.peer import main as run_peer
from benchmarks.peers.table import HEADINGS, Entry, Timed, quality, table
from embeddings.build.options import BuildOptions
from embeddings.errors import QAError
from qa import QA
from qa.evaluation.questions import Question
from tests.fakes import WordEncoder
from tests.opened import open_qa

OWNERS = ["a", "a", "b", "c"]
QUESTIONS = [Question("q1", "?", frozenset({"b"})), Question("q2", "?", frozenset({"a"}))]
UNANSWERABLE = [Question("u1", "?"), Question("u2", "?")]


def outcome(
    rankings: dict[str, list[int]], ready: float = 5, done: float = 5.5, answered: tuple[str, ...] = ()
) -> Outcome:
    ask_ms = [7.0, 8.0, 30.0] if answered else []
    return Outcome(1234.4, {}, ready, done, 2.0, rankings, [3.0, 2.0, 40.0], ask_ms, list(answered))


def cells(entry: Entry) -> dict[str, str]:
    line = table([entry], OWNERS, QUESTIONS, UNANSWERABLE).splitlines()[2]
    return dict(zip(HEADINGS, line.strip("| ").split(" | "), strict=True))


def test_an_article_stands_at_its_best_passage() -> None:
    made = quality(outcome({"q1": [0, 1, 2], "q2": [3, 1, 0]}), OWNERS, QUESTIONS)
    assert made["nDCG@10"].value == pytest.approx(1 / math.log2(3))
    assert made["Success@1"].value == 0
    assert quality(outcome({"q1": [2, 0], "q2": [3]}), OWNERS, QUESTIONS)["Success@1"].value == 0.5


def test_a_line_of_a_library_that_only_ranks() -> None:
    asked = outcome({"q1": [2], "q2": [1], "u1": [3], "u2": []})
    firsts = [Timed(100, outcome({}, done=end)) for end in (103, 101.5, 102)]
    assert cells(Entry("one", Timed(1, outcome({})), False, firsts, asked)) == {
        "library": "one",
        "indexed, passages/s": "8",  # 4 from 5 s to 5.5 s
        "processor time for 1,000": "500 s",
        "peak memory indexing": "1,234 MB",
        "peak memory asked": "1,234 MB",
        "cold first answer": "2.00 s",
        "search p50": "3 ms",
        "answer p50": "-",
        "nDCG@10": "1.000",
        "Success@1": "1.000",
        "unanswerable refused": "1 of 2",
        "answerable refused": "0 of 2",
        "exact span": "no",
    }


def test_a_line_of_a_library_that_answers() -> None:
    rankings = {id: [2] for id in ("q1", "q2", "u1", "u2")}
    asked = outcome(rankings, answered=("q1",))
    shown = cells(Entry("one", Timed(4.5, outcome({})), True, [Timed(0, outcome({}))], asked))
    assert shown["indexed, passages/s"] == "4"  # 4 from 4.5 s to 5.5 s
    assert (shown["answer p50"], shown["exact span"]) == ("8 ms", "yes")
    assert (shown["unanswerable refused"], shown["answerable refused"]) == ("2 of 2", "1 of 2")


def test_passages_are_exported_as_the_encoder_reads_them(
    sources: Path, tmp_path: Path, encoder: WordEncoder
) -> None:
    QA.build([sources], tmp_path / "qa", BuildOptions(encoder=encoder))
    passages = tmp_path / "passages.jsonl"
    index = open_qa(tmp_path / "qa", encoder).index
    owners = export(index, passages)
    documents = Task("", "", str(passages), "", {}).documents()
    for number, passage in enumerate(index.catalog.passages(np.arange(len(owners)))):
        assert owners[number] == passage.article.id
        assert documents[number] == f"{passage.article.title}. {passage.text}"


def test_a_part_of_the_articles_holds_the_relevant_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "all.jsonl.gz"
    with gzip.open(file, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps({"id": id}) + "\n" for id in ("x", "a", "y", "b"))
    monkeypatch.delenv("ARTICLES", raising=False)
    assert chosen(file, QUESTIONS, tmp_path) == file
    monkeypatch.setenv("ARTICLES", "3")
    with gzip.open(chosen(file, QUESTIONS, tmp_path), "rt", encoding="utf-8") as lines:
        assert [json.loads(line)["id"] for line in lines] == ["a", "b", "x"]


class Alphabetic(Peer):
    distributions = ("numpy",)

    @classmethod
    def create(cls, task: Task) -> Self:
        return cls()

    def index(self, task: Task) -> None:
        Path(task.index).write_text(json.dumps(sorted(task.documents())), "utf-8")

    @classmethod
    def open(cls, task: Task) -> Self:
        assert json.loads(Path(task.index).read_text("utf-8")) == ["B. two", "one"]
        return cls()

    def search(self, question: str) -> list[int]:
        return [len(question), 0]


def test_a_process_tells_what_it_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [{"article": "a", "title": "", "text": "one"}, {"article": "b", "title": "B", "text": "two"}]
    (tmp_path / "passages").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    task = Task("", "", str(tmp_path / "passages"), str(tmp_path / "index"), {"q1": "?", "q2": "??"})
    (tmp_path / "task").write_text(json.dumps(asdict(task)), "utf-8")
    told = {}
    for step in ("index", "first", "ask"):
        monkeypatch.setattr(sys, "argv", ["", step, str(tmp_path / "task"), str(tmp_path / "told")])
        run_peer(Alphabetic)
        told[step] = Outcome(**json.loads((tmp_path / "told").read_text("utf-8")))
        assert told[step].ready <= told[step].done
        assert told[step].megabytes > 1
    assert told["first"].rankings == {"q1": [1, 0]}
    assert told["ask"].rankings == {"q1": [1, 0], "q2": [2, 0]}
    assert len(told["ask"].search_ms) == 2
    assert told["ask"].ask_ms == []


def test_what_is_missing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NEWSQA", str(tmp_path))
    monkeypatch.setenv("PEERS", str(tmp_path / "peers"))
    assert main(["txtai"]) == 0
    assert f"{tmp_path}/mini is missing" in capsys.readouterr().out
    (tmp_path / "mini").mkdir()
    (tmp_path / "mini" / "articles.jsonl.gz").touch()
    with pytest.raises(QAError, match="peers/txtai lacks txtai: run `make bench-peers`"):
        main(["txtai"])
