"""The examples do what they say."""

from pathlib import Path

import pytest

from examples import compare_builds, index_and_ask, own_encoder
from tests.fakes import WordEncoder, load_with


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    load_with(monkeypatch, lambda _: WordEncoder())


def test_index_and_ask(sources: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = index_and_ask.main(sources, "Who saved a penalty?", tmp_path / "qa")
    assert result.passages[0].passage.article.id == "sport/cup.md"
    assert capsys.readouterr().out.startswith("3 articles, 3 passages\n")


def test_own_encoder(sources: Path, tmp_path: Path) -> None:
    found = own_encoder.main(sources, "goalkeepers and penalties", tmp_path / "qa")
    assert found[0].passage.article.id == "sport/cup.md"


def test_compare_builds(sources: Path, tmp_path: Path) -> None:
    questions = tmp_path / "q.jsonl"
    questions.write_text(
        '{"id": "a", "question": "Who saved a penalty?", "relevant": ["sport/cup.md"]}\n'
        '{"id": "b", "question": "What flooded the market?", "relevant": ["flood.txt"]}\n'
    )
    evaluation = compare_builds.main(sources, questions, tmp_path / "made")
    assert evaluation.questions == 2
    assert {change.value for change in evaluation.differences if change.name == "Success@1"} == {0.0}
