"""Any damage to a file of any kind: articles of clean text, or remarks, and nothing else."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.embeddings.sources.formats.reading import read, zipped
from tests.embeddings.sources.formats.test_books import BOOK
from tests.embeddings.sources.formats.test_feeds import ATOM, RSS
from tests.embeddings.sources.formats.test_mail import mail
from tests.embeddings.sources.formats.test_office import RTF, slides, word, writer
from tests.embeddings.sources.formats.test_tables import table
from tests.embeddings.sources.formats.test_warc import ANSWERS, archive

WHOLE = {
    "a.docx": word(),
    "a.odt": writer(),
    "a.pptx": slides(),
    "a.rtf": RTF,
    "a.epub": BOOK,
    "a.eml": mail().as_bytes(),
    "a.mbox": b"From x\n" + mail().as_bytes().replace(b"\r\n", b"\n"),
    "a.csv": table(),
    "a.tsv": table("\t"),
    "a.xml": RSS.encode(),
    "a.atom": ATOM.encode(),
    "a.zip": zipped({"a.txt": "Text a.", "b.docx": word()}),
    "a.warc": archive(*ANSWERS, packed=False),
    "a.warc.gz": archive(*ANSWERS),
}
DAMAGE = settings(
    max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


@DAMAGE
@given(st.binary(max_size=60), st.integers(0, 200_000), st.sampled_from(["over", "between", "cut"]))
@pytest.mark.parametrize("name", list(WHOLE))
def test_any_damage(name: str, data: bytes, place: int, how: str) -> None:
    whole = WHOLE[name]
    place %= len(whole)
    after = {"over": whole[place + len(data) :], "between": whole[place:], "cut": b""}[how]
    with tempfile.TemporaryDirectory() as folder:
        articles, reasons = read(Path(folder), name, whole[:place] + data + after)
    assert articles or reasons
    for article in articles:
        assert article.text == article.text.strip() != ""
        assert not {"\0", "\r"} & set(article.text + article.title)
        article.text.encode()


@pytest.mark.parametrize("name", list(WHOLE))
def test_files_of_another_kind_give_one_line(name: str, tmp_path: Path) -> None:
    for number, data in enumerate((b"", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, b"%PDF-1.4\n%%EOF")):
        _, reasons = read(tmp_path, f"{number}{name}", data)
        assert len(reasons) <= 1 or name.endswith("sv")
