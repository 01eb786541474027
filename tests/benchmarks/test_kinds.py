from pathlib import Path

import pytest

from benchmarks.kinds import kind, main
from embeddings.build.options import BuildOptions
from qa import QA
from tests.fakes import WordEncoder


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Excitement is building for the World Cup. Where will it be held?", "context first"),
        ("Name the village that won the cup.", "imperative"),
        ("please tell me who won", "imperative"),
        ("Sriracha shortage cause", "search words"),
        ("age oldest dog", "search words"),
        ("who won the cup", "lower case"),
        ("Who won the cup?", "whole question"),
        ("In Izium, what did the U.S. Army find?", "whole question"),
        ("Did the river rise?", "whole question"),
    ],
)
def test_kinds(question: str, expected: str) -> None:
    assert kind(question) == expected


def test_each_kind_is_measured_apart(
    sources: Path,
    tmp_path: Path,
    encoder: WordEncoder,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    QA.build([sources], tmp_path / "qa", BuildOptions(encoder=encoder))
    opened = QA.open
    monkeypatch.setattr(QA, "open", lambda place, reader: opened(place, encoder, reader=reader))
    questions = tmp_path / "questions.jsonl"
    questions.write_text(
        '{"id": "a", "question": "Who saved a penalty?", "relevant": ["sport/cup.md"], "answers": ["Prat"]}\n'
        '{"id": "b", "question": "river market", "relevant": ["sport/cup.md"], "answers": ["Prat"]}\n'
        '{"id": "c", "question": "Who is asked about elsewhere?"}\n'
    )
    main(str(tmp_path / "qa"), str(questions), "none")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" | ")[:3] for line in lines[2:]] == [
        ["| search words", "1", "0.000 [0.000, 0.000]"],
        ["| whole question", "1", "1.000 [1.000, 1.000]"],
    ]
