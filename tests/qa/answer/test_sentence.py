from pathlib import Path

import numpy as np
import pytest

from embeddings.build.build import build_index
from embeddings.build.options import BuildOptions
from embeddings.index.index import ArticleIndex
from qa.answer.sentence import Sentence, score_sentences
from qa.retrieval.coverage import Coverage
from qa.retrieval.ranking import Query
from tests.fakes import WordEncoder
from tests.opened import open_index


@pytest.fixture
def index(sources: Path, tmp_path: Path, encoder: WordEncoder) -> ArticleIndex:
    build_index([sources], tmp_path / "qa", BuildOptions(encoder=encoder))
    return open_index(tmp_path / "qa", encoder)


def score(index: ArticleIndex, text: str) -> list[Sentence]:
    passages = index.catalog.passages(np.arange(len(index.vectors)))
    query = Query(text, index.encoder.encode_query([text])[0])
    return score_sentences(index, query, passages, [0.5] * len(passages))


def test_every_sentence_is_an_exact_span_and_comes_once(index: ArticleIndex) -> None:
    found = score(index, "What happened at the river?")
    texts = [sentence.answer.text for sentence in found]
    assert len(texts) == len(set(texts)) == 9
    for sentence in found:
        answer = sentence.answer
        assert answer.text == answer.article.text[answer.start : answer.end]
        assert answer.text.endswith(".")


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How many bolts were replaced on the bridge?", "Engineer Ada Moll said that 340 bolts"),
        ("Who saved the penalty in the village's final?", "Goalkeeper Ines Prat"),
        ("How much did the river rise?", "The river rose by two metres"),
    ],
)
def test_the_answering_sentence_comes_first(question: str, answer: str, index: ArticleIndex) -> None:
    assert score(index, question)[0].answer.text.startswith(answer)


def test_features_by_hand(index: ArticleIndex) -> None:
    found = {s.answer.text.split()[0]: s.features for s in score(index, "Which engineer replaced bolts?")}
    engineer = found["Engineer"]
    coverage = Coverage.of("Which engineer replaced bolts?", index.article_words)
    assert engineer.coverage == pytest.approx(1.0)
    assert engineer.pairs == pytest.approx(1.0)
    assert coverage.share(["The bolts were red."], "en") == pytest.approx(coverage.shares("en")["bolt"])
    assert engineer.name == 1.0  # Ada Moll, which the question does not hold
    assert found["Nobody"].name == 0.0
    assert engineer.number == found["The"].number == 0.0  # no number is asked for
    encoder = index.encoder
    expected = (
        encoder.encode_query(["Which engineer replaced bolts?"])
        @ encoder.encode_document(
            [next(s.answer.text for s in score(index, "bolts") if s.answer.text.startswith("Engineer"))]
        ).T
    )
    assert engineer.cosine == pytest.approx(float(expected[0, 0]), abs=1e-5)


def test_dates_are_no_counts_and_counts_no_dates(index: ArticleIndex) -> None:
    counts = {s.answer.text[:12]: s.features.number for s in score(index, "How many bolts?")}
    dates = {s.answer.text[:12]: s.features.number for s in score(index, "When did it reopen?")}
    assert (counts["Engineer Ada"], dates["Engineer Ada"]) == (1.0, 0.0)  # 340 bolts
    assert (counts["The old brid"], dates["The old brid"]) == (1.0, 1.0)  # nine months; on Friday


def test_nothing_to_read(index: ArticleIndex) -> None:
    query = Query("x", index.encoder.encode_query(["x"])[0])
    assert score_sentences(index, query, [], []) == []
