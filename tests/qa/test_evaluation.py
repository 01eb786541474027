"""Measures against values worked out by hand."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from embeddings.errors import SourceError
from qa.evaluation import abstention, compare, figures, measure, normalised, read_run
from qa.questions import Question

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


def test_abstention_by_hand() -> None:
    run = {f"y{i}": {"answerable": p} for i, p in enumerate([0.95, 0.95, 0.15])}
    run |= {f"n{i}": {"answerable": p} for i, p in enumerate([0.05, 0.25])}
    auroc, error = abstention(run, ["y0", "y1", "y2"], ["n0", "n1"])
    assert auroc.value == pytest.approx(5 / 6)
    # Bins weigh 1/6 a yes, 1/4 a no: |.95-1|/3 + |.15-1|/6 + .05/4 + .25/4.
    assert error.value == pytest.approx(0.05 / 3 + 0.85 / 6 + 0.05 / 4 + 0.25 / 4)


def test_what_is_no_run(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text(json.dumps({"id": "q1", **RUN["q1"]}) + "\n{}\n")
    with pytest.raises(SourceError, match=r"run.jsonl:2 is no line of a run"):
        read_run(path)
    path.write_text(json.dumps({"id": "q1", **RUN["q1"]}) + "\n")
    with pytest.raises(SourceError, match="no line for question q2"):
        measure(QUESTIONS, read_run(path))
