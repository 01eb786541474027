"""The rankings that ours is compared with, against the searches themselves."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.quality import main
from benchmarks.rankings import plain_sentences, reciprocal_rank_fusion, runs
from embeddings.build.options import BuildOptions
from embeddings.types import Numbers
from qa import QA
from qa.evaluation.questions import Question
from qa.retrieval.ranking import Ranking
from tests.fakes import WordEncoder
from tests.opened import open_qa

QUESTION = Question("q", "Who saved a penalty for the village during the flood?", frozenset({"sport/cup.md"}))


@pytest.fixture
def qa(sources: Path, tmp_path: Path, encoder: WordEncoder) -> QA:
    QA.build([sources], tmp_path / "qa", BuildOptions(encoder=encoder))
    return open_qa(tmp_path / "qa", encoder)


def ids(qa: QA, numbers: Numbers) -> list[str]:
    return [passage.article.id for passage in qa.index.catalog.passages(numbers)]


def test_each_ranking_is_the_order_of_its_search(qa: QA) -> None:
    made = {
        name: [passage["article"] for passage in run["q"]["passages"]]
        for name, run in runs(qa, [QUESTION]).items()
    }
    vector = qa.index.encoder.encode_query([QUESTION.question])[0]
    assert made["dense"] == ids(qa, qa.index.vectors.search(vector, 3)[0])
    for name, words in (
        ("BM25 of the passage", qa.index.passage_words),
        ("BM25 of the article", qa.index.article_words),
    ):
        matching = ids(qa, words.search(QUESTION.question, 3)[0])  # one passage an article
        assert made[name][: len(matching)] == matching
        assert len(made[name]) == 3


def test_reciprocal_rank_fusion_by_hand() -> None:
    signals = {
        "dense": np.array([0.9, 0.8, 0.7], np.float32),
        "passage_words": np.array([0.0, 5.0, 9.0], np.float32),
    }
    ranking = Ranking(np.arange(3), np.arange(3), np.zeros(3, np.float32), signals)
    expected = [1 / 61, 1 / 62 + 1 / 62, 1 / 63 + 1 / 61]
    np.testing.assert_allclose(reciprocal_rank_fusion(ranking), expected)


def test_the_plain_answer_is_the_nearest_sentence_of_the_first_passage(qa: QA) -> None:
    text = "The team won. Prat saved a penalty. It rained."
    run = {"q": {"passages": [{"article": "sport/cup.md", "text": text}], "answer": None}}
    plain = plain_sentences(qa, [QUESTION], run)
    assert plain["q"]["answer"] == {"article": "sport/cup.md", "text": "Prat saved a penalty."}
    assert plain["q"]["passages"] == run["q"]["passages"]
    assert plain_sentences(qa, [QUESTION], {"q": {"passages": []}})["q"]["answer"] is None


def test_a_missing_set_is_named_with_its_shape(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NEWSQA", str(tmp_path))
    (tmp_path / "mini").mkdir()
    (tmp_path / "mini" / "questions.jsonl").touch()
    assert main() == 0
    out = capsys.readouterr().out
    assert f"{tmp_path}/mini lacks articles.jsonl.gz, unanswerable.jsonl\n" in out
    assert f"{tmp_path}/dev lacks articles.jsonl.gz, questions.jsonl, unanswerable.jsonl\n" in out
    assert out.count("NEWSQA= names the folder of the sets.") == 1
    assert "relevant (ids of articles)" in out
