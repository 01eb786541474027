from collections.abc import Sequence
from pathlib import Path

import pytest

from embeddings.build.options import BuildOptions
from embeddings.types import Vectors
from qa import QA
from qa.question.spelling import respelled
from tests.fakes import WordEncoder
from tests.opened import open_qa

KNOWN = frozenset(
    "tower rise where did the river who saved a penalty won cup cost million zebra quantum violin"
    " colour cord".split()
)


class Pieces(WordEncoder):
    """Knows these words whole, and others by their pieces."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [sum(1 if word in KNOWN else 2 for word in text.split()) for text in texts]


@pytest.fixture
def qa(sources: Path, tmp_path: Path) -> QA:
    encoder = Pieces()
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
        ("WHO SAVED A PENLTY?", "WHO SAVED A Penalty?"),
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
        "Who was the repairer?",  # one letter from "repaired", but no slip
        "Who won the CUPS or BRIGE?",  # may be the short name of something
    ],
)
def test_what_is_known_or_like_nothing_stays(asked: str, qa: QA) -> None:
    assert respelled(qa.index, asked) is None


def index_of(texts: Sequence[str], folder: Path, encoder: WordEncoder) -> QA:
    sources = folder / "texts"
    sources.mkdir()
    for number, text in enumerate(texts):
        (sources / f"{number}.txt").write_text(text)
    QA.build([sources], folder / "of texts", BuildOptions(encoder=encoder))
    return open_qa(folder / "of texts", encoder)


def test_of_equally_near_words_the_one_that_stands_beside_the_others(tmp_path: Path) -> None:
    texts = ["The oldest dog alive is a poodle."] + ["The job was done by noon."] * 3
    index = index_of(texts, tmp_path, Pieces()).index
    assert respelled(index, "Which doge is oldest?") == "Which dog is oldest?"
    assert respelled(index, "Doge") == "Done"  # nothing beside it: the commoner one


class Spelled(Pieces):
    """Knows that colour is color."""

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        return super().encode_query([text.replace("colour", "color") for text in texts])


def test_another_spelling_of_a_whole_word_is_read_as_the_corpus_has_it(tmp_path: Path) -> None:
    index = index_of(["The color of the cup is red.", "The ford is near."], tmp_path, Spelled()).index
    assert respelled(index, "Which colour is it?") == "Which color is it?"
    assert respelled(index, "Which cord is it?") is None  # another word
