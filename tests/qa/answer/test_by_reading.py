"""What is made of a reader's marks, with a reader that marks what it is told to."""

import math
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

import pytest

from embeddings.build.options import BuildOptions
from embeddings.types import Filter, Passage
from qa import QA
from qa.answer.by_reading import READ, ByReading
from qa.answer.candidates import candidates
from qa.answer.evidence import DEFAULT_TUNING, Evidence, answerable, features
from qa.answer.reader import Span
from qa.retrieval.coverage import Coverage
from tests.fakes import WordEncoder
from tests.opened import open_qa

TROOPS = {
    "one.md": ("2022-11-09", "Russia withdrew about 30,000 troops from Kherson, the general said."),
    "two.md": ("2022-11-10", "Some 30000 troops left Kherson within days, officials confirmed on Thursday."),
    "three.md": ("2022-11-12", "Analysts believe that 45,000 troops left Kherson before the bridge fell."),
    "four.md": ("2022-11-13", "Kherson celebrated. The troops had gone across the river by night."),
}


class Marker:
    """Marks these words wherever they stand, with these scores."""

    name = "marker"
    fingerprint = "0"

    def __init__(self, **scores: float) -> None:
        self.scores = {words.replace("_", " "): score for words, score in scores.items()}
        self.read_at: list[int] = []

    def read(self, question: str, passages: Sequence[Passage]) -> list[list[Span]]:
        self.read_at.append(len(passages))
        return [
            sorted(
                (
                    Span(passage.text.index(words), passage.text.index(words) + len(words), score)
                    for words, score in self.scores.items()
                    if words in passage.text
                ),
                key=lambda span: -span.score,
            )
            for passage in passages
        ]


@pytest.fixture
def folder(tmp_path: Path, encoder: WordEncoder) -> Path:
    articles = tmp_path / "articles"
    articles.mkdir()
    for name, (day, text) in TROOPS.items():
        (articles / name).write_text(f"---\ntitle: {name[:-3]}\ndate: {day}\n---\n{text}\n")
    QA.build([articles], tmp_path / "qa", BuildOptions(encoder=encoder))
    return tmp_path / "qa"


def opened(folder: Path, **scores: float) -> tuple[QA, Marker]:
    marker = Marker(**scores)
    return open_qa(folder, WordEncoder(), reader=ByReading(marker)), marker


QUESTION = "How many troops left Kherson?"


def test_the_answer_is_the_sentence_with_the_span_in_it(folder: Path) -> None:
    result = opened(folder, **{"45,000": 9.0})[0].ask(QUESTION)
    assert result.answer
    assert result.answer.short
    assert result.answer.short_text == "45,000"
    assert result.answer.text == TROOPS["three.md"][1]
    assert result.answer.article.id == "three.md"
    passage = result.passages[result.answer.rank - 1].passage
    assert passage.article.id == "three.md"
    short = result.to_json()["answer"]["short"]
    assert short == {"text": "45,000", "start": result.answer.short.start, "end": result.answer.short.end}


def test_articles_that_agree_are_counted_and_those_that_differ_are_shown(folder: Path) -> None:
    result = opened(folder, **{"30,000": 8.0, "30000": 7.0, "45,000": 6.0})[0].ask(QUESTION)
    assert result.answer
    [agreeing] = result.agreeing
    assert {result.answer.article.id, agreeing.article.id} == {"one.md", "two.md"}
    assert [answer.short_text for answer in result.differing] == ["45,000"]
    unlikely = opened(folder, **{"30,000": 8.0, "45,000": -4.0})[0].ask(QUESTION)
    assert unlikely.differing == ()


def test_agreement_outweighs_a_slightly_better_score(folder: Path) -> None:
    alone = opened(folder, **{"30,000": 3.0, "45,000": 3.4})[0]
    found = opened(folder, **{"30,000": 3.0, "30000": 3.0, "45,000": 3.4})[0]
    query = found.query(QUESTION, Filter())
    passages = found.index.catalog.passages(found.ranking(query, READ).numbers[:READ])
    coverage = Coverage.of(QUESTION, found.index.article_words)
    rows = {}
    for name, qa in (("alone", alone), ("agreeing", found)):
        spans = qa.judge._reader.read(QUESTION, passages)  # type: ignore[attr-defined]
        made = candidates(passages, [0.5] * len(passages), spans)
        rows[name] = dict(
            zip((c.answer.short_text for c in made), features(coverage, passages, made), strict=True)
        )
    assert rows["alone"]["30,000"].agreement == 0
    expected = math.log1p(1 / (1 + math.exp(-3.0)))
    assert rows["agreeing"]["30,000"].agreement == pytest.approx(expected)
    assert rows["agreeing"]["45,000"].agreement == 0
    assert DEFAULT_TUNING.weights.agreement > 0


def test_a_passage_that_answers_gains_rank(folder: Path) -> None:
    plain = [place.passage.article.id for place in opened(folder)[0].ask(QUESTION).passages]
    last = plain[-1]
    word = {"one.md": "30,000", "two.md": "30000", "three.md": "45,000", "four.md": "river"}[last]
    read = opened(folder, **{word: 10.0})[0].ask(QUESTION).passages
    assert [place.passage.article.id for place in read].index(last) < len(plain) - 1
    assert read[0].score == max(place.score for place in read)
    assert max(read, key=lambda place: place.signals.reader).passage.article.id == last


def test_nothing_marked_is_nothing_answered(folder: Path) -> None:
    result = opened(folder)[0].ask(QUESTION)
    assert (result.answer, result.answerable) == (None, 0.0)
    assert result.passages
    unlikely = opened(folder, **{"45,000": -9.0})[0].ask(QUESTION)
    assert unlikely.answer is None
    assert unlikely.answerable < DEFAULT_TUNING.threshold


@pytest.mark.parametrize("top_k", [1, 2, 4, 100])
def test_the_answer_is_the_same_however_many_passages_are_shown(top_k: int, folder: Path) -> None:
    qa, marker = opened(folder, **{"45,000": 6.0, "30,000": 4.0, "river": 1.0})
    five, some = qa.ask(QUESTION), qa.ask(QUESTION, top_k)
    assert some.answer == five.answer
    assert some.answerable == five.answerable
    assert marker.read_at == [4, 4]
    assert some.passages == five.passages[:top_k]


def test_answerable_goes_the_way_of_each_weight() -> None:
    nothing = Evidence(*[0.0] * len(fields(Evidence)))
    assert answerable(nothing) == pytest.approx(1 / (1 + math.exp(-DEFAULT_TUNING.bias)))
    base = Evidence(*[0.5] * len(fields(Evidence)))
    for field in fields(Evidence):
        more = replace(base, **{field.name: 0.9})
        assert (answerable(more) > answerable(base)) == (getattr(DEFAULT_TUNING.chances, field.name) > 0), (
            field.name
        )
    assert DEFAULT_TUNING.chances.span > 0


def test_without_passages_there_is_nothing_to_read(folder: Path) -> None:
    qa, _ = opened(folder, **{"45,000": 6.0})
    result = qa.ask(QUESTION, narrow=Filter(since="2030-01-01"))
    assert (result.answer, result.answerable, result.passages) == (None, 0.0, ())
