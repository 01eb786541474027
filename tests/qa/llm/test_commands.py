"""`qa ask`, `eval`, `info` and `llm` with a language model, as a user meets them."""

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from qa.cli import main as cli
from qa.llm import discover
from tests.conftest import ROOT
from tests.fakes import WordEncoder, load_with
from tests.qa.llm.server import Handler, claims, fails, says, serving

RIGHT = "Goalkeeper Ines Prat saved a penalty."
SAID = claims(("Ines Prat saved a penalty.", 1, RIGHT), ("Ines Prat missed a penalty.", 1, RIGHT))


@pytest.fixture(autouse=True)
def _index(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sources: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load_with(monkeypatch, WordEncoder)
    monkeypatch.setattr("qa.answer.load_judge.fingerprint_of", lambda: "0" * 64)
    monkeypatch.chdir(tmp_path)
    for name in ("URL", "MODEL", "KEY", "KEY_FILE", "AGREED", "WINDOW"):
        monkeypatch.delenv(f"QA_LLM_{name}", raising=False)
    assert cli.main(["index", str(sources)]) == 0
    capsys.readouterr()


def test_the_answer_comes_first_then_what_is_proved(capsys: pytest.CaptureFixture[str]) -> None:
    with serving(says(SAID)) as script:
        assert cli.main(["ask", "Who saved a penalty?", "--llm", script.url]) == 0
    out, err = capsys.readouterr()
    first, _, then = out.partition("\nIn sentences, by tiny, each proved:\n")
    assert f"[[{RIGHT}]]" in first
    assert then.splitlines() == [
        "Ines Prat saved a penalty. [1]",
        "   [1] “Goalkeeper Ines Prat saved a penalty” Village wins the cup · Weekly · 2022-09-10",
        "",
        "1 sentence left out: not word for word in the articles.",
    ]
    assert err == ""


def test_as_json(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(says(SAID)) as script:
        monkeypatch.setenv("QA_LLM_URL", script.url)
        assert cli.main(["ask", "Who saved a penalty?", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["answer"]["text"] == RIGHT
    [proved] = made["sentences"]["proved"]
    assert proved["text"] == "Ines Prat saved a penalty."
    assert [left["text"] for left in made["sentences"]["left_out"]] == ["Ines Prat missed a penalty."]


def test_the_answer_stands_whatever_happens_to_the_model(capsys: pytest.CaptureFixture[str]) -> None:
    with serving(fails(500)) as script:
        assert cli.main(["ask", "Who saved a penalty?", "--llm", script.url]) == 0
    out, err = capsys.readouterr()
    assert f"[[{RIGHT}]]" in out
    assert err.count("\n") == 1
    assert err.endswith("the answer above stands without it\n")


def test_nothing_proved_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with serving(says('{"claims": []}')) as script:
        assert cli.main(["ask", "Who saved a penalty?", "--llm", script.url]) == 0
    assert "tiny adds nothing that can be proved: the answer above stands." in capsys.readouterr().out


def test_another_machine_is_asked_nothing_before_somebody_agrees(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli.main(["ask", "Who?", "--llm", "https://api.example/v1"]) == 1
    assert "say --llm-agree" in capsys.readouterr().err
    monkeypatch.setenv("QA_LLM_URL", "https://api.example/v1")
    assert cli.main(["info"]) == 0
    said = "llm        your questions and the passages shown are sent to api.example\n"
    assert capsys.readouterr().out.endswith(said)


def test_info_says_nothing_of_a_model_where_there_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["info", "--json"]) == 0
    assert "llm" not in json.loads(capsys.readouterr().out)


def test_llm_lists_what_answers_and_tests_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lit = "The lamp of the harbour was lit by Ada Moll on Friday."
    with serving(says(claims(("Ada Moll lit the lamp of the harbour.", 1, lit)))) as script:
        port = int(script.url.split(":")[2].split("/")[0])
        monkeypatch.setattr(discover.servers, "__defaults__", ((port,),))
        assert cli.main(["llm"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0] == f"a server at {script.url}: tiny"
    assert out[1] == f"tiny: 127.0.0.1:{port}, on this machine"
    assert out[2].startswith("test: 1 of 1 claims proved in ")
    assert cli.main(["llm"]) == 0
    assert "no language model answers on this machine's usual ports" in capsys.readouterr().out


def test_eval_counts_what_is_proved(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    questions = tmp_path / "q.jsonl"
    questions.write_text(
        '{"id": "a", "question": "Who saved a penalty?", "relevant": ["sport/cup.md"], '
        '"answers": ["Ines Prat"]}\n'
        '{"id": "b", "question": "Who built the tower?"}\n'
    )
    invented = claims(("Ada Moll built the tower.", 1, "Ada Moll built the tower of the town."))
    with serving(says(SAID), says(invented)) as script:
        page = tmp_path / "page.html"
        assert cli.main(["eval", str(questions), "--llm", script.url, "--report", str(page)]) == 0
        out = capsys.readouterr().out
        for line in (
            "claims proved      0.333  1 of 3",
            "quotes exact       0.667  2 of 3",
            "claims answer      1.000  1 of 1",
            "refusals right     1.000  1 of 1",
            "left out: b: Ada Moll built the tower.: its quotations do not stand in the articles: "
            "Ada Moll built the tower of the town.",
        ):
            assert line in out
        assert re.search(r"^a question         [0-9.]+ s, [1-9][0-9]* tokens$", out, re.MULTILINE)
        assert "Quoted, and in no article: “Ada Moll built the tower of the town.”" in page.read_text("utf-8")
        assert cli.main(["eval", str(questions), "--llm", script.url, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["sentences"]["shares"]["claims answer"] == 0.0
    assert cli.main(["eval", "--self", "--llm", "http://127.0.0.1:1"]) == 2


def test_without_a_model_nothing_of_it_is_imported() -> None:
    code = (
        "import sys, qa, qa.cli, qa.cli.main; from qa.cli.arguments import parser; parser()\n"
        "print([name for name in sys.modules if name.startswith(('qa.llm', 'httpx', 'numpy', 'tantivy'))])"
    )
    made = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert made.stdout == "[]\n"


def test_ctrl_c_stops_the_server_too(tmp_path: Path) -> None:
    def on_and_on(handler: Handler, body: dict[str, Any]) -> None:
        handler.begin()
        handler.piece('{"claims": [')
        while True:
            handler.piece(" ")
            time.sleep(0.02)

    code = (
        "import sys\nfrom embeddings.types import Article\nfrom qa.cli import commands, main as cli\n"
        "from qa.cli.language_model import print_sentences\nfrom qa.llm.endpoint import Endpoint\n"
        "from qa.types import Result\nfrom tests.qa.llm.claims import ranked\n"
        "place = ranked(1, Article('a', 't', 'One two three.'))\n"
        "result = Result('q', 'q', None, 0.0, (place,), 0.0)\n"
        "commands.COMMANDS['info'] = lambda o: print_sentences(Endpoint(sys.argv[1], 'tiny'), result)\n"
        "sys.exit(cli.main(['info']))"
    )
    with serving(on_and_on) as script:
        process = subprocess.Popen(
            [sys.executable, "-c", code, script.url], cwd=ROOT, stderr=subprocess.PIPE, text=True
        )
        for _ in range(600):
            if script.asked:
                break
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=100)
        assert process.returncode == 130
        assert err == "qa: interrupted\n"
        assert script.gone.wait(60)


WON = "The village team won the cup for the first time, beating the city by two goals to one."


def test_a_brief_is_told_in_proved_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    said = claims(
        ("The city won the cup.", 1, WON), ("The village team won the cup for the first time.", 1, WON)
    )
    with serving(says(said)) as script:
        assert cli.main(["brief", "the village team won the cup", "--llm", script.url]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines.pop(2).startswith("            Village wins the cup · Weekly · ")
    assert lines == [
        "2022-09-10  The village team won the cup for the first time.",
        f"            “{WON.rstrip('.')}”",
        "",
        "1 sentence left out: not word for word in the articles.",
    ]


def test_a_brief_stands_in_the_articles_words_without_a_model(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["brief", "the village team won the cup"]
    assert cli.main(asked) == 0
    plain, err = capsys.readouterr()
    assert f"2022-09-10  {WON}" in plain
    assert err == ""
    with serving(fails(500)) as script:
        assert cli.main([*asked, "--llm", script.url]) == 0
    out, err = capsys.readouterr()
    assert out == plain
    assert "failed (status 500)" in err
    assert err.strip().endswith("the articles' own sentences stand instead")


def test_a_brief_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    said = claims(("The village team won the cup.", 1, WON))
    with serving(says(said)) as script:
        assert cli.main(["brief", "the village team won the cup", "--json", "--llm", script.url]) == 0
    [line] = json.loads(capsys.readouterr().out)["lines"]
    assert (line["text"], line["proved"]["text"]) == (WON, "The village team won the cup.")
