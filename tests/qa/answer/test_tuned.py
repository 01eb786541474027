"""Weights that are kept beside an index."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from embeddings.build.options import BuildOptions
from embeddings.errors import IndexMismatchError
from qa import QA
from qa.answer.by_reading import ByReading
from qa.answer.evidence import DEFAULT_TUNING
from qa.answer.tuned import FILE, Tuned, read_tuned, reset_tuned, write_tuned
from tests.fakes import WordEncoder
from tests.opened import open_qa
from tests.qa.answer.test_by_reading import Marker

OTHER = replace(DEFAULT_TUNING, threshold=0.987, bias=-1.25)


def test_what_is_written_is_read_until_it_is_reset(tmp_path: Path) -> None:
    assert read_tuned(tmp_path) is None
    kept = Tuned(OTHER, "reader", "encoder", 12, "figures")
    write_tuned(tmp_path, kept)
    assert read_tuned(tmp_path) == kept
    assert reset_tuned(tmp_path)
    assert read_tuned(tmp_path) is None
    assert not reset_tuned(tmp_path)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"tuning": 3}', '{"tuning": {"weights": {}, "chances": {}}}', "\x00"]
)
def test_a_damaged_file_is_named_with_its_remedy(text: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(IndexMismatchError, match="run `qa tune --reset`"):
        read_tuned(tmp_path)


@pytest.mark.parametrize(("reader", "counts"), [("0", True), ("1", False)])
def test_it_counts_for_its_own_reader_only(
    reader: str,
    counts: bool,
    sources: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    encoder = WordEncoder()
    QA.build([sources], tmp_path / "qa", BuildOptions(encoder=encoder))
    write_tuned(tmp_path / "qa", Tuned(OTHER, reader, encoder.fingerprint, 12, ""))
    monkeypatch.setattr("qa.pipeline.load_judge", lambda _: ByReading(Marker()))
    judge = open_qa(tmp_path / "qa", encoder).judge
    assert isinstance(judge, ByReading)
    assert (judge._tuning == OTHER) == counts
    assert ("fitted to another reader" in caplog.text) != counts
    QA.build([sources], tmp_path / "qa", BuildOptions(encoder=encoder, rebuild=True))
    assert json.loads((tmp_path / "qa" / FILE).read_text())["questions"] == 12
