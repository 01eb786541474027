from collections.abc import Sequence
from pathlib import Path

import pytest

from qa import QA
from qa.question.spelling import respelled
from tests.fakes import WordEncoder
from tests.opened import open_qa

KNOWN = frozenset(
    "tower rise where did the river who saved a penalty won cup cost million zebra quantum violin".split()
)


class Pieces(WordEncoder):
    """Knows these words whole, and others by their pieces."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [sum(1 if word in KNOWN else 2 for word in text.split()) for text in texts]


@pytest.fixture
def qa(sources: Path, tmp_path: Path) -> QA:
    encoder = Pieces()
    from embeddings.build.options import BuildOptions

    QA.build([sources], tmp_path / "qa", BuildOptions(encoder=encoder))
    return open_qa(tmp_path / "qa", encoder)


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("Who saved a penlty?", "Who saved a penalty?"),  # dropped
        ("Who saved a pennalty?", "Who saved a penalty?"),  # doubled
        ("Who saved a pnealty?", "Who saved a penalty?"),  # swapped
        ("Who saved a penolty?", "Who saved a penalty?"),  # changed
        ("when did the brigde reopen", "when did the bridge reopen"),
        ("Goalkeper of the vilage", "Goalkeeper of the village"),
    ],
)
def test_a_slip_is_read_as_the_word_that_the_corpus_has(asked: str, read: str, qa: QA) -> None:
    assert respelled(qa.index, asked) == read


@pytest.mark.parametrize(
    "asked",
    [
        "Who saved a penalty?",
        "Who won the cup?",
        "zebra quantum violin",
        "Did it cost 12 million?",
        "Where did the river rise?",
        "How tall is the tower?",
        "cop",
        "floods",
    ],
)
def test_what_is_known_or_like_nothing_stays(asked: str, qa: QA) -> None:
    assert respelled(qa.index, asked) is None
