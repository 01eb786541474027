"""Tables: columns by name, separators, and rows that are odd."""

import csv
import io
from pathlib import Path

import pytest

from embeddings.sources.readers.base import Reading
from tests.embeddings.sources.formats.reading import read

ROWS = (
    ("id", "Headline", "Content", "Link", "published", "Publisher"),
    ("7", "Bridge", 'The "old" bridge,\nreopened.', "https://news.example/b", "2022-06-03", "Daily"),
    ("", "Flood", "The river; rose.", "https://www.weekly.example/f", "3 November 2022", ""),
)


def table(delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(ROWS)
    return text.getvalue().encode(encoding)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", table()),
        ("a.csv", table(";")),
        ("a.csv", table("\t", "utf-16")),
        ("a.csv", table("|", "utf-8-sig")),
        ("a.tsv", table("\t")),
    ],
)
def test_each_row_is_an_article(name: str, data: bytes, tmp_path: Path) -> None:
    articles, reasons = read(tmp_path, name, data)
    assert not reasons
    assert [(a.id, a.title, a.text, a.date, a.source) for a in articles] == [
        ("7", "Bridge", 'The "old" bridge,\nreopened.', "2022-06-03", "Daily"),
        (f"{name}:4", "Flood", "The river; rose.", "2022-11-03", "weekly.example"),
    ]
    assert str(articles[0].path).endswith(f"{name}:2")


def test_the_column_of_the_text_can_be_named(tmp_path: Path) -> None:
    data = b"title,Remark,text\nT,the remark,the text\n"
    [article], _ = read(tmp_path, "a.csv", data, Reading(text_column="remark"))
    assert article.text == "the remark"
    _, [reason] = read(tmp_path, "a.csv", data, Reading(text_column="notes"))
    assert reason == "a.csv: no column 'notes' among 'title', 'Remark', 'text': correct --text-column"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "no line in it"),
        (b"\n\n\n", "no line in it"),
        (b"title,text\n\n", "no row under the names of its columns"),
        (b"a,b\n1,2\n", "no column `text` or `content` among 'a', 'b': name it with --text-column"),
        (b",".join(b"c%d" % n for n in range(9000)), "and 8990 more"),
        (b"title,text\nonly a title\n", "a.csv:2: no text in it"),
        (b"id,text\n" + b"x" * 2000 + b",y\n", "expected 1000 at most"),
        (b"\0" * 100, "full of NUL bytes"),
    ],
)
def test_hostile_tables_give_one_line(data: bytes, expected: str, tmp_path: Path) -> None:
    articles, [reason] = read(tmp_path, "a.csv", data)
    assert not articles
    assert expected in reason


def test_a_quote_that_never_ends_is_one_row(tmp_path: Path) -> None:
    [article], _ = read(tmp_path, "a.csv", b'text\n"never ends\n' + b"line\n" * 50_000)
    assert article.text.count("\n") == 50_000


def test_broken_rows_are_counted(tmp_path: Path) -> None:
    articles, reasons = read(tmp_path, "a.csv", b"text,title\n" + b",t\n" * 3000 + b"good,t\n")
    assert [article.text for article in articles] == ["good"]
    assert len(reasons) == 1001
    assert reasons[-1].endswith("2000 more of its lines")
