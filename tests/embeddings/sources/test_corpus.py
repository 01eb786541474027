import gzip
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from embeddings.errors import SourceError
from embeddings.sources.corpus import Corpus
from embeddings.sources.readers.base import Origin
from embeddings.sources.readers.by_ending import ENDINGS, reader
from embeddings.types import Article, Skipped

HTML = """<html><head><title>Bridge reopens | Daily</title><meta property="og:title" content="Bridge reopens">
<meta property="og:site_name" content="Daily"><meta property="article:published_time" content="2022-06-03">
<link rel="canonical" href="https://news.example/bridge"></head><body><nav>Home Sport</nav><article>
<h1>Bridge reopens</h1><p>The old bridge reopened on Friday after nine months of repairs, officials said.</p>
<p>Engineer Ada Moll said that 340 bolts had been replaced since last autumn by a crew of twelve.</p>
</article><script>alert(1)</script></body></html>"""


def read(*sources: Path) -> tuple[list[Article], list[Skipped]]:
    items = list(Corpus(sources))
    return [i for i in items if isinstance(i, Article)], [i for i in items if isinstance(i, Skipped)]


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def pdf(*pages: str, font: str = "Helvetica") -> bytes:
    """A minimal PDF with one line of text a page."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    kids = []
    for text in pages:
        stream = f"BT /F1 12 Tf 72 700 Td ({text}) Tj ET" if text else ""
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /Contents {len(objects)} 0 R /MediaBox [0 0 600 800] "
            f"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /{font} >> >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(kids)}] >>"
    body, offsets = "%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    trailer = f"trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF"
    return f"{body}xref\n0 {size}\n0000000000 65535 f \n{table}{trailer}".encode()


def test_every_kind_in_a_stable_order(tmp_path: Path) -> None:
    record = {"id": "r1", "title": "R", "text": "Record text.", "date": "2022-01-02T10:00:00Z", "extra": 1}
    write(tmp_path, "b/a.txt", "Short title\n\nThe text.")
    write(
        tmp_path, "a.md", "---\ntitle: T\ndate: 2022-06-03\nurl: https://www.x.example/1\n---\nBody *text*."
    )
    write(tmp_path, "c.jsonl", json.dumps(record) + '\n\n{"text": "No id."}\n')
    write(tmp_path, "d.jsonl.gz", gzip.compress(b'{"id": 7, "text": "Zipped."}\n'))
    write(tmp_path, "e.html", HTML)
    write(tmp_path, "f.pdf", pdf("First page.", "Second page."))
    articles, skipped = read(tmp_path)
    assert not skipped
    assert [(a.id, a.title, a.date, a.source) for a in articles] == [
        ("a.md", "T", "2022-06-03", "x.example"),
        ("r1", "R", "2022-01-02", None),
        ("c.jsonl:3", "", None, None),
        ("7", "", None, None),
        ("e.html", "Bridge reopens", "2022-06-03", "Daily"),
        ("f.pdf", "", None, None),
        ("b/a.txt", "Short title", None, None),
    ]
    texts = {a.id: a.text for a in articles}
    assert texts["a.md"] == "Body *text*."
    assert texts["b/a.txt"] == "The text."
    assert texts["f.pdf"] == "First page.\n\nSecond page."
    assert "340 bolts" in texts["e.html"]
    assert "alert" not in texts["e.html"]
    assert "repairs, officials said.\n\nEngineer" in texts["e.html"]


def test_what_is_left_out_is_named(tmp_path: Path) -> None:
    write(tmp_path, "good.txt", "Good.")
    write(tmp_path, ".hidden.txt", "x")
    write(tmp_path, ".git/config.txt", "x")
    write(tmp_path, "picture.png", "x")
    write(tmp_path, "empty.txt", " \n ")
    write(
        tmp_path, "lines.jsonl", '{"text": "ok"}\n{broken\n[1]\n{"text": 5}\n{"title": "t"}\n{"text": " "}\n'
    )
    write(tmp_path, "cut.jsonl.gz", gzip.compress(b'{"text": "whole"}\n' * 1000)[:-20])
    write(tmp_path, "not.pdf", "hello")
    write(tmp_path, "scan.pdf", pdf(""))
    write(tmp_path, "page.html", "<html></html>")
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    _, skipped = read(tmp_path)
    reasons = {str(Path(s.path).relative_to(tmp_path)): s.reason for s in skipped}
    for path, part in {
        ".hidden.txt": "hidden file",
        ".git": "hidden folder",
        "picture.png": "not a kind that is read (.png)",
        "empty.txt": "no text",
        "lines.jsonl:2": "not a JSON line",
        "lines.jsonl:3": "not a JSON object",
        "lines.jsonl:4": "not a string",
        "lines.jsonl": "no `text` in line 5",
        "lines.jsonl:6": "no text",
        "cut.jsonl.gz": "damaged gzip",
        "not.pdf": "not a readable PDF",
        "scan.pdf": "no text",
        "page.html": "no article",
        "pipe.txt": "not a regular file",
        "gone.txt": "broken link",
    }.items():
        assert part in reasons.pop(path)
    assert not reasons


@pytest.mark.parametrize(
    ("data", "text", "warned"),
    [
        ("café".encode(), "café", False),
        ("\ufeffcafé".encode(), "café", False),
        ("café".encode("utf-16"), "café", False),
        ("Le café était fermé à cause de l'été.".encode("cp1252") * 3, "café", True),
        ("café".encode("utf-32"), "café", False),
        ("A caf\u00e9 without a mark.".encode("utf-16-le"), "caf\u00e9", True),
        (b"one\r\ntwo\rthree", "one\ntwo\nthree", False),
        (b"nul\0nul", "nul\ufffdnul", False),
    ],
)
def test_decoding(
    data: bytes, text: str, warned: bool, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    [article], _ = read(write(tmp_path, "a.txt", data))
    assert text in article.text
    assert ("a.txt is not UTF-8" in caplog.text) == warned


def test_a_file_full_of_nuls_is_no_text(tmp_path: Path) -> None:
    _, [left_out] = read(write(tmp_path, "a.txt", b"\0" * 5000))
    assert "not text" in left_out.reason


def test_a_name_that_is_not_utf_8_can_be_stored(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"bad\xff.txt")).write_text("Text.")
    [article], _ = read(tmp_path)
    assert article.id == "bad?.txt"
    assert str(article.path).encode().endswith(b"bad?.txt")


def test_a_lone_surrogate_can_be_stored(tmp_path: Path) -> None:
    [article], _ = read(write(tmp_path, "a.jsonl", r'{"text": "a \ud800 b"}'))
    assert article.text.encode()


@pytest.mark.parametrize(
    ("front", "title"),
    [
        ("title: [a, b]\n", "Heading"),
        ("title: 'open\n", "Heading"),
        ("a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\ntitle: T\n", "T"),
        ("- just\n- a list\n", "Heading"),
        ("title: 2022-01-01\n", "2022-01-01"),
    ],
)
def test_front_matter_that_is_odd(front: str, title: str, tmp_path: Path) -> None:
    [article], _ = read(write(tmp_path, "a.md", f"---\n{front}---\n# Heading\n\nText."))
    assert article.title == title
    assert article.text.endswith("Text.")


def test_a_date_that_does_not_exist_is_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    [article], _ = read(write(tmp_path, "a.jsonl", '{"text": "x", "date": "2022-02-30"}'))
    assert article.date is None
    assert "2022-02-30" in caplog.text


def test_same_name_in_two_folders_and_same_id_twice(tmp_path: Path) -> None:
    one, two = write(tmp_path, "one/a.txt", "One."), write(tmp_path, "two/a.txt", "Two.")
    articles, skipped = read(one.parent, two.parent)
    assert [a.id for a in articles] == ["a.txt", "two/a.txt"]
    assert not skipped
    [kept], [left_out] = read(write(tmp_path, "c.jsonl", '{"id": 1, "text": "x"}\n{"id": "1", "text": "y"}'))
    assert kept.text == "x"
    assert "taken by" in left_out.reason


def test_fraction_grows_to_one(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "x" * 100)
    write(tmp_path, "b.txt", "x" * 300)
    corpus = Corpus([tmp_path])
    seen = [corpus.fraction for _ in corpus]
    assert seen == [0.25, 1.0]
    assert corpus.fraction == 1.0


def test_sources_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not exist"):
        Corpus([tmp_path / "nowhere"])
    with pytest.raises(SourceError, match="nothing to read"):
        Corpus([tmp_path])
    with pytest.raises(SourceError, match="cannot read this kind"):
        Corpus([write(tmp_path, "a.png", "x")])


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (
            "Le café était fermé, disait-on à la mairie où l’été avait commencé plus tôt qu’ailleurs.",
            "cp1252",
        ),
        ("Der Fluß stieg über Nacht um zwei Meter, sagte der Bürgermeister.", "cp1252"),
        (
            "Rzeka wezbrała w nocy o dwa metry i zalała rynek, powiedział burmistrz. Szkoły są zamknięte do "
            "piątku, a żadnych ofiar nie było, dodał rzecznik straży pożarnej w Łodzi.",
            "cp1250",
        ),
        ("Выдра вернулась на старую мельницу в понедельник утром, сказал мэр.", "cp1251"),
        (
            "Nehir gece boyunca iki metre yükseldi ve çarşıyı su bastı, dedi belediye başkanı. Okullar cuma "
            "gününe kadar kapalı, kimse yaralanmadı, diye ekledi itfaiye sözcüsü ışığında İzmir'de.",
            "cp1254",
        ),
    ],
)
def test_languages_in_encodings_of_old(text: str, encoding: str, tmp_path: Path) -> None:
    [article], _ = read(write(tmp_path, "a.txt", text.encode(encoding)))
    assert article.text == text


EXCEPTIONS = [
    *(
        MemoryError,
        RecursionError,
        UnicodeError("bad"),
        ValueError("bad"),
        TypeError,
        KeyError("x"),
        IndexError,
    ),
    *(AttributeError, AssertionError, ZeroDivisionError, OverflowError, StopIteration, RuntimeError("bad")),
    *(NotImplementedError, LookupError, ImportError("no library"), EOFError, SyntaxError("bad"), BufferError),
    *(PermissionError(13, "Permission denied"), TimeoutError("too slow")),
]


@pytest.mark.parametrize(
    "raised", EXCEPTIONS, ids=lambda raised: getattr(raised, "__name__", type(raised).__name__)
)
@pytest.mark.parametrize("name", [f"a{ending}" for ending in ENDINGS])
def test_whatever_a_reader_raises_the_others_are_read(
    name: str, raised: type[Exception] | Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(stream: BinaryIO, origin: Origin) -> Iterator[Article | Skipped]:
        stream.read(1)
        raise raised
        yield

    real = reader
    monkeypatch.setattr(
        "embeddings.sources.one_file.reader", lambda file: fails if file == name else real(file)
    )
    write(tmp_path, name, "x")
    write(tmp_path, "good.txt", "A good article.")
    articles, skipped = read(tmp_path)
    assert [article.text for article in articles] == ["A good article."]
    [left_out] = skipped
    assert left_out.path == str(tmp_path / name)
    assert left_out.reason
    assert "\n" not in left_out.reason


def test_a_page_with_a_codec_that_decodes_nothing(tmp_path: Path) -> None:
    page = HTML.replace("<head>", '<head><meta charset="undefined">').replace("Ada", "Adé")
    write(tmp_path, "a.html", page.encode("latin-1"))
    write(tmp_path, "b.txt", "A good article.")
    articles, _ = read(tmp_path)
    assert [article.id for article in articles] == ["a.html", "b.txt"]
    assert "Adé Moll" in articles[0].text
