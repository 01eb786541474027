"""Word, LibreOffice, PowerPoint and RTF files, written by the libraries that others write them with."""

import io
import zipfile
from datetime import datetime
from pathlib import Path

import docx
import pytest
from odf import dc, meta
from odf.opendocument import OpenDocumentText
from odf.style import Style
from odf.table import Table, TableCell, TableRow
from odf.text import A, H, Note, NoteBody, NoteCitation, P, S, Span
from pptx import Presentation

from tests.embeddings.sources.formats.reading import changed, read, zipped

DOCX, ODT, PPTX = "a.docx", "a.odt", "a.pptx"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
LAUGHS = '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("bcdefgh", "cdefghi", strict=True)
)


def word() -> bytes:
    document = docx.Document()
    document.add_heading("Bridge reopens", 0)
    paragraph = document.add_paragraph("The old bridge ")
    paragraph.add_run("reopened").bold = True
    paragraph.add_run(" on Friday.")
    document.add_heading("Costs", 1)
    table = document.add_table(2, 2)
    for cell, text in zip(
        (c for row in table.rows for c in row.cells), ("Year", "Euros", "2022", "12 million"), strict=True
    ):
        cell.text = text
    document.add_paragraph("Nobody was hurt.\tThe mayor said so.")
    document.core_properties.title = "Bridge reopens"
    document.core_properties.author = "Ada Moll"
    document.core_properties.modified = datetime(2022, 6, 3, 10)
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def writer() -> bytes:
    document = OpenDocumentText()
    title = Style(name="Title", family="paragraph")
    document.styles.addElement(title)
    document.text.addElement(P(stylename=title, text="River floods the market"))
    document.text.addElement(H(outlinelevel=1, text="Overnight"))
    paragraph = P(text="The river rose by")
    paragraph.addElement(S(c=2))
    paragraph.addElement(Span(text="two metres"))
    note = Note(noteclass="footnote", id="n1")
    note.addElement(NoteCitation(text="1"))
    body = NoteBody()
    body.addElement(P(text="Measured at the mill."))
    note.addElement(body)
    paragraph.addElement(note)
    paragraph.addText(" overnight, ")
    link = A(href="https://news.example/")
    link.addText("officials said")
    paragraph.addElement(link)
    paragraph.addText(".")
    document.text.addElement(paragraph)
    table = Table()
    for texts in (("Street", "Depth"), ("Mill Lane", "1 m")):
        row = TableRow()
        for text in texts:
            cell = TableCell()
            cell.addElement(P(text=text))
            row.addElement(cell)
        table.addElement(row)
    document.text.addElement(table)
    document.meta.addElement(dc.Date(text="2022-11-03T08:00:00"))
    document.meta.addElement(meta.InitialCreator(text="Ines Prat"))
    data = io.BytesIO()
    document.write(data)
    return data.getvalue()


def slides() -> bytes:
    show = Presentation()
    said = (("Water in Lagos", "Half of all pipes leak."), ("What it costs", "40 million a year."))
    for title, text in said:
        slide = show.slides.add_slide(show.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = text
    show.slides[0].notes_slide.notes_text_frame.text = "Ask the ministry for 2023."
    table = show.slides[1].shapes.add_table(1, 2, 0, 0, 100, 100).table
    table.cell(0, 0).text, table.cell(0, 1).text = "Pipes", "1,200 km"
    show.core_properties.author = "Water Desk"
    show.core_properties.modified = datetime(2023, 1, 9)
    data = io.BytesIO()
    show.save(data)
    return data.getvalue()


def test_word(tmp_path: Path) -> None:
    [article], reasons = read(tmp_path, DOCX, word())
    assert not reasons
    assert (article.title, article.date, article.source) == ("Bridge reopens", "2022-06-03", "Ada Moll")
    assert article.text == (
        "The old bridge reopened on Friday.\n\nCosts\n\nYear | Euros\n\n2022 | 12 million\n\n"
        "Nobody was hurt.\tThe mayor said so."
    )


def test_word_keeps_what_hides_in_controls_and_boxes_and_leaves_what_was_struck_out(tmp_path: Path) -> None:
    text = f"""<w:document {W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:body>
    <w:sdt><w:sdtContent><w:p><w:r><w:t>In a control.</w:t></w:r></w:p></w:sdtContent></w:sdt>
    <w:p><w:r><w:t>Kept, </w:t></w:r><w:del><w:r><w:delText>gone, </w:delText></w:r></w:del>
    <w:ins><w:r><w:t>put in.</w:t></w:r></w:ins><w:r><mc:AlternateContent><mc:Choice><w:txbxContent>
    <w:p><w:r><w:t>In a box.</w:t></w:r></w:p></w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent>
    <w:p><w:r><w:t>In a box.</w:t></w:r></w:p></w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p>
    <w:p><w:r><w:instrText>PAGE</w:instrText></w:r></w:p></w:body></w:document>"""
    note = "<w:footnote><w:p><w:r><w:t>A note.</w:t></w:r></w:p></w:footnote>"
    notes = f"<w:footnotes {W}>{note}</w:footnotes>"
    data = changed(word(), {"word/document.xml": text, "word/footnotes.xml": notes})
    [article], _ = read(tmp_path, DOCX, data)
    assert article.text == "In a control.\n\nKept, put in.\n\nIn a box.\n\nA note."


def test_libreoffice(tmp_path: Path) -> None:
    [article], reasons = read(tmp_path, ODT, writer())
    assert not reasons
    assert (article.title, article.date, article.source) == (
        "River floods the market",
        "2022-11-03",
        "Ines Prat",
    )
    assert article.text == (
        "Overnight\n\nThe river rose by  two metres overnight, officials said.\n\nMeasured at the mill.\n\n"
        "Street | Depth\n\nMill Lane | 1 m"
    )


def test_slides(tmp_path: Path) -> None:
    [article], reasons = read(tmp_path, PPTX, slides())
    assert not reasons
    assert (article.title, article.date, article.source) == ("Water in Lagos", "2023-01-09", "Water Desk")
    assert article.text.split("\n\n") == [
        "Half of all pipes leak.",
        "Ask the ministry for 2023.",
        "What it costs",
        "40 million a year.",
        "Pipes | 1,200 km",
    ]


RTF = (
    rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Times;}}{\info{\title Caf\'e9 closes}{\author Jo Roe}"
    rb"{\revtim\yr2021\mo2\dy7\hr9}}{\*\generator x;}\f0 The caf\'e9 closed \b on Monday\b0 .\par "
    rb"It cost 5 \u8364? a cup.\par {\pict\pngblip " + b"89504e47" * 1000 + rb"}The end.}"
)


def test_rich_text(tmp_path: Path) -> None:
    [article], reasons = read(tmp_path, "a.rtf", RTF)
    assert not reasons
    assert (article.title, article.date, article.source) == ("Café closes", "2021-02-07", "Jo Roe")
    assert article.text == "The café closed on Monday.\n\nIt cost 5 € a cup.\n\nThe end."


def test_macros_are_named_and_the_text_is_read(tmp_path: Path) -> None:
    [article], [reason] = read(tmp_path, DOCX, changed(word(), {"word/vbaProject.bin": b"\xd0\xcf"}))
    assert "reopened" in article.text
    assert reason == "vbaProject.bin: macros: they are neither read nor run"


BODY = f"<w:document {W}><w:body><w:p><w:r><w:t>"
END = "</w:t></w:r></w:p></w:body></w:document>"
XXE = f'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/hostname">]>{BODY}&x;{END}'


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        (DOCX, b"", "not a Word document"),
        (DOCX, b"hello", "not a Word document"),
        (DOCX, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old or encrypted Office file"),
        (DOCX, word()[:-200], "not a Word document"),
        (DOCX, zipped({"x": "y"}), "word/document.xml is missing"),
        (DOCX, changed(word(), {"word/document.xml": XXE}), "declares entities"),
        (DOCX, changed(word(), {"word/document.xml": f"{LAUGHS}]>{BODY}&i;{END}"}), "entity amplification"),
        (DOCX, changed(word(), {"word/document.xml": "<w:document"}), "is damaged"),
        (DOCX, changed(word(), {"word/document.xml": BODY + "a" * 60_000_000}), "nothing but repetition"),
        (DOCX, changed(word(), {"word/document.xml": "<a>" * 5000}), "is damaged"),
        (DOCX, changed(word(), {"word/document.xml": BODY + END}), "no text in it"),
        (DOCX, changed(word(), {"word/document.xml": BODY.encode() + b"\xff\xfe" + END.encode()}), "damaged"),
        (DOCX, zipped({"word/document.xml": BODY + "x" + END}, zipfile.ZIP_BZIP2), "packed in a rare way"),
        (ODT, zipped({"content.xml": "<a/>"}), "no body"),
        (ODT, changed(writer(), {"META-INF/manifest.xml": "<m:encryption-data/>"}), "encrypted"),
        (ODT, changed(writer(), {"content.xml": f"{LAUGHS}]><w>&i;</w>"}), "entity amplification"),
        (PPTX, zipped({"x": "y"}), "ppt/presentation.xml is missing"),
        ("a.rtf", b"{\\rtf1" + b"{" * 200_000, "no text"),
        ("a.rtf", b"no rtf", "not an RTF file"),
    ],
)
def test_hostile_files_give_one_line(name: str, data: bytes, expected: str, tmp_path: Path) -> None:
    articles, [reason] = read(tmp_path, name, data)
    assert not articles
    assert expected in reason


def test_entities_from_outside_are_not_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret.dtd"
    secret.write_text('<!ENTITY x "secret">')
    text = f'<!DOCTYPE w SYSTEM "{secret.as_uri()}">{BODY}plain{END}'
    [article], _ = read(tmp_path, DOCX, changed(word(), {"word/document.xml": text}))
    assert article.text == "plain"


def test_a_table_of_contents_that_is_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embeddings.sources.readers.zips.DIRECTORY", 500)
    _, [reason] = read(tmp_path, DOCX, word())
    assert "table of contents" in reason
