"""A few rounds of `make crash-test`."""

import pytest

from benchmarks.crash.rounds import main


@pytest.mark.slow  # starts and kills some builds
def test_no_round_loses_an_index(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(rounds=8, seed=3) == 0
    assert "8 rounds" in capsys.readouterr().out
