"""Zip archives: what is in them is read as in a folder, and bombs and tricks are named."""

import gzip
import io
import struct
import zipfile
from pathlib import Path

import pytest

from embeddings.sources.readers.base import Reading
from tests.embeddings.sources.formats.reading import read, zipped
from tests.embeddings.sources.formats.test_office import word


def test_what_is_in_it_is_read_as_in_a_folder(tmp_path: Path) -> None:
    data = zipped(
        {
            "news/a.txt": "Title\n\nText a.",
            "b.md": "---\ndate: 2022-01-02\n---\nText b.",
            "c.jsonl.gz": gzip.compress(b'{"text": "Text c."}\n'),
            "d.docx": word(),
            "inner.zip": zipped({"e.txt": "Text e."}),
        }
    )
    articles, reasons = read(tmp_path, "a.zip", data)
    assert not reasons
    assert [(a.id, a.text[:7]) for a in articles] == [
        ("a.zip/news/a.txt", "Text a."),
        ("a.zip/b.md", "Text b."),
        ("a.zip/c.jsonl:1", "Text c."),
        ("a.zip/d.docx", "The old"),
        ("a.zip/inner.zip/e.txt", "Text e."),
    ]
    assert str(articles[0].path).endswith("a.zip/news/a.txt")


def linked() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as packed:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        packed.writestr(link, "/etc/passwd")
    return data.getvalue()


def locked() -> bytes:
    data = bytearray(zipped({"a.txt": "x"}))
    place = data.rfind(b"PK\1\2")
    data[place + 8] |= 1
    return bytes(data)


def overlapping() -> bytes:
    """A hundred names for the same packed bytes."""
    data = zipped({"a.txt": "A" * 1000})
    place, end = data.rfind(b"PK\1\2"), data.rfind(b"PK\5\6")
    entries = data[place:end] * 100
    closing = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 100, 100, len(entries), place, 0)
    return data[:place] + entries + closing


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "not a zip archive"),
        (b"PK\3\4" + b"\0" * 100, "not a zip archive"),
        (zipped({"../slip.txt": "x"}), "leads out of the archive"),
        (zipped({"/etc/slip.txt": "x"}), "leads out of the archive"),
        (zipped({"..\\slip.txt": "x"}), "leads out of the archive"),
        (zipped({"C:/slip.txt": "x"}), "leads out of the archive"),
        (zipped({"__MACOSX/._a.txt": "x"}), "hidden file"),
        (zipped({"tool.exe": "x"}), "not a kind that is read (.exe)"),
        (zipped({"macro.docm": "x"}), "not a kind that is read (.docm)"),
        (linked(), "a symbolic link"),
        (locked(), "encrypted"),
        (zipped({"a.txt": "A" * 20_000_000}), "20 MB packed into 0.019 MB: nothing but repetition"),
        (zipped({"a.txt": "x"}, zipfile.ZIP_LZMA), "packed in a rare way"),
        (zipped({"a.zip": b"no zip"}), "a.zip: not a zip archive"),
        (zipped({"a.docx": b"no document"}), "a.docx: not a Word document"),
    ],
)
def test_hostile_archives_give_one_line(data: bytes, expected: str, tmp_path: Path) -> None:
    articles, [reason] = read(tmp_path, "x.zip", data)
    assert not articles
    assert expected in reason
    assert [path.name for path in tmp_path.iterdir()] == ["x.zip"]


def test_archives_in_archives(tmp_path: Path) -> None:
    data = zipped({"deep.txt": "x"})
    for _ in range(6):
        data = zipped({"more.zip": data})
    articles, [reason] = read(tmp_path, "a.zip", data)
    assert not articles
    assert "not 4 deep" in reason


def test_a_nested_bomb_counts_as_what_comes_out_of_all(tmp_path: Path) -> None:
    text = "".join(f"{n} " for n in range(100_000))
    inner = zipped({f"{n}.txt": text for n in range(5)})
    bomb = zipped({f"{n}.zip": inner for n in range(5)}, zipfile.ZIP_STORED)
    articles, reasons = read(tmp_path, "a.zip", bomb, Reading(max_unpacked=0.005))
    assert len(articles) == 5
    assert any("more than 0.005 GB unpacked" in reason for reason in reasons)
    assert len(reasons) <= 5


def test_gzip_inside_counts_as_what_it_holds(tmp_path: Path) -> None:
    bomb = zipped({"a.jsonl.gz": gzip.compress(b"\n" * 9_000_000), "b.txt": "never reached"})
    articles, [reason] = read(tmp_path, "a.zip", bomb, Reading(max_unpacked=0.004))
    assert not articles
    assert "left out from a.jsonl.gz on" in reason


def test_overlapping_parts_give_one_line_each(tmp_path: Path) -> None:
    articles, reasons = read(tmp_path, "a.zip", overlapping())
    assert len(articles) <= 1
    assert all("taken" in reason or "damaged" in reason or "not a zip" in reason for reason in reasons)


def test_a_damaged_part_does_not_hide_the_others(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": "first " * 50, "b.txt": "second"}))
    data[40] ^= 0xFF
    [article], [reason] = read(tmp_path, "a.zip", bytes(data))
    assert article.text == "second"
    assert "damaged in the archive" in reason
