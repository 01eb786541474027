"""Two indexes of different models, and which of them are open."""

from pathlib import Path

import pytest

from embeddings.build.options import BuildOptions
from qa import QA
from tests.fakes import WordEncoder, load_with

MATCH = (
    "---\ntitle: The final\ndate: 2022-12-18\nsource: Match Day\n---\n"
    "Argentina won the final on penalties. Goalkeeper Emi Sol saved two of them before 88,000 people."
)


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Models that were loaded, each time."""
    names: list[str] = []

    def load(name: str) -> WordEncoder:
        names.append(name)
        return WordEncoder(name, 64 if name == "one" else 48)

    load_with(monkeypatch, load)
    return names


@pytest.fixture
def places(sources: Path, tmp_path: Path, loaded: list[str]) -> list[Path]:
    """`news`, and `cup.qa` of another model, which is called Sport."""
    (tmp_path / "sport").mkdir()
    (tmp_path / "sport" / "bridge.md").write_text(MATCH, "utf-8")
    made = [tmp_path / "all" / "news", tmp_path / "all" / "cup.qa"]
    QA.build([sources], made[0], BuildOptions(encoder=WordEncoder("one", 64)))
    options = BuildOptions(encoder=WordEncoder("two", 48), name=" Sport \n", description="Match reports")
    QA.build([tmp_path / "sport"], made[1], options)
    loaded.clear()
    return made
