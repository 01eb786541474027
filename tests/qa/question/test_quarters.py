from datetime import date

import pytest

from qa.question.quarters import Quarter, of_another_time, quarters

MAY = date(2022, 5, 4)
FEBRUARY = date(2022, 2, 3)


@pytest.mark.parametrize(
    ("text", "written", "expected"),
    [
        ("profit in the first quarter", None, [Quarter(1)]),
        ("profit in the first quarter", MAY, [Quarter(1, 2022)]),
        ("in its fourth quarter", FEBRUARY, [Quarter(4, 2021)]),
        ("Q3 2021 and the second quarter of 2022", MAY, [Quarter(3, 2021), Quarter(2, 2022)]),
        ("2020's 4th-quarter sales", MAY, [Quarter(4, 2020)]),
        ("a quarter of voters, the first quarterback and Q4x", MAY, []),
    ],
)
def test_quarters(text: str, written: date | None, expected: list[Quarter]) -> None:
    assert quarters(text, written) == expected


@pytest.mark.parametrize(
    ("question", "said", "written", "other"),
    [
        ("How much did Ford earn in Q1 2022?", "It earned $3 billion in the first quarter.", MAY, False),
        ("How much did Ford earn in Q1 2022?", "It earned $9 billion in the fourth quarter.", MAY, True),
        ("How much did Ford earn in Q1 2021?", "It earned $3 billion in the first quarter.", MAY, True),
        ("How much in the first quarter?", "It was 1.4% in Q1 2022, after 6.9% in Q4.", MAY, False),
        ("How much in the first quarter?", "It earned $3 billion.", MAY, False),
        ("How much did Ford earn?", "It earned $9 billion in the fourth quarter.", MAY, False),
        ("How many cars by 2030?", "It wants to sell 600,000 by 2026.", MAY, True),
        ("How many cars by 2030?", "It wants 600,000 by 2026 and two million by 2030.", MAY, False),
        ("How many cars by 2030?", "It wants to sell two million.", MAY, False),
        ("Who won the cup in 2022?", "They had last won in 1986.", MAY, False),
        ("How many cars by 2030?", "It wants to sell 600,000 by 2026.", None, False),
    ],
)
def test_the_figures_of_another_time(question: str, said: str, written: date | None, other: bool) -> None:
    assert of_another_time(question, said, written) is other


def test_a_quarter_without_a_year_is_the_last_before_the_day_asked() -> None:
    said = "It earned $3 billion in the first quarter."
    assert of_another_time("How much in the first quarter?", said, date(2021, 5, 4), asked=MAY)
    assert not of_another_time("How much in the first quarter?", said, MAY, asked=MAY)
