"""What watches over the supply chain and the load test is itself watched."""

import re
from typing import Any

from benchmarks.load import Seen
from tests.conftest import ROOT
from tools import licences
from tools.audit import judged

LOCK = (ROOT / "requirements.lock").read_text("utf-8")


def test_every_pin_has_hashes_and_no_index() -> None:
    pins = re.split(r"^(?=[a-z])", LOCK, flags=re.MULTILINE)[1:]
    assert len(pins) > 100
    for pin in pins:
        assert re.fullmatch(r"[a-z0-9-]+==[^\n]*?( \\\n    --hash=sha256:[0-9a-f]{64})+\n", pin), pin
    assert "://" not in LOCK
    assert not [pin for pin in pins if pin.startswith(("torch==", "nvidia-", "cuda-", "triton=="))]


def test_an_audit_that_looked_nothing_up_fails() -> None:
    skipped: dict[str, Any] = {"name": "a", "skip_reason": "not found"}
    fine: dict[str, Any] = {"name": "b", "version": "1", "vulns": []}
    flaw = {"id": "CVE-1", "fix_versions": ["2"]}
    assert judged([fine]) == (["1 of 1 packages looked up, 0 known vulnerabilities"], 0)
    assert judged([fine, skipped])[1] == 1
    assert judged([])[1] == 1
    lines, status = judged([fine, {**fine, "vulns": [flaw]}])
    assert (lines[0], status) == ("b 1: CVE-1, mended in 2", 1)


def test_the_licences_listed_are_those_installed() -> None:
    listed = set((ROOT / "docs" / "licences.md").read_text("utf-8").splitlines())
    for row in licences.lines("article-qa"):
        if not re.match(r"\| (cuda|nvidia|triton)", row):  # where PyTorch is not its CPU build
            assert row in listed, "run `make licences`"


def passage(generation: int, text: str = "Some text.", score: float = 1.0) -> dict[str, Any]:
    return {"source": f"generation {generation}", "article": "a", "text": text, "score": score}


def result(*passages: dict[str, Any]) -> dict[str, Any]:
    return {"answer": None, "passages": list(passages)}


def test_answers_of_one_generation_are_not_mixed() -> None:
    seen = Seen()
    for generation in (1, 2, 2):
        text = f"It has the serial number {generation}."
        seen.take("?", result(passage(generation, text), passage(generation)), 1.0)
    assert seen.mixed == []
    assert seen.generations == {"generation 1": 1, "generation 2": 2}


def test_a_mixed_answer_is_seen() -> None:
    for first, second in (
        (passage(1), passage(2)),
        (passage(1, "It has the serial number 2."), passage(1)),
    ):
        seen = Seen()
        seen.take("?", result(first, second), 1.0)
        assert len(seen.mixed) == 1
    seen = Seen()
    seen.take("?", result(passage(1)), 1.0)
    seen.take("?", result(passage(1, score=0.5)), 1.0)
    assert len(seen.mixed) == 1
