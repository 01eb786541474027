"""A brief is one exact sentence of each article on the topic, by day."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from embeddings.build.build import build_index
from embeddings.build.options import BuildOptions
from embeddings.errors import QueryError
from embeddings.types import Filter
from qa import QA
from qa.brief import brief
from tests.fakes import WordEncoder

ARTICLES = {
    "opens.md": "---\ntitle: Bridge of Arden opens\ndate: 2022-06-03\n---\n"
    "It rained. The bridge of Arden opened in front of a crowd. Cake was eaten.",
    "planned.md": "---\ntitle: A bridge for Arden\ndate: 2020-01-09\n---\n"
    "The council met. The council of Arden agreed to build a bridge.",
    "closes.md": "---\ntitle: Bridge of Arden closes\ndate: 2023-02-01\n---\n"
    "The bridge of Arden closed for repairs. Ferries run instead.",
    "undated.md": "---\ntitle: Bridge of Arden sold\n---\nThe bridge of Arden was sold to a circus.",
    "other.md": "---\ntitle: Prize for a pumpkin\ndate: 2021-10-01\n---\nA pumpkin won a prize at the fair.",
}


@pytest.fixture
def qa(tmp_path: Path, encoder: WordEncoder) -> Iterator[QA]:
    for name, text in ARTICLES.items():
        (tmp_path / name).write_text(text, "utf-8")
    build_index([tmp_path], tmp_path / ".qa", BuildOptions(encoder=encoder))
    with QA.open(tmp_path / ".qa", encoder, reader="none") as opened:
        yield opened


def test_each_article_on_the_topic_gives_its_sentence_by_day(qa: QA) -> None:
    made = brief(qa, "bridge of Arden")
    assert [(line.article.date, line.sentence.text) for line in made] == [
        ("2020-01-09", "The council of Arden agreed to build a bridge."),
        ("2022-06-03", "The bridge of Arden opened in front of a crowd."),
        ("2023-02-01", "The bridge of Arden closed for repairs."),
        (None, "The bridge of Arden was sold to a circus."),
    ]
    first = made[0].to_json()
    assert made[0].article.text[first["start"] : first["end"]] == first["text"]


def test_days_and_the_number_of_lines_narrow_it(qa: QA) -> None:
    since = brief(qa, "bridge of Arden", narrow=Filter(since="2022-01-01"))
    assert [line.article.id for line in since] == ["opens.md", "closes.md"]
    assert len(brief(qa, "bridge of Arden", lines=2)) == 2


def test_what_no_article_is_about_gives_nothing(qa: QA) -> None:
    assert brief(qa, "volcano on Mars") == []
    with pytest.raises(QueryError):
        brief(qa, "bridge", lines=0)
