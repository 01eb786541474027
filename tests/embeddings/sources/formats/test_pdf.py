"""PDF files, with what they say of themselves."""

import io
from pathlib import Path

import pypdf

from tests.embeddings.sources.formats.reading import read
from tests.embeddings.sources.test_corpus import pdf


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


def test_one_that_is_scanned_names_what_helps(tmp_path: Path) -> None:
    _, [reason] = read(tmp_path, "a.pdf", pdf(""))
    assert reason == "a.pdf: no text in it, only pictures of pages: run `ocrmypdf` on it first"
