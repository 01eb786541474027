from datetime import date

import pytest

from qa.question.periods import Period, named_period

ASKED = date(2022, 11, 20)  # a Sunday


def days(first: str, last: str) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who won in November 2022?", days("2022-11-01", "2022-11-30")),
        ("Who died on 14 September 2022 in Izium?", days("2022-09-14", "2022-09-14")),
        ("What began on July 4th, 2021?", days("2021-07-04", "2021-07-04")),
        ("What was said on 2022-11-03?", days("2022-11-03", "2022-11-03")),
        ("Which team won the 2022 Stanley Cup?", days("2022-01-01", "2022-12-31")),
        ("How did it grow between 2019 and 2021?", days("2019-01-01", "2021-12-31")),
        ("What happened in February 2024?", days("2024-02-01", "2024-02-29")),
        ("Where was it on 31 November 2022?", None),
        ("What happened last week?", None),
        ("May the minister resign on Tuesday?", None),
        ("What did Marchand and Augusta decide?", None),
    ],
)
def test_without_a_day_only_years_say_when(question: str, expected: Period | None) -> None:
    assert named_period(question) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What happened last March?", days("2022-03-01", "2022-03-31")),
        ("What happened in December?", days("2021-12-01", "2021-12-31")),
        ("What did Ford announce last week?", days("2022-11-07", "2022-11-13")),
        ("What did Ford announce this week?", days("2022-11-14", "2022-11-20")),
        ("Who spoke yesterday?", days("2022-11-19", "2022-11-19")),
        ("Who won on Tuesday?", days("2022-11-15", "2022-11-15")),
        ("What happened two months ago?", days("2022-09-01", "2022-09-30")),
        ("Why were fireworks cancelled in July this year?", days("2022-07-01", "2022-07-31")),
        ("Who won last year?", days("2021-01-01", "2021-12-31")),
        ("May the minister resign?", None),
    ],
)
def test_on_a_known_day(question: str, expected: Period | None) -> None:
    assert named_period(question, ASKED) == expected
