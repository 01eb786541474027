"""`qa eval` from files to figures."""

import json
from pathlib import Path
from typing import Any

import pytest

from embeddings.build.options import BuildOptions
from embeddings.errors import QAError, SourceError
from qa import QA
from qa.cli import main as cli
from qa.evaluation.evaluate import evaluate, trial, write_trec
from tests.fakes import WordEncoder, load_with
from tests.opened import open_qa

QUESTIONS: list[dict[str, Any]] = [
    {
        "id": "cup 1",
        "question": "Who saved a penalty?",
        "relevant": ["sport/cup.md"],
        "answers": ["Ines Prat"],
    },
    {"id": "flood", "question": "What did the river flood?", "relevant": ["bridge.md"], "answers": ["340"]},
    {"id": "zebra", "question": "Zebra quantum violin?"},
]


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sources: Path, encoder: WordEncoder) -> None:
    load_with(monkeypatch, WordEncoder)
    monkeypatch.chdir(tmp_path)
    QA.build([sources], ".qa", BuildOptions(encoder=encoder))
    write("q.jsonl", QUESTIONS)


def write(name: str, records: list[dict[str, Any]]) -> None:
    Path(name).write_text("".join(json.dumps(record) + "\n" for record in records))


def test_questions_are_asked_and_measured() -> None:
    evaluation = evaluate(trial(open_qa(".qa"), "q.jsonl"))
    assert (evaluation.questions, evaluation.unanswerable) == (2, 1)
    made = {figure.name: figure.value for figure in evaluation.figures}
    # Three articles: the relevant one is first for one question, and second or third for the other.
    assert made["Success@1"] == made["answer@1"] == 0.5
    assert made["Success@5"] == made["recall@10"] == 1.0
    assert made["AUROC"] == 1.0
    assert 0 < evaluation.p50 <= evaluation.p95


def test_a_run_is_measured_without_an_index() -> None:
    assert cli.main(["run", "q.jsonl", "--out", "run.jsonl"]) == 0
    asked, read = evaluate(trial(open_qa(".qa"), "q.jsonl")), evaluate(trial("run.jsonl", "q.jsonl"))
    assert read.figures == asked.figures


def test_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["run", "q.jsonl", "--out", "run.jsonl"]) == 0
    capsys.readouterr()
    options = ["--run", "run.jsonl", "--against", "run.jsonl"]
    assert cli.main(["eval", "q.jsonl", *options, "--report", "out.html"]) == 0
    out = capsys.readouterr().out
    assert "2 questions, 1 without an answer in the corpus" in out
    assert "Success@1          0.500" in out
    assert "+0.000  [+0.000, +0.000]  p 1.000  won 0  lost 0" in out
    assert Path("out.html").read_text("utf-8").startswith("<!doctype html>")
    assert cli.main(["eval", "q.jsonl", *options, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["questions"] == 2


def test_each_question_as_of_its_day(capsys: pytest.CaptureFixture[str]) -> None:
    dated = [{**question, "date": "2022-06-05"} for question in QUESTIONS]
    write("dated.jsonl", dated)
    assert cli.main(["run", "dated.jsonl", "--as-of", "asked", "--out", "run.jsonl"]) == 0
    lines = [json.loads(line) for line in Path("run.jsonl").read_text().splitlines()]
    assert [[p["article"] for p in line["passages"]] for line in lines] == [["bridge.md"]] * 3
    assert cli.main(["eval", "dated.jsonl", "--as-of", "asked"]) == 0
    assert "Success@1          0.500" in capsys.readouterr().out
    assert cli.main(["run", "q.jsonl", "--as-of", "asked", "--out", "run.jsonl"]) == 1
    assert "question cup 1: it has no `date`" in capsys.readouterr().err


def test_trec_files() -> None:
    write_trec(trial(open_qa(".qa"), "q.jsonl"), "out")
    lines = [line.split(" ") for line in Path("out.run").read_text().splitlines()]
    assert [line[:2] + line[3:4] for line in lines[:2]] == [["cup_1", "Q0", "1"], ["cup_1", "Q0", "2"]]
    assert lines[0][2] == "sport/cup.md"
    assert {len(line) for line in lines} == {6}
    assert Path("out.qrels").read_text() == "cup_1 0 sport/cup.md 1\nflood 0 bridge.md 1\n"


def test_files_that_do_not_fit() -> None:
    write("u.jsonl", [{"id": "flood", "question": "Twice?"}])
    with pytest.raises(QAError, match=r"u\.jsonl: the id flood stands in q\.jsonl too"):
        trial(open_qa(".qa"), "q.jsonl", "u.jsonl")
    write("u.jsonl", [{"id": "other", "question": "Unasked?"}])
    assert cli.main(["run", "q.jsonl", "--out", "run.jsonl"]) == 0
    with pytest.raises(SourceError, match="the run has no line for question other"):
        evaluate(trial("run.jsonl", "q.jsonl", "u.jsonl"))
    with pytest.raises(QAError, match=r"names no `relevant` article"):
        trial(open_qa(".qa"), "u.jsonl")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["eval", "q.jsonl", "--report", "no/out.html"], 1, "cannot write no/out.html"),
        (["eval", "q.jsonl", "--report", "."], 1, "cannot write ."),
        (["eval", "--self", "--run", "run.jsonl"], 2, "--self makes its own questions"),
        (["eval", "q.jsonl", "--sample", "5"], 2, "--sample goes with --self"),
        (["eval", "--self", "--sample", "0"], 1, "the sample has 0 articles, expected 1 or more"),
    ],
)
def test_wrong_use(arguments: list[str], status: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(arguments) == status
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("arguments", [["eval"], ["eval", "q.jsonl", "--self"]])
def test_questions_or_self_and_not_both(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(arguments)
    assert stopped.value.code == 2
