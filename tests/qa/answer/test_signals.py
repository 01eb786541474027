"""Each sign of answering decides a question of the chronicle: without it, something else is answered."""

from dataclasses import fields, replace

import pytest

from qa import QA, Result
from qa.answer import answerability, evidence, sentence
from qa.answer.by_reading import ByReading
from qa.answer.evidence import DEFAULT_TUNING, Features
from qa.types import Answer
from tests.qa.answer.test_by_reading import Marker

FINISHED = "The lighthouse was finished on 3 May 2022."
SENTENCES = [
    ("cosine", "Who bought lanterns?", "The warden bought lamps for it."),
    ("coverage", "What of the beacon?", "The beacon hangs from a hook at the gate."),
    (
        "pairs",
        "What of the cellar in the castle?",
        "The cellar of the castle has a door with a lock near a wall.",
    ),
    ("passage", "Where is the tide table kept?", "The tide table is kept in the attic of the inn."),
    ("name", "Who lit the forge by the ford?", "The forge was lit by Tove Karr."),
    ("number", "How many geese had the flock by the ford of Arve?", "The flock had 340 geese."),
    (
        "number",
        "When was the lighthouse at the ford of Lund finished?",
        "The lighthouse was finished on 3 May 2022.",
    ),
    ("lead", "Who runs the bakery?", "The bakery is run by Olaf Brunn."),
    ("vote", "Who is the envoy?", "The envoy of the islands is Tilda Voss, it was announced."),
]


@pytest.mark.parametrize(("sign", "question", "right"), SENTENCES)
def test_one_sign_decides_which_sentence_answers(
    sign: str, question: str, right: str, chronicled: QA, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert said(chronicled.ask(question)) == right
    monkeypatch.setattr(sentence, "WEIGHTS", replace(sentence.WEIGHTS, **{sign: 0.0}))
    assert said(chronicled.ask(question)) != right


NIGHTS = "Parliament asks again: how many nights did the comet stand above the western hills?"
DECISIONS = [
    ("lead_cosine", "Who was given the golden ribbon, ask admiring gondoliers?", True),
    ("lead_coverage", "Tell the gondoliers what sank off the cape.", True),
    ("coverage", "Who won the regatta in March 2020?", True),
    (
        "title_cosine",
        NIGHTS,
        True,
    ),
    ("words_gap", "What did the farmers come out to look at?", True),
    ("vote", "What is the duke of the hills called, ask admiring gondoliers?", True),
    ("dense_gap", "Tell the gondoliers which ship sank.", False),
    ("size", "How deep is the cape?", False),
]


@pytest.mark.parametrize(("sign", "question", "answered"), DECISIONS)
def test_one_sign_decides_whether_there_is_an_answer(
    sign: str, question: str, answered: bool, chronicled: QA, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bool(said(chronicled.ask(question))) == answered
    monkeypatch.setattr(answerability, "WEIGHTS", replace(answerability.WEIGHTS, **{sign: 0.0}))
    assert bool(said(chronicled.ask(question))) != answered


@pytest.mark.parametrize(
    ("question", "answered"),
    [
        ("Who was given the golden ribbon, ask admiring gondoliers?", True),
        ("Why did the regatta end?", False),
    ],
)
def test_the_threshold_parts_the_likely_from_the_unlikely(
    question: str, answered: bool, chronicled: QA, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer is given from a probability of 0.25 on: 0.5 is enough, 0.2 is not."""
    result = chronicled.ask(question)
    assert bool(said(result)) == answered
    assert 0.15 < result.answerable < 0.6
    monkeypatch.setattr("qa.answer.without_reader.THRESHOLD", 0.6 if answered else 0.15)
    assert bool(said(chronicled.ask(question))) != answered


def test_the_sentence_of_a_follow_up_is_chosen_by_what_was_asked(chronicled: QA) -> None:
    """With the names that were carried over, the sentence that repeats them would be the likeliest."""
    before = chronicled.ask("Who is Hanna Weir?")
    result = chronicled.ask("And who taught her?", before=before)
    assert result.understood == "And who taught her? (Hanna Weir)"
    assert said(result) == "She was taught by Milo Dane."
    assert said(chronicled.ask(result.understood)) == "Hanna Weir plays the organ of Birk."


def said(result: Result) -> str:
    return result.answer.text if result.answer else ""


FORGE = "Who lit the forge by the ford?"
READ = [
    ("own_coverage", FORGE, "Tove Karr", 0.5, True),
    ("dense_gap", FORGE, "Tove Karr", 0.25, True),
    ("coverage", FORGE, "Tove Karr", -1.5, False),
    ("words_gap", FORGE, "Tove Karr", -1.5, False),
    ("size", "Who lost the regatta?", "Cato Lind", 0.5, False),
    ("best_span", "Tell the orchestra and the gondoliers: who won the regatta?", "Cato Lind", 1.75, True),
    ("agreement", "Who is the envoy of the islands?", "Tilda Voss", -0.75, True),
]


@pytest.mark.parametrize(("sign", "question", "marked", "score", "answered"), READ)
def test_one_sign_decides_whether_what_was_read_answers(
    sign: str, question: str, marked: str, score: float, answered: bool, chronicled: QA
) -> None:
    chances = replace(DEFAULT_TUNING.chances, **{sign: 0.0})
    for tuning, expected in (
        (DEFAULT_TUNING, answered),
        (replace(DEFAULT_TUNING, chances=chances), not answered),
    ):
        judge = ByReading(Marker(**{marked: score}), tuning)
        result = QA(chronicled.index, reader=judge).ask(question)
        assert (result.answer is not None) == expected


@pytest.mark.parametrize(("score", "answered"), [(0.0, True), (-1.5, False)])
def test_the_threshold_of_reading(score: float, answered: bool, chronicled: QA) -> None:
    """An answer is given from a probability of 0.52 on: 0.55 is enough, 0.47 is not."""
    result = QA(chronicled.index, reader=ByReading(Marker(**{"Tove Karr": score}))).ask(FORGE)
    assert (result.answer is not None) == answered
    assert 0.4 < result.answerable < 0.6


ENVOY = [
    ("agreement", {"Signe Holm": 0.8, "Tilda Voss": 2.0}, "Tilda Voss"),
    ("span", {"Signe Holm": 0.8, "Tilda Voss": 2.0}, "Tilda Voss"),
    ("rank", {"Signe Holm": 2.0, "Tilda Voss": 2.2}, "Signe Holm"),
]


@pytest.mark.parametrize(("sign", "marks", "right"), ENVOY)
def test_one_sign_decides_between_what_was_read(
    sign: str, marks: dict[str, float], right: str, chronicled: QA
) -> None:
    weights = replace(DEFAULT_TUNING.weights, **{sign: 0.0})
    for tuning, same in ((DEFAULT_TUNING, True), (replace(DEFAULT_TUNING, weights=weights), False)):
        judge = ByReading(Marker(**marks), replace(tuning, threshold=0.0))
        answer = QA(chronicled.index, reader=judge).ask("Who is the envoy?").answer
        assert isinstance(answer, Answer)
        assert (answer.short_text == right) == same


def test_of_two_candidates_the_one_with_more_of_a_sign_is_chosen() -> None:
    alike = Features(*[0.5] * len(fields(Features)))
    weights = DEFAULT_TUNING.weights
    for field in fields(Features):
        more = replace(alike, **{field.name: 0.9})
        gain = evidence.weighted(more, weights) - evidence.weighted(alike, weights)
        assert gain == pytest.approx(0.4 * getattr(weights, field.name))
        assert gain > 0.05, field.name
