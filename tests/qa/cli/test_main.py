"""The command line as a user meets it: output, exit status, one line for each error."""

import json
import math
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

import embeddings.build.preview
from embeddings.encoders.models import DEFAULT_MODEL
from qa.cli import main as cli
from qa.cli.commands import COMMANDS
from tests.conftest import put
from tests.fakes import WordEncoder, load_with


@pytest.fixture(autouse=True)
def _fake_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    load_with(monkeypatch, WordEncoder)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def index(sources: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert cli.main(["index", str(sources)]) == 0
    capsys.readouterr()
    return ".qa"


def test_index_reports(sources: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (sources / "picture.png").write_text("x")
    assert cli.main(["index", str(sources), "--index", "here"]) == 0
    out = capsys.readouterr().out
    assert f"skipped {sources}/picture.png: not a kind that is read (.png)" in out
    assert "3 articles (3 added), 1 skipped" in out
    assert "3 passages (3 encoded)" in out
    assert cli.main(["index", str(sources), "--index", "here"]) == 0
    assert "3 articles (3 unchanged)" in capsys.readouterr().out


def test_files_of_questions_are_not_missed(sources: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (sources / "asked.jsonl").write_text('{"question": "Who won?"}\n{"id": 7, "question": "Why?"}\n')
    (sources / "mixed.jsonl").write_text('{"question": "Who won?"}\n{"title": "A record"}\n')
    assert cli.main(["index", str(sources)]) == 0
    out = capsys.readouterr().out
    assert "asked.jsonl" not in out
    assert f"skipped {sources}/mixed.jsonl: no `text` in line 1, 2" in out
    assert "3 articles (3 added), 1 skipped, 1 file of questions" in out
    assert cli.main(["index", str(sources / "asked.jsonl"), "--index", "other"]) == 1
    assert "asked.jsonl: no article, but 2 questions" in capsys.readouterr().err


def test_a_dry_run_writes_nothing(
    sources: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        embeddings.build.preview, "fingerprint", lambda _: WordEncoder(DEFAULT_MODEL).fingerprint
    )
    load_with(monkeypatch, None)  # it needs no model
    assert cli.main(["index", str(sources), "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert "would hold 3 articles (3 added), 0 skipped" in out
    assert "would encode 3 of them; nothing was written: .qa" in out
    assert not Path(".qa").exists()


def test_an_update_without_changes_says_so(
    index: str, sources: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["index", str(sources)]) == 0
    assert "nothing has changed: the index stays as it is" in capsys.readouterr().out
    assert [path.name for path in Path(".qa/generations").iterdir()] == ["000001"]


def test_rollback(index: str, sources: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (sources / "new.txt").write_text("Something new.")
    cli.main(["index", str(sources)])
    capsys.readouterr()
    assert cli.main(["index", "--rollback"]) == 0
    day = datetime.now(UTC).date().isoformat()
    assert capsys.readouterr().out == (
        f"current again: generation 000001 of {day}, 3 articles, 3 passages: .qa\n"
    )
    assert cli.main(["index", "--rollback"]) == 1
    assert capsys.readouterr().err.startswith(
        "qa: .qa has no generation before 000001: nothing to go back to"
    )
    assert cli.main(["index", "--rollback", "--index", "nowhere"]) == 1
    assert "there is no index in nowhere" in capsys.readouterr().err
    assert not Path("nowhere").exists()


def test_verify_says_each_check_and_names_what_failed(
    index: str, sources: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["verify"]) == 0
    assert [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()] == [
        "files",
        "counts",
        "spans",
        "vectors",
    ]
    vectors = Path(".qa/generations/000001/vectors.faiss")
    data = bytearray(vectors.read_bytes())
    data[-1] ^= 1
    put(vectors, data)
    assert cli.main(["verify"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"qa: {vectors} has been altered (SHA-256 ")
    assert err.endswith(f"run `qa index --rebuild --index .qa {sources}`\n")
    assert err.count("\n") == 1


def _while_importing() -> ImportError:
    error = ImportError("initialization failed")
    error.__cause__ = KeyboardInterrupt()
    return error


@pytest.mark.parametrize(
    ("interrupt", "said"),
    [
        (KeyboardInterrupt(), "qa: interrupted\n"),
        (_while_importing(), "qa: interrupted\n"),
        (KeyboardInterrupt("interrupted: all is well"), "qa: interrupted: all is well\n"),
    ],
)
def test_an_interruption_claims_nothing_that_nobody_knows(
    interrupt: BaseException,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def stop(options: object) -> None:
        raise interrupt

    monkeypatch.setitem(COMMANDS, "index", stop)
    assert cli.main(["index"]) == 130
    assert capsys.readouterr().err == said


def test_ask_marks_the_answer_inside_its_passage(index: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["ask", "Who", "saved", "a", "penalty?", "-k", "1"]) == 0
    out = capsys.readouterr().out
    assert "[[Goalkeeper Ines Prat saved a penalty.]]" in out
    assert "1. Village wins the cup" in out
    assert "Weekly · 2022-09-10" in out


def test_ask_json_is_the_documented_shape(index: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["ask", "Who saved a penalty?", "-k", "2", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    documented = "index question understood answer answerable agreeing differing other_years passages ms"
    assert list(answer) == documented.split()
    assert answer["question"] == "Who saved a penalty?"
    assert answer["answer"]["text"] == "Goalkeeper Ines Prat saved a penalty."
    assert answer["answer"]["article"] == "sport/cup.md"
    assert 0 <= answer["answerable"] <= 1
    assert [p["rank"] for p in answer["passages"]] == [1, 2]
    for passage in answer["passages"]:
        assert {"article", "start", "end", "text", "score", "signals"} <= set(passage)
        assert len(passage["text"]) == passage["end"] - passage["start"]


def test_filters_and_search(index: str, capsys: pytest.CaptureFixture[str]) -> None:
    narrow = ["--since", "2022-06-01", "--until", "2022-06-30", "--source", "Daily", "--json"]
    assert cli.main(["search", "the river and the cup", *narrow]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [p["article"] for p in found["passages"]] == ["bridge.md"]
    assert cli.main(["search", "river", "--since", "2030-01-01"]) == 0
    assert "No passage matches." in capsys.readouterr().out


def test_as_of_leaves_out_what_came_later(index: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["search", "the bridge and the cup", "--as-of", "2022-07-01", "--json"]) == 0
    [found] = json.loads(capsys.readouterr().out)["passages"]
    assert found["article"] == "bridge.md"
    assert found["signals"]["date"] == pytest.approx(math.exp(-28 / 30), abs=1e-6)
    assert cli.main(["search", "cup", "--as-of", "2022-02-30"]) == 1
    assert "as of is '2022-02-30', expected a day" in capsys.readouterr().err


def test_a_follow_up_says_how_it_was_read(index: str, capsys: pytest.CaptureFixture[str]) -> None:
    follow = ["ask", "What did she save?", "--after", "Who is Ines Prat?"]
    assert cli.main(follow) == 0
    assert capsys.readouterr().out.startswith("Read as: What did she save? (Ines Prat)\n")
    assert cli.main([*follow, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["question"], answer["understood"]) == (
        "What did she save?",
        "What did she save? (Ines Prat)",
    )


def test_copies_take_one_place(index: str, sources: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (sources / "sport" / "cup.md").read_text().replace("Weekly", "Post").replace("09-10", "09-09")
    (sources / "copy.md").write_text(text)
    assert cli.main(["index", str(sources)]) == 0
    capsys.readouterr()
    assert cli.main(["search", "the village won the cup", "--json"]) == 0
    passages = json.loads(capsys.readouterr().out)["passages"]
    cups = [(p["source"], [copy["article"] for copy in p["also"]]) for p in passages if "cup" in p["title"]]
    assert cups in ([("Post", ["sport/cup.md"])], [("Weekly", ["copy.md"])])
    assert cli.main(["search", "the village won the cup"]) == 0
    assert "   also in: " in capsys.readouterr().out
    assert cli.main(["search", "the village won the cup", "--no-group", "--json"]) == 0
    passages = json.loads(capsys.readouterr().out)["passages"]
    assert {p["source"] for p in passages if "cup" in p["title"]} == {"Post", "Weekly"}
    assert not any(p["also"] for p in passages)


def test_run_writes_a_line_a_question(index: str, tmp_path: Path) -> None:
    questions = tmp_path / "q.jsonl"
    questions.write_text(
        '{"id": "a", "question": "Who saved a penalty?", "date": 1}\n\n{"question": "River?"}\n'
    )
    assert cli.main(["run", str(questions), "-k", "2", "--out", "run.jsonl"]) == 0
    lines = [json.loads(line) for line in Path("run.jsonl").read_text().splitlines()]
    assert [line["id"] for line in lines] == ["a", "3"]
    assert list(lines[0]) == [
        "id",
        "question",
        "understood",
        "answer",
        "answerable",
        "agreeing",
        "differing",
        "other_years",
        "passages",
        "ms",
    ]
    assert lines[0]["passages"][0]["article"] == "sport/cup.md"
    assert not list(tmp_path.glob("*.part"))


def test_info(index: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["info", "--json"]) == 0
    info = json.loads(capsys.readouterr().out)
    assert (info["articles"], info["passages"], info["sources"]) == (3, 3, {"Daily": 1, "Weekly": 1})
    assert cli.main(["info"]) == 0
    assert "3, dated 2022-06-03 to 2022-09-10" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ask", "x", "--index", "nowhere"], "there is no index in nowhere: run `qa index"),
        (["index", "nowhere"], "nowhere does not exist"),
        (["ask", "?!"], "the question is empty"),
        (["ask", ""], "the question is empty"),
        (["ask", "x" * 5000], "has 5000 characters, expected 2000 at most"),
        (["ask", "x", "-k", "0"], "number of passages is 0"),
        (["search", "x", "-k", "-1"], "number of passages is -1"),
        (["ask", "x", "--since", "2022-02-30"], "since is '2022-02-30', expected a day"),
        (["ask", "x", "--until", "20221130"], "until is '20221130', expected a day"),
        (["ask", "x", "--since", "2022-03-01", "--until", "2022-02-01"], "is later than until"),
        (["run", "nowhere.jsonl", "--out", "r.jsonl"], "nowhere.jsonl: No such file"),
        (["run", "bad.jsonl", "--out", "r.jsonl"], "bad.jsonl:2: not a JSON line"),
        (["run", "empty.jsonl", "--out", "r.jsonl"], "empty.jsonl: question b: the question is empty"),
        (["run", "good.jsonl", "--out", "no/r.jsonl"], "cannot write no/r.jsonl"),
        (["index", "--model", "nobody/nothing"], "seeds does not exist"),
        (["run", "good.jsonl", "--out", "good.jsonl"], "good.jsonl is the file of questions"),
        (
            ["ask", "river", "--source", "Nobody"],
            "no article is from 'Nobody'; publishers are: Daily, Weekly",
        ),
    ],
)
def test_foreseen_errors_are_one_line(
    arguments: list[str], said: str, index: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("bad.jsonl").write_text('{"id": 1, "question": "x"}\n{broken\n')
    Path("empty.jsonl").write_text('{"id": "a", "question": "x"}\n{"id": "b", "question": " "}\n')
    Path("good.jsonl").write_text('{"question": "x"}\n')
    assert cli.main(arguments) == 1
    err = capsys.readouterr().err
    assert said.removeprefix("empty.jsonl: ") in err
    assert err.count("\n") == 1
    assert err.startswith("qa: ")
    assert not Path("r.jsonl").exists()


def test_what_nobody_foresaw_is_one_line_too(
    index: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(options: object) -> None:
        raise ZeroDivisionError("two\nlines")

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setitem(COMMANDS, "ask", fail)
    assert cli.main(["ask", "x"]) == 1
    assert "unforeseen ZeroDivisionError: two lines" in (err := capsys.readouterr().err)
    assert err.count("\n") == 1


@pytest.mark.parametrize("arguments", [["ask"], ["fly"], ["ask", "x", "-k", "many"], []])
def test_wrong_use_is_status_2(arguments: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", "qa.cli", *arguments], capture_output=True, check=False)
    assert done.returncode == 2


def test_the_index_can_come_from_the_environment(
    sources: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QA_INDEX", "elsewhere")
    assert cli.main(["index", str(sources)]) == 0
    assert Path("elsewhere/CURRENT").is_file()


def test_several_indexes_are_asked_like_one(
    index: str, sources: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["index", str(sources / "bridge.md"), "--index", "all/b.qa", "--name", "Bridges"]
    assert cli.main([*arguments, "--description", "Old ones"]) == 0
    both = ["--index", "all/b.qa", "--index", index]
    capsys.readouterr()
    assert cli.main(["ask", "How many bolts had been replaced?", *both, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["indexes"] == ["all/b.qa", index]
    assert told["answer"]["corpus"] == told["corpora"][0]["corpus"]
    here = Path.cwd().name
    assert {said["corpus"] for said in told["corpora"]} == {"Bridges", here}
    assert cli.main(["search", "bolts", *both, "-k", "2"]) == 0
    assert f"2. Bridge reopens\n   {here}: Daily · 2022-06-03" in capsys.readouterr().out
    assert cli.main(["ask", "How many bolts had been replaced?", "--index", "all"]) == 0
    assert "Bridges" not in capsys.readouterr().out, "a folder of one index is that index"
    assert cli.main(["info", *both]) == 0
    assert capsys.readouterr().out.startswith("name       Bridges\nabout      Old ones\nindex      all/b.qa ")
    assert cli.main(["info", *both, "--json"]) == 0
    assert [one["name"] for one in json.loads(capsys.readouterr().out)] == ["Bridges", here]
    assert cli.main(["ask", "Who?", "--index", index, "--index", f"./{index}"]) == 1
    assert capsys.readouterr().err == f"qa: the index ./{index} is given twice: name each once\n"


def test_control_characters_do_not_reach_the_terminal(
    sources: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (sources / "evil.txt").write_text("The zebra \x1b[2J\x1b]0;owned\x07 escaped.")
    cli.main(["index", str(sources)])
    cli.main(["ask", "Did the zebra escape?"])
    out = capsys.readouterr().out
    assert "zebra" in out
    assert "\x1b" not in out
    assert "\x07" not in out


def test_importing_the_command_line_is_light() -> None:
    program = (
        "import sys, qa.cli, qa.pipeline; "
        "print(sorted({'torch', 'sentence_transformers', 'transformers', 'gradio', 'openvino', 'ray',"
        " 'pymilvus', 'trafilatura', 'pypdfium2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
    program = "import sys, qa.cli; print(sorted({'numpy', 'faiss', 'rich', 'tantivy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("how", ["info", "print_result"])
def test_a_closed_pipe_is_no_error(how: str, index: str, tmp_path: Path) -> None:
    program = {
        "info": "from qa.cli.main import main; sys.exit(main(['info']))",
        "print_result": (
            "from qa.cli import commands, main as cli, terminal;"
            " commands.COMMANDS['ask'] = lambda o: terminal.console().print('x');"
            " sys.exit(cli.main(['ask', 'x']))"
        ),
    }[how]
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-c", f"import sys; {program}"]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")


def test_publishers_are_matched_without_regard_to_case(
    index: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["search", "the", "--source", "weekly", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [p["source"] for p in found["passages"]] == ["Weekly"]


def test_every_file_left_out_is_named(sources: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (sources / "broken.jsonl").write_text("{\n" * 50)
    for number in range(30):
        (sources / f"{number}.png").write_text("x")
    assert cli.main(["index", str(sources)]) == 0
    out = capsys.readouterr().out
    assert all(f"{number}.png" in out for number in range(30))
    assert out.count("broken.jsonl") == 6
    assert "skipped 45 more in" in out


def test_damage_found_while_asking_names_the_remedy(
    index: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [articles] = Path(".qa/generations").glob("*/articles.sqlite")
    data = bytearray(articles.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    articles.write_bytes(data)
    for command in (["ask", "river"], ["info"]):
        assert cli.main(command) == 1
        err = capsys.readouterr().err
        assert "articles.sqlite is damaged" in err
        assert "qa index --rebuild" in err
        assert err.count("\n") == 1


def test_languages_that_the_model_does_not_read_are_named_once(
    sources: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (sources / "fluss.txt").write_text("In der Nacht stieg der Fluss um zwei Meter über die Straße.", "utf-8")
    said = "all-MiniLM-L6-v2 reads English: for German (1) use `--model intfloat/multilingual-e5-small`"
    index = ["index", str(sources), "--index", str(tmp_path / "mixed"), "--yes"]
    assert cli.main(index) == 0
    assert capsys.readouterr().err.count(said) == 1
    assert cli.main(index) == 0
    assert said not in capsys.readouterr().err
    assert cli.main(["info", "--index", str(tmp_path / "mixed")]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "languages English (3), German (1)" in out
    assert said in out
    assert cli.main([*index, "--model", "intfloat/multilingual-e5-small"]) == 0
    assert "reads English" not in capsys.readouterr().err
