import pytest

from qa.answer.short_answer import answer_words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("the 30,000 troops", "30000 troops"),
        ("$1,874.", "$1874"),
        ("“Ada Moll”", "ada moll"),
        ("A 40% share", "40% share"),
        ("Kyiv’s mayor", "Kyiv's mayor"),
    ],
)
def test_the_same_said_in_other_characters(one: str, other: str) -> None:
    assert answer_words(one) == answer_words(other)


@pytest.mark.parametrize(("one", "other"), [("30,000", "3,000"), ("$5", "£5"), ("40%", "40"), ("1.5", "15")])
def test_other_figures_stay_other(one: str, other: str) -> None:
    assert answer_words(one) != answer_words(other)
