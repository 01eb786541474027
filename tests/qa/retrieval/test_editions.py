"""Several years of one event, and figures of one quarter, in corpora made by hand."""

from pathlib import Path

import pytest

from embeddings.build.options import BuildOptions
from embeddings.types import Filter
from qa import QA
from qa.wording.phrases import years
from tests.fakes import WordEncoder
from tests.opened import open_qa

WINNERS = {2020: "Ada Moll", 2021: "Ines Prat", 2022: "Lena Roth"}


def index_of(articles: dict[str, str], folder: Path) -> QA:
    sources = folder / "sources"
    sources.mkdir()
    for name, text in articles.items():
        (sources / f"{name}.md").write_text(text)
    encoder = WordEncoder()
    QA.build([sources], folder / "qa", BuildOptions(encoder=encoder))
    return open_qa(folder / "qa", encoder)


@pytest.fixture
def awards(tmp_path: Path) -> QA:
    """The oldest one has the question's words most often."""
    articles = {
        f"award-{year}": f"---\ntitle: Harbour film award {year} winners\ndate: {year}-05-10\n---\n"
        + "The Harbour film award for best picture was handed over. " * (2023 - year)
        + f"{winner} won the Harbour film award for best picture."
        for year, winner in WINNERS.items()
    }
    other = "---\ntitle: A ferry sinks in the harbour\ndate: 2022-08-01\n---\nNobody was hurt. Boats came."
    return index_of({**articles, "ferry": other}, tmp_path)


@pytest.mark.parametrize(
    ("question", "as_of", "first", "also"),
    [
        ("Who won the Harbour film award for best picture?", None, 2022, "Also: 2021, 2020"),
        ("Who won the Harbour film award for best picture?", "2022-01-10", 2021, "Also: 2020"),
        ("Who won the Harbour film award for best picture in 2020?", None, 2020, "Also: 2022, 2021"),
        ("Who won the Harbour film award for best picture in 2021?", "2022-09-01", 2021, "Also: 2022, 2020"),
    ],
)
def test_the_newest_before_the_day_asked_unless_a_year_is_named(
    question: str, as_of: str | None, first: int, also: str, awards: QA
) -> None:
    result = awards.ask(question, narrow=Filter(as_of=as_of))
    assert result.passages[0].passage.article.id == f"award-{first}.md"
    assert years(result) == also
    assert [ranked.score for ranked in result.passages] == sorted(
        (ranked.score for ranked in result.passages), reverse=True
    )


def test_other_news_has_no_other_years(awards: QA) -> None:
    result = awards.ask("Which ferry sinks? Boats came.")
    assert result.passages[0].passage.article.id == "ferry.md"
    assert (result.other_years, years(result)) == ((), None)


def test_one_that_matches_far_better_is_meant_whatever_its_year(awards: QA) -> None:
    result = awards.ask("Did Ada Moll win the Harbour award?")
    assert result.passages[0].passage.article.id == "award-2020.md"


def test_a_quarter_is_not_answered_by_another_ones_figures(tmp_path: Path) -> None:
    figures = {
        "q4": "---\ntitle: Moll Motors earns more\ndate: 2022-02-03\n---\n"
        "Moll Motors earned $9 billion in the fourth quarter.",
        "q2": "---\ntitle: Moll Motors earns less\ndate: 2022-08-03\n---\n"
        "Moll Motors earned $2 billion in the second quarter.",
    }
    qa = index_of(figures, tmp_path)
    for question, expected in (
        ("How much did Moll Motors earn in the second quarter?", "$2 billion"),
        ("How much did Moll Motors earn in Q4 2021?", "$9 billion"),
        ("How much did Moll Motors earn in Q4 2022?", None),
        ("How much did Moll Motors earn in the first quarter?", None),
    ):
        answer = qa.ask(question).answer
        assert (expected in answer.text if expected else False) if answer else expected is None, question
