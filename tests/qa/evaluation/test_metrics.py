"""Measures against values worked out by hand."""

import json
import math
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.errors import SourceError
from qa.evaluation.metrics import compare, figures, first_relevant, measure, normalised, read_run
from qa.evaluation.questions import Question

QUESTIONS = [
    Question("q1", "?", frozenset({"a", "b"}), ("12 %", "no")),
    Question("q2", "?", frozenset({"c"}), ("José",)),
    Question("q3", "?", frozenset({"z"})),
]


def line(
    articles: str, texts: list[str] | None = None, answer: tuple[str, str] | None = None
) -> dict[str, Any]:
    passages = [
        {"article": a, "text": t} for a, t in zip(articles, texts or [""] * len(articles), strict=True)
    ]
    given = {"article": answer[0], "text": answer[1]} if answer else None
    return {"passages": passages, "answer": given, "ms": 5.0}


RUN = {
    "q1": line(
        "xaab", ["no", "none", "Up by 12&nbsp;%".replace("&nbsp;", "\u00a0"), ""], ("a", "It was 12 %.")
    ),
    "q2": line("ddddddc", ["José"] * 7, ("d", "José")),
    "q3": line("xy"),
}


def test_measures_by_hand() -> None:
    values = measure(QUESTIONS, RUN)
    ideal = 1 + 1 / math.log2(3)
    expected: dict[str, list[float]] = {
        "Success@1": [0, 0, 0],
        "Success@5": [1, 1, 0],
        "MRR@10": [1 / 2, 1 / 2, 0],
        "nDCG@10": [(1 / math.log2(3) + 1 / math.log2(4)) / ideal, 1 / math.log2(3), 0],
        "recall@10": [1, 1, 0],
        "answer@1": [0, 0, math.nan],
        "answer@5": [1, 0, math.nan],
        "answer@10": [1, 1, math.nan],
        "answer-sentence@1": [1, 0, math.nan],
    }
    for name, column in expected.items():
        np.testing.assert_allclose(values[name], column, atol=1e-6, err_msg=name)


KEPT = "abcdefghijklmnopqrstuvwxyz0123456789$%£€."


def oracle(question: Question, line: dict[str, Any]) -> dict[str, float]:
    """The measures as the README of the news set words them, one question at a time."""
    ranked: list[str] = []
    for passage in line["passages"]:
        if passage["article"] not in ranked:
            ranked.append(passage["article"])
    hits = [article in question.relevant for article in ranked]
    gains = [1 / math.log2(place + 2) for place in range(10)]
    answers = [
        passage["article"] in question.relevant
        and any(len(plain(a)) >= 3 and plain(a) in plain(passage["text"]) for a in question.answers)
        for passage in line["passages"]
    ]
    made = {
        "MRR@10": next((1 / (place + 1) for place, hit in enumerate(hits[:10]) if hit), 0.0),
        "nDCG@10": sum(gain for gain, hit in zip(gains, hits, strict=False) if hit)
        / sum(gains[: len(question.relevant)]),
        "recall@10": sum(hits[:10]) / len(question.relevant),
    }
    for k in (1, 5, 10):
        made[f"Success@{k}"] = float(any(hits[:k]))
        made[f"answer@{k}"] = float(any(answers[:k]))
    return made


def plain(text: str) -> str:
    lower = unicodedata.normalize("NFKC", text).lower()
    return " ".join("".join(c if c in KEPT else " " for c in lower).split())


IDS = st.sampled_from([f"article {number}" for number in range(25)])
TEXTS = st.sampled_from(
    ["It was 12\u00a0% more", "José", "jose — \uff46\uff4f\uff55\uff52", "£3.50", "", "no", "No. 120 %"]
)
PASSAGES = st.lists(st.fixed_dictionaries({"article": IDS, "text": TEXTS}), max_size=40)
JUDGED = st.builds(
    Question,
    st.just("q"),
    st.just("?"),
    st.frozensets(IDS, min_size=1, max_size=15),
    st.lists(st.sampled_from(["12 %", "JOSÉ", "four", "3.50", "no", "120"]), min_size=1).map(tuple),
)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(JUDGED, PASSAGES), min_size=1, max_size=4))
def test_measures_agree_with_their_definitions(cases: list[tuple[Question, list[dict[str, str]]]]) -> None:
    questions = [replace(question, id=f"q{place}") for place, (question, _) in enumerate(cases)]
    run = {f"q{place}": {"passages": p, "answer": None, "ms": 1.0} for place, (_, p) in enumerate(cases)}
    values = measure(questions, run)
    for place, question in enumerate(questions):
        for name, expected in oracle(question, run[question.id]).items():
            assert values[name][place] == pytest.approx(expected, abs=5e-5), (name, question)


def test_any_id_can_be_measured() -> None:
    odd = "\ud800 \x00 \n"
    run = {odd: {"passages": [{"article": odd, "text": ""}], "answer": None}}
    assert measure([Question(odd, "?", frozenset({odd}))], run)["Success@1"].tolist() == [1.0]


def test_first_relevant() -> None:
    assert [first_relevant(question, RUN[question.id]) for question in QUESTIONS] == [2, 2, None]


def test_one_question_can_be_compared() -> None:
    [change] = [c for c in compare(QUESTIONS[2:], {"q3": line("z")}, RUN) if c.name == "Success@1"]
    assert (change.value, change.p) == (1.0, 1.0)


@pytest.mark.parametrize(
    "change", [{"passages": None}, {"passages": [{}]}, {"answer": "x"}, {"ms": None}, {"answerable": "high"}]
)
def test_lines_that_cannot_be_measured(change: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text(json.dumps({"id": "q1", **RUN["q1"], **change}) + "\n")
    with pytest.raises(SourceError, match=r"run.jsonl:1 is no line of a run"):
        read_run(path)


def test_text_is_compared_as_the_set_defines_it() -> None:
    assert normalised("  “Élan”—12\u00a0% of $3.50, ½!") == "lan 12 % of $3.50 1 2"


def test_figures_are_means_with_intervals() -> None:
    [figure] = figures({"m": np.array([0.0, 1.0, 1.0, np.nan])})
    assert figure.value == pytest.approx(2 / 3)
    assert 0 <= figure.low <= figure.value <= figure.high <= 1


def test_comparison_names_winners_and_losers() -> None:
    better = {**RUN, "q2": line("c", ["José"], ("c", "José"))}
    changes = {change.name: change for change in compare(QUESTIONS, better, RUN)}
    assert changes["Success@1"].value == pytest.approx(1 / 3)
    assert (changes["Success@1"].won, changes["Success@1"].lost) == (("q2",), ())
    back = {change.name: change for change in compare(QUESTIONS, RUN, better)}
    assert (back["Success@1"].won, back["Success@1"].lost) == ((), ("q2",))
    assert back["recall@10"].p == 1.0


def test_what_is_no_run(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text(json.dumps({"id": "q1", **RUN["q1"]}) + "\n{}\n")
    with pytest.raises(SourceError, match=r"run.jsonl:2 is no line of a run"):
        read_run(path)
    path.write_text(json.dumps({"id": "q1", **RUN["q1"]}) + "\n")
    with pytest.raises(SourceError, match="no line for question q2"):
        measure(QUESTIONS, read_run(path))
