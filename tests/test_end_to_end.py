"""The real model on the seeds that are shipped, and on the news set where it is there."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
import yaml

from embeddings.build.options import BuildOptions
from embeddings.types import Encoder
from qa import QA
from qa.evaluation.metrics import measure
from qa.evaluation.questions import read_questions
from qa.evaluation.runs import run
from tests.conftest import ROOT
from tests.opened import open_qa

pytestmark = pytest.mark.reader

SEEDS = ROOT / "seeds"
NEWSQA = Path(os.environ.get("NEWSQA", ROOT.parent / "shared" / "newsqa"))


@pytest.fixture(scope="module")
def qa(tmp_path_factory: pytest.TempPathFactory, real_encoder: Encoder) -> Iterator[QA]:
    folder = tmp_path_factory.mktemp("seeds") / "qa"
    report = QA.build([SEEDS], folder, BuildOptions(encoder=real_encoder))
    assert report.articles >= 24
    with QA.open(folder, real_encoder) as opened:
        yield opened


@pytest.mark.slow  # the real model
def test_a_relevant_seed_comes_first(qa: QA) -> None:
    questions = [q for q in read_questions(SEEDS / "questions.jsonl") if q.relevant]
    assert len(questions) == 72
    some = questions[::2]
    lines = {line["id"]: line for line in run(qa, some, 10)}
    assert measure(some, lines)["Success@1"].mean() >= 0.85


@pytest.mark.slow  # the real model
def test_follow_ups_find_their_article_and_independent_questions_lose_nothing(qa: QA) -> None:
    dialogues = read_questions(SEEDS / "dialogues.jsonl")[::2]
    alone = [replace(question, after=None) for question in dialogues]
    found = [
        measure(questions, {line["id"]: line for line in run(qa, questions, 10)})["Success@1"]
        for questions in (dialogues, alone)
    ]
    assert found[0].mean() >= 0.95
    assert (found[0] > found[1]).sum() >= 3
    assert not (found[0] < found[1]).any()


@pytest.mark.slow  # the real model
def test_the_return_of_kherson(qa: QA) -> None:
    result = qa.ask("How much of the Kherson region does Russia still hold after the retreat?")
    assert result.answer is not None
    assert "about 70%" in result.answer.text
    assert result.answer.article.id == "kherson-return.md"


def test_seeds_are_what_the_readme_says() -> None:
    articles = sorted(SEEDS.glob("*.md"))
    assert len(articles) >= 24
    for path in articles:
        _, front, body = path.read_text("utf-8").split("---\n", 2)
        fields = yaml.safe_load(front)
        assert set(fields) == {"title", "date", "url", "source"}
        assert fields["url"].startswith(("https://", "http://"))
        assert 200 <= len(body.split()) <= 500


def test_seed_questions_hold_what_they_claim() -> None:
    questions = read_questions(SEEDS / "questions.jsonl")
    assert sum(not q.relevant for q in questions) == 18
    for question in questions:
        assert bool(question.relevant) == bool(question.answers)
        for id in question.relevant:
            text = (SEEDS / id).read_text("utf-8").lower()
            assert any(answer.lower() in text for answer in question.answers), question.id


def test_seed_dialogues_hold_what_they_claim() -> None:
    dialogues = [json.loads(line) for line in (SEEDS / "dialogues.jsonl").read_text("utf-8").splitlines()]
    assert [d["kind"] for d in dialogues].count("follow-up") == len(dialogues) / 2 == 20
    for dialogue in dialogues:
        text = (SEEDS / dialogue["relevant"][0]).read_text("utf-8").lower()
        assert any(answer.lower() in text for answer in dialogue["answers"]), dialogue["id"]


@pytest.mark.slow  # reads the news set
@pytest.mark.skipif(not (NEWSQA / "mini").is_dir(), reason=f"no news set at {NEWSQA} (set NEWSQA)")
def test_news_articles_are_read_and_cut_within_the_encoder(real_encoder: Encoder, tmp_path: Path) -> None:
    import gzip

    with gzip.open(NEWSQA / "mini" / "articles.jsonl.gz") as stream:
        lines = list(islice(stream, 20))
    (tmp_path / "some.jsonl").write_bytes(b"".join(lines))
    report = QA.build([tmp_path / "some.jsonl"], tmp_path / "qa", BuildOptions(encoder=real_encoder))
    assert (report.articles, len(report.skipped)) == (20, 0)
    index = open_qa(tmp_path / "qa", real_encoder).index
    ids = {json.loads(line)["id"] for line in lines}
    assert {article.id for article in index.catalog.all_articles()} == ids
