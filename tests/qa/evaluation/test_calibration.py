"""AUROC, calibration and reliability against values worked out by hand."""

import pytest

from embeddings.errors import SourceError
from qa.evaluation.calibration import abstention, reliability


def test_reliability_by_hand() -> None:
    run = {f"y{i}": {"answerable": p} for i, p in enumerate([1.0, 0.95, 0.15])}
    run |= {f"n{i}": {"answerable": p} for i, p in enumerate([0.11, 0.25])}
    low, middle, high = reliability(run, ["y0", "y1", "y2"], ["n0", "n1"])
    # A yes weighs 1/6, a no 1/4.
    assert (low.answerable, low.unanswerable) == (1, 1)
    assert low.chance == pytest.approx((0.15 / 6 + 0.11 / 4) / (1 / 6 + 1 / 4))
    assert low.frequency == pytest.approx((1 / 6) / (1 / 6 + 1 / 4))
    assert middle.chance == pytest.approx(0.25)
    assert high.chance == pytest.approx(0.975)
    assert (middle.frequency, high.frequency, high.answerable) == (0.0, 1.0, 2)


def test_a_run_without_answerable_has_no_abstention() -> None:
    with pytest.raises(SourceError, match="does not say how `answerable`"):
        abstention({"y": {"ms": 1}, "n": {"ms": 1}}, ["y"], ["n"])


def test_abstention_by_hand() -> None:
    given = {"text": "So it is."}
    run = {f"y{i}": {"answerable": p, "answer": given} for i, p in enumerate([0.95, 0.95, 0.15])}
    run |= {f"n{i}": {"answerable": p, "answer": None} for i, p in enumerate([0.05, 0.25])}
    run["y2"]["answer"] = None
    run["n1"]["answer"] = given
    answered, wrongly, auroc, error = abstention(run, ["y0", "y1", "y2"], ["n0", "n1"])
    assert [answered.name, wrongly.name] == ["answered", "answered wrongly"]
    assert answered.value == pytest.approx(2 / 3)
    assert wrongly.value == pytest.approx(1 / 2)
    assert auroc.value == pytest.approx(5 / 6)
    # Bins weigh 1/6 a yes, 1/4 a no: |.95-1|/3 + |.15-1|/6 + .05/4 + .25/4.
    assert error.value == pytest.approx(0.05 / 3 + 0.85 / 6 + 0.05 / 4 + 0.25 / 4)
