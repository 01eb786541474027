"""Hostile questions, numbers and days: one line and status 1, or passages as for any other question."""

import json
from pathlib import Path

import pytest

from qa.cli import main as cli
from tests.fakes import WordEncoder
from tests.hostile import GOOD, found, prepare, remarks, same
from tests.opened import open_qa


@pytest.fixture(autouse=True)
def _index(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = prepare(monkeypatch, tmp_path)
    assert cli.main(["index", str(folder)]) == 0
    capsys.readouterr()


EMPTY = "qa: the question is empty: ask in words"
REFUSED = {
    "empty": ([""], EMPTY),
    "only white space": ([" \n\t"], EMPTY),
    "only punctuation": (["?!... -- **"], EMPTY),
    "only a picture": (["🦦"], EMPTY),
    "only a combining character": (["\u0301"], EMPTY),
    "only NUL": (["\0"], EMPTY),
    "a megabyte": (
        ["otter " * 175_000],
        "qa: the question has 1050000 characters, expected 2000 at most: shorten it",
    ),
    "k of 0": (["heron", "-k", "0"], "qa: the number of passages is 0, expected 1 or more"),
    "k of -1": (["heron", "-k", "-1"], "qa: the number of passages is -1, expected 1 or more"),
    "a day that does not exist": (
        ["heron", "--since", "2022-02-30"],
        "qa: since is '2022-02-30', expected a day such as 2022-11-30",
    ),
    "a day in another form": (
        ["heron", "--until", "30.11.2022"],
        "qa: until is '30.11.2022', expected a day such as 2022-11-30",
    ),
    "a day in other digits": (
        ["heron", "--since", "２０２２-11-30"],
        "qa: since is '２０２２-11-30', expected a day such as 2022-11-30",
    ),
    "days in the wrong order": (
        ["heron", "--since", "2022-12-01", "--until", "2022-11-01"],
        "qa: since (2022-12-01) is later than until (2022-11-01)",
    ),
    "a publisher that commands the terminal": (
        ["heron", "--source", "\x1b[2J"],
        r"qa: no article is from '\x1b[2J'; publishers are: none",
    ),
}


@pytest.mark.parametrize("command", ["ask", "search"])
@pytest.mark.parametrize("name", REFUSED)
def test_refused_in_one_line(command: str, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments, said = REFUSED[name]
    assert cli.main([command, *arguments]) == 1
    same(remarks(capsys), (said,))


SYNTAX = {
    "field": "title:heron",
    "unknown field": "nosuch:heron",
    "and, or, not": "heron AND NOT OR reed",
    "quotation mark that stays open": 'heron "reed',
    "star": "her* heron*",
    "fuzzy": "heron~9 reed~",
    "range": "heron [a TO *} {",
    "boost, plus, minus": "+heron -reed^99999999999",
    "regular expression": "heron /((((a*)*)*)*)b/",
    "brackets that stay open": "heron ((((((((((",
    "backslash": "heron \\",
    "SQL": "heron'; DROP TABLE articles; --",
    "NUL": "heron\0reed",
    "lone surrogate": "heron \udc80",
    "a year that never was": "heron in 2099 and 1900 and 20٣٤",
    "two thousand characters": "heron " + "a " * 997,
    "one word of two thousand characters": "heron " + "a" * 1_990,
    "many k": "heron",
}


@pytest.mark.parametrize("name", SYNTAX)
def test_answered_as_words(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert GOOD in found(SYNTAX[name], capsys)
    assert cli.main(["ask", SYNTAX[name], "-k", str(10**9), "--json"]) == 0
    [passage] = json.loads(capsys.readouterr().out)["passages"]
    assert passage["text"] == GOOD


@pytest.mark.parametrize("top_k", [10**9, 10**30])
def test_as_many_passages_as_there_are(top_k: int) -> None:
    qa = open_qa(".qa", WordEncoder("all-MiniLM-L6-v2"))
    assert len(qa.ask("heron", top_k).passages) == 1
    assert len(qa.search("heron", top_k)) == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"question": ""}', "qa: question 1: the question is empty: ask in words"),
        ('{"question": 5}', "qa: q.jsonl:1: expected an object with a string `question`"),
        ('{"question": "a\\u0000"', "qa: q.jsonl:1: not a JSON line (...)"),
        ("[" * 100_000, "qa: q.jsonl:1: not a JSON line (...)"),
        ('{"question": "heron", "id": {}}', "qa: q.jsonl:1: `id` is neither a string nor a number"),
        ("\ufeff\n", "qa: q.jsonl:1: not a JSON line (...)"),
    ],
)
def test_a_file_of_questions(line: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("q.jsonl").write_text(f"{line}\n", "utf-8")
    assert cli.main(["run", "q.jsonl", "--out", "r.jsonl"]) == 1
    same(remarks(capsys), (said,))
    assert not Path("r.jsonl").exists()


@pytest.mark.parametrize("size", ["0", "-1", "nan", "inf"])
def test_a_limit_that_is_none(size: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["index", "articles", "--max-unpacked", size]) == 1
    same(remarks(capsys), (f"qa: --max-unpacked is {float(size)}, expected gigabytes above 0",))
