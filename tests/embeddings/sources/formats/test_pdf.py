"""PDF files: what they say of themselves, their lines as running text, and where their pages begin."""

import io
import random
import textwrap
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

import pypdf
import pytest

from embeddings.sources.layout.hyphens import Hyphens
from embeddings.sources.layout.lines import Line, as_written
from embeddings.sources.layout.paragraphs import running_text
from embeddings.types import Article
from tests.embeddings.sources.formats.reading import read
from tests.embeddings.sources.test_corpus import pdf

PICTURE = ") Tj ET q 600 0 0 800 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID x EI Q BT /F1 12 Tf ("
LEADING = 14
WORDS = "the a of heron river bank water reed morning evening stands waits catches under over slowly".split()
Placed = tuple[float, float, str]


def printed(*pages: Sequence[Placed]) -> bytes:
    """Lines of Courier, 12 points, a character 7.2 points wide, each at its place."""
    contents = ["".join(f") Tj 1 0 0 1 {x} {y} Tm ({text}" for x, y, text in page) for page in pages]
    return pdf(*contents, font="Courier")


def column(lines: Sequence[str], left: float = 50, top: float = 700) -> list[Placed]:
    return [(left, top - LEADING * number, line) for number, line in enumerate(lines) if line]


def sentence(number: int, words: int) -> str:
    """Words that no other sentence has in this order."""
    chosen = random.Random(number).choices(WORDS, k=words)  # noqa: S311
    return f"{' '.join(chosen).capitalize()}."


def pages(article: Article) -> list[str]:
    """What stands on each page."""
    ends = [*article.pages, len(article.text)]
    return [article.text[start:end] for start, end in zip([0, *article.pages], ends, strict=True)]


def about(data: bytes, values: dict[str, str]) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(data))
    writer.add_metadata(values)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_title_day_and_author(tmp_path: Path) -> None:
    said = {"/Title": "Water", "/Author": "Ada Moll", "/CreationDate": "D:20220603101500+02'00'"}
    [article], reasons = read(tmp_path, "a.pdf", about(pdf("One.", "Two."), said))
    assert not reasons
    assert (article.title, article.date, article.source) == ("Water", "2022-06-03", "Ada Moll")
    assert article.text == "One.\n\nTwo."


def test_paragraphs_without_heads_feet_and_page_numbers(tmp_path: Path) -> None:
    """A gap begins a paragraph, a line's end does not, and a sentence goes on over the page's."""
    paragraphs = [sentence(number, 40 + number) for number in range(9)]
    lines = [line for one in paragraphs for line in [*textwrap.wrap(one, 60), ""]]
    bodies = [lines[at : at + 11] for at in range(0, len(lines), 11)]
    bodies.insert(2, [])
    heads = ["The Yearly Review", "Chapter {}: Of birds  {}"]
    made = [
        [
            (50, 760, heads[at % 2].format("I" * at, at + 1)),
            *column(body),
            (300, 30, f"{at + 1} of {len(bodies)}"),
        ]
        for at, body in enumerate(bodies)
    ]
    [article], _ = read(tmp_path, "a.pdf", printed(*made))
    assert article.text == "\n\n".join(paragraphs)
    assert [page.split() for page in pages(article)] == [" ".join(body).split() for body in bodies]
    numbers = [number for number, body in enumerate(bodies, 1) for _ in body]
    first = at = 0
    for one in paragraphs:
        last = first + len(textwrap.wrap(one, 60)) - 1
        assert article.on_pages(at, at + len(one)) == (numbers[first], numbers[last])
        first, at = last + 2, at + len(one) + 2


def test_an_indent_begins_a_paragraph(tmp_path: Path) -> None:
    paragraphs = [sentence(number, 30 + number) for number in range(5)]
    lines = [line for one in paragraphs for line in textwrap.wrap(one, 60, initial_indent="   ")]
    placed = [(50 + 7.2 * (len(line) - len(line.lstrip())), y, line.strip()) for _, y, line in column(lines)]
    [article], _ = read(tmp_path, "a.pdf", printed(placed))
    assert article.text.split("\n\n") == paragraphs
    assert article.pages == ()
    assert article.on_pages(0, 5) is None


def two_columns(order: str) -> tuple[bytes, str]:
    """A page of two columns, written in some order, and its text."""
    paragraphs = [" ".join(sentence(number, 24) for number in range(n, 12, 4)) for n in range(4)]
    lines = [line for one in paragraphs for line in [*textwrap.wrap(one, 30), ""]]
    half = (len(lines) + 1) // 2
    left, right = column(lines[:half]), column(lines[half:], left=300)
    if order == "by lines":
        mixed = [one for pair in zip_longest(left, right) for one in pair if one]
    else:
        mixed = left + right if order == "left first" else right + left
    return printed([(50, 760, "A heading that goes across both of the columns here"), *mixed]), "\n\n".join(
        paragraphs
    )


@pytest.mark.parametrize("order", ["left first", "right first", "by lines"])
def test_two_columns_stay_in_order(tmp_path: Path, order: str) -> None:
    data, text = two_columns(order)
    [article], _ = read(tmp_path, "a.pdf", data)
    assert article.text == f"A heading that goes across both of the columns here\n\n{text}"


def test_a_table_is_read_by_rows(tmp_path: Path) -> None:
    rows = [
        [
            (50 + 180 * cell, 700 - LEADING * row, f"{name} {row}")
            for cell, name in enumerate(["Item", "Cost"])
        ]
        for row in range(6)
    ]
    [article], _ = read(tmp_path, "a.pdf", printed([cell for row in rows for cell in row]))
    assert article.text == "\n".join(f"Item {row} Cost {row}" for row in range(6))


def test_a_page_that_is_turned(tmp_path: Path) -> None:
    text = " ".join(sentence(number, 24) for number in range(3))
    lines = "".join(
        f") Tj 0 1 -1 0 {100 + LEADING * number} 60 Tm ({line}"
        for number, line in enumerate(["a line that", *textwrap.wrap(text, 60)])
    )
    data = pdf(lines, font="Courier").replace(b"/MediaBox", b"/Rotate 90 /MediaBox")
    [article], _ = read(tmp_path, "a.pdf", data)
    assert article.text == f"a line that\n{text}"


def test_right_to_left_words_are_put_in_order() -> None:
    """Their first letter is the rightmost: here it is the one of number 12 on the page, then of number 10."""
    word = [*"\u0645\u0646", "."]
    assert as_written(word, 10, lambda number: (float(number), 0, 0, 0)) == [*"\u0646\u0645", "."]
    assert as_written(word, 10, lambda number: (-float(number), 0, 0, 0)) == word
    assert as_written([*"left"], 10, lambda number: (float(number), 0, 0, 0)) == [*"left"]


def test_scripts_without_spaces_are_joined_without() -> None:
    def line(text: str, bottom: float, right: float) -> Line:
        return Line(text, 50, bottom, right, bottom + 12, 12, 12)

    lines = [line("雨が", 100, 300), line("降る。", 86, 100), line("冬です", 72, 300), line("から", 58, 90)]
    assert running_text([lines]) == ("雨が降る。\n\n冬ですから", ())


def test_hyphens_go_by_the_words_of_the_document(tmp_path: Path) -> None:
    lines = [
        "The government met in a well-known house where the inter-",
        "national press was, and the govern-",
        "ment heard that it was a well-",
        "known place, of the old Jean-",
        "Pierre, and waited there.",
    ]
    [article], _ = read(tmp_path, "a.pdf", printed(column(lines)))
    assert article.text.replace("\n", " ") == (
        "The government met in a well-known house where the inter-national press was, and the government "
        "heard that it was a well-known place, of the old Jean-Pierre, and waited there."
    )


def test_an_unknown_word_is_joined_where_the_document_breaks_words() -> None:
    broken = ["the govern-", "ment of an inter-", "national kind, a pass-", "word by the minis-", "ter"]
    known = ["a government whose minister says pass and word", "none"]
    hyphens = Hyphens([*broken, *known])
    assert hyphens.goes("an inter-", "national kind")
    assert not hyphens.goes("a pass-", "word")  # both are words
    assert not hyphens.goes("the years 1990-", "99 were")
    assert not Hyphens(["an inter-", "national kind"]).goes("an inter-", "national kind")  # nothing is known


def test_one_that_is_scanned_names_what_helps(tmp_path: Path) -> None:
    _, [reason] = read(tmp_path, "a.pdf", pdf(""))
    assert reason == "a.pdf: no text in it, only pictures of pages: run `ocrmypdf` on it first"
    stamped = [f"From the archive, page {number}{PICTURE}" for number in range(3)]
    _, [reason] = read(tmp_path, "b.pdf", pdf(*stamped))
    assert reason == "b.pdf: no text in it, only pictures of pages: run `ocrmypdf` on it first"


def test_one_that_is_scanned_in_part(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    [article], _ = read(tmp_path, "a.pdf", pdf("The heron waits.", PICTURE, "It flies."))
    assert pages(article) == ["The heron waits.\n\n", "", "It flies."]
    assert f"{tmp_path / 'a.pdf'}: 1 of its 3 pages are pictures: run `ocrmypdf` on it" in caplog.text


def test_pages_that_are_not_there(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    [article], _ = read(tmp_path, "a.pdf", pdf("One.", "Two.").replace(b"/Count 2", b"/Count 4"))
    assert pages(article) == ["One.\n\n", "Two.", "", ""]
    assert "2 of its 4 pages cannot be read" in caplog.text
    _, [reason] = read(tmp_path, "b.pdf", pdf("One.").replace(b"/Count 1", b"/Count 100001"))
    assert reason == "b.pdf: a PDF of more than 100,000 pages: split it into several"
