"""Days in the forms in which sources write them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from embeddings.sources.readers.dates import Ambiguous, day, published
from tests.embeddings.sources.formats.reading import read

MODIFIED = datetime(2022, 6, 4, 0, 30, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    "text",
    [
        "2022-06-03",
        "2022-6-3",
        "2022-06-03T23:30:00-05:00",
        "2022-06-03 23:30:00.123456 +0900",
        "2022-06-03T23:30:00Z",
        "20220603",
        "20220603T101500Z",
        "20220603101500",
        "2022/06/03",
        "2022.06.03",
        "2022-W22-5",
        "2022-154",
        "1654243200",
        "1654243200000",
        "D:20220603101500+02'00'",
        "Fri, 03 Jun 2022 23:30:00 -0500",
        "Fri, 3 Jun 22 23:30:00 EST",
        "Friday, 3 June 2022, 10:15 BST",
        "3 June 2022",
        "3rd of June, 2022",
        "3-Jun-2022",
        "03.06.2022",
        "June 3, 2022",
        "Jun. 3rd, 2022 at 10:15 PM EDT",
        "Fri Jun  3 10:15:00 2022",
        "Fri Jun 3 10:15:00 UTC 2022",
        "2022年6月3日",
        "2022년 6월 3일",
        "3 juin 2022",
        "3. Juni 2022",
        "3 de junio de 2022",
        "3 июня 2022 г.",
        "Published: 3 June 2022",
        "2 hours ago",
        "an hour ago",
        "yesterday",
    ],
)
def test_forms(text: str) -> None:
    assert day(text, MODIFIED) == "2022-06-03"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("25/12/2022", "2022-12-25"),
        ("12/25/2022", "2022-12-25"),
        ("05/05/2022", "2022-05-05"),
        ("3 weeks ago", "2022-05-14"),
        ("Today", "2022-06-04"),
    ],
)
def test_other_days(text: str, expected: str) -> None:
    assert day(text, MODIFIED) == expected


@pytest.mark.parametrize(
    "text", ["", "soon", "2022-02-30", "2022", "June 2022", "99/99/2022", "1" * 90, "12:30"]
)
def test_what_names_no_day(text: str) -> None:
    assert day(text, MODIFIED) is None


def test_what_is_relative_needs_the_time_of_the_file() -> None:
    assert day("2 hours ago") is None


def test_day_and_month_that_cannot_be_told_apart() -> None:
    with pytest.raises(Ambiguous):
        day("03/04/2022")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("By Ada Moll\nPublished: 3 November 2022\n\nThe bridge reopened.", "2022-11-03"),
        ("**Posted on November 3, 2022**\n\nText.", "2022-11-03"),
        ("Date: 2022-11-03 10:00 CET\n\nText.", "2022-11-03"),
        ("The book was published 3 November 2022 in Lagos.", None),
        ("Text.\n" * 20 + "Published: 3 November 2022", None),
        ("Published: 03/04/2022", None),
        ("Published:", None),
    ],
)
def test_a_line_among_the_first(text: str, expected: str | None) -> None:
    assert published(text) == expected


def test_the_report_names_what_cannot_be_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    data = b"date,text\n03/04/2022,One.\nsoon,Two.\n2022-11-03T10:00:00+01:00,Three.\n"
    articles, _ = read(tmp_path, "a.csv", data)
    assert [article.date for article in articles] == [None, None, "2022-11-03"]
    assert "a.csv:2: the date '03/04/2022' may be of two days: left out" in caplog.text
    assert "a.csv:3: the date 'soon' names no day" in caplog.text


def test_front_matter_with_dates_of_yaml_itself(tmp_path: Path) -> None:
    for written in ("2022-11-03", "2022-11-03 10:00:00 +02:00", "'3 November 2022'", "2022-11-03T10:00:00Z"):
        [article], _ = read(tmp_path, "a.md", f"---\ndate: {written}\n---\nText.".encode())
        assert article.date == "2022-11-03"
