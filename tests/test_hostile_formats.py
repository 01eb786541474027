"""Hostile contents: what is said of each file, and what of it can be found all the same."""

import gzip
import io
import json
from pathlib import Path

import pytest

import embeddings.sources.readers.base
import embeddings.sources.readers.jsonl
from tests.embeddings.sources.test_corpus import pdf
from tests.hostile import Row, check, prepare, write

PAGE = "<p>The otter of the lower mill was seen again on Monday, said warden Ada Moll of the trust.</p>"
FRENCH = (
    "<html><head><meta charset=utf-8></head><body><article><p>Le café était fermé, disait-on à la mairie du "
    "village où l’été avait commencé plus tôt qu’à l’accoutumée cette année-là.</p>"
)
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{two}: &{two} [{', '.join([f'*{one}'] * 9)}]\n" for one, two in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGE_BOMB = "a: &a {x: y}\n" + "".join(
    f"{two}: &{two} {{<<: [{', '.join([f'*{one}'] * 9)}]}}\n"
    for one, two in zip("abcdefgh", "bcdefghi", strict=True)
)
CHINESE = "河水一夜之间上涨了两米。学校因此关闭。"


def lines(*records: object) -> str:
    return "".join(f"{record if isinstance(record, str) else json.dumps(record)}\n" for record in records)


def encrypted(password: str) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(PdfReader(io.BytesIO(pdf("The badger has a secret."))))
    writer.encrypt(password, "owner", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def nested(tag: str, depth: int) -> str:
    return f"<html><body><article>{PAGE}" + f"<{tag}>" * depth + "deep" + f"</{tag}>" * depth


TEXT = [
    Row("an empty file", write("a.txt", ""), ("skipped articles/a.txt: no text in it",)),
    Row("only white space", write("a.txt", " \n\u3000\t\n"), ("skipped articles/a.txt: no text in it",)),
    Row("only a title", write("a.txt", "Otters return to the mill\n"), finds="Otters return to the mill"),
    Row("only a heading", write("a.md", "# Otters return to the mill"), finds="Otters return to the mill"),
    Row(
        "invalid UTF-8",
        write("a.txt", "Le café était fermé, disait la loutre.".encode("cp1252")),
        ("qa: warning: articles/a.txt is not UTF-8: read as cp1252",),
        "Le café était fermé, disait la loutre.",
    ),
    Row("UTF-16 with a mark", write("a.txt", "The otter swims.".encode("utf-16")), finds="The otter swims."),
    Row(
        "UTF-16 without a mark",
        write("a.txt", "The otter swims.".encode("utf-16-be")),
        ("qa: warning: articles/a.txt is not UTF-8: read as utf-16-be",),
        "The otter swims.",
    ),
    Row(
        "UTF-32 without a mark",
        write("a.txt", "The otter swims.".encode("utf-32-le")),
        ("qa: warning: articles/a.txt is not UTF-8: read as utf-32-le",),
        finds="The otter swims.",
    ),
    Row(
        "UTF-32 without a mark, the other way",
        write("a.md", "The otter swims. 🦦".encode("utf-32-be")),
        ("qa: warning: articles/a.md is not UTF-8: read as utf-32-be",),
        finds="The otter swims.",
    ),
    Row(
        "some of it cannot be read",
        write("a.txt", "T\0h\ufffde\ufffd of the river"),
        (),
        finds="of the river",
    ),
    Row(
        "mostly what cannot be read",
        write("a.txt", "o\ufffdt\ufffdt\ufffde\ufffdr\ufffd " * 40),
        ("skipped articles/a.txt: no text: most of its characters cannot be read; save it as UTF-8",),
    ),
    Row(
        "a record that is mostly replacement characters",
        write("a.jsonl", json.dumps({"text": "T\ufffdh\ufffde\ufffd"}) + "\n"),
        ("skipped articles/a.jsonl:1: no text: most of its characters cannot be read; save it as UTF-8",),
    ),
    Row(
        "Chinese UTF-16 without a mark",
        write("a.txt", f"{CHINESE}\n{CHINESE}".encode("utf-16-le")),
        ("qa: warning: articles/a.txt is not UTF-8: read as utf-16-le",),
        CHINESE,
    ),
    Row(
        "some NUL bytes",
        write("a.txt", "The otter\0swims far today."),
        finds="The otter\ufffdswims far today.",
    ),
    Row(
        "NUL bytes only",
        write("a.txt", b"\0" * 99),
        ("skipped articles/a.txt: not text: it is full of NUL bytes",),
    ),
    Row("mixed line ends", write("a.txt", "Otters\r\rThe otter\r\nswims.\n"), finds="The otter\nswims."),
    Row(
        "right-to-left marks",
        write("a.txt", "The otter \u200f\u202eswims\u202c far."),
        finds="\u200f\u202eswims",
    ),
    Row(
        "combining characters", write("a.txt", "The otte\u0301r swims" + "\u0301" * 500), finds="otte\u0301r"
    ),
    Row("emoji", write("a.txt", "The 🦦 otter 👩‍👩‍👧 swims."), finds="The 🦦 otter 👩‍👩‍👧 swims."),
    Row("Chinese, without spaces", write("a.txt", CHINESE * 3_000), finds=CHINESE),
    Row("one-word sentences", write("a.txt", "Otter! " * 5_000), finds="Otter! Otter!"),
    Row("one line of words", write("a.txt", "otter swims " * 20_000), finds="otter swims otter"),
    Row("one word without end", write("a.txt", "otter" * 20_000), finds="otterotter"),
    Row("quotation marks without end", write("a.txt", "“an otter" * 5_000), finds="“an otter“an"),
    Row(
        "heading of a hundred thousand #",
        write("a.md", "# # " * 50_000 + "x\nThe otter."),
        finds="The otter.",
    ),
]

JSONL = [
    Row(
        "broken line in the middle",
        write("a.jsonl", lines({"text": "First."}, '{"text": "cut', {"text": "The otter is third."})),
        ("skipped articles/a.jsonl:2: not a JSON line (Invalid control character at...)",),
        "The otter is third.",
    ),
    Row(
        "missing fields",
        write("a.jsonl", lines({"title": "T"}, {}, {"text": None}, {"id": 1}, {"text": "The otter."})),
        ("skipped articles/a.jsonl: no `text` in line 1, 2, 3 and 1 more",),
        "The otter.",
    ),
    Row(
        "wrong types",
        write(
            "a.jsonl",
            lines(
                {"text": 5},
                [1],
                {"text": "x", "id": {}},
                {"text": "The otter.", "title": [], "url": 1, "source": {}, "date": ["x"]},
            ),
        ),
        (
            "skipped articles/a.jsonl:1: `text` is not a string",
            "skipped articles/a.jsonl:2: not a JSON object",
            "skipped articles/a.jsonl:3: `id` is neither a string nor a number",
            "qa: warning: articles/a.jsonl:4: the date 'a list' names no day: left out",
        ),
        "The otter.",
    ),
    Row(
        "duplicate ids",
        write("a.jsonl", lines({"id": "1", "text": "The otter."}, {"id": 1, "text": "Another."})),
        ("skipped articles/a.jsonl:2: its id 1 is taken by articles/a.jsonl:1",),
        "The otter.",
    ),
    Row(
        "ids with slashes and ..",
        write("a.jsonl", lines({"id": "../../etc/passwd", "text": "The otter."}, {"id": "/", "text": "B."})),
        finds="The otter.",
    ),
    Row(
        "id without end",
        write("a.jsonl", lines({"id": "x" * 5_000, "text": "A."})),
        ("skipped articles/a.jsonl:1: `id` has 5000 characters, expected 1000 at most",),
    ),
    Row(
        "title and address without end",
        write("a.jsonl", lines({"text": "The otter.", "title": "t" * 5_000, "url": "u" * 5_000})),
        (
            "qa: warning: articles/a.jsonl:1: its address of 5000 characters is left out",
            "qa: warning: articles/a.jsonl:1: its title of 5000 characters is cut",
        ),
        "The otter.",
    ),
    Row(
        "lone surrogates",
        write("a.jsonl", r'{"text": "The otter \ud800 swims."}'),
        finds="The otter ? swims.",
    ),
    Row(
        "a date that does not exist",
        write("a.jsonl", lines({"text": "The otter.", "date": "2022-02-30"})),
        ("qa: warning: articles/a.jsonl:1: the date '2022-02-30' names no day: left out",),
        "The otter.",
    ),
    Row(
        "UTF-16",
        write("a.jsonl", lines({"text": "The otter."}, {"text": "B."}).encode("utf-16")),
        finds="The otter.",
    ),
    Row(
        "UTF-16 without a mark",
        write("a.jsonl", lines({"text": "The otter."}).encode("utf-16-le")),
        finds="The otter.",
    ),
    Row(
        "a line that is not UTF-8",
        write("a.jsonl", lines('{"text": "caf\u00e9"}').encode("cp1252")),
        ("skipped articles/a.jsonl:1: not UTF-8 at byte 14 of the line: convert the file",),
    ),
    Row(
        "nested without end",
        write("a.jsonl", '{"text": ' + "[" * 100_000),
        ("skipped articles/a.jsonl:1: not a JSON line (maximum recursion...)",),
    ),
    Row(
        "a number without end",
        write("a.jsonl", '{"text": "x", "id": ' + "1" * 5_000 + "}"),
        ("skipped articles/a.jsonl:1: not a JSON line (Exceeds the limit...)",),
    ),
    Row("no line at all", write("a.jsonl", ""), ("skipped articles/a.jsonl: no line in it",)),
    Row(
        "broken lines without end",
        write("a.jsonl", "{\n" * 3_000),
        (
            "skipped articles/a.jsonl: 2000 more of its lines",
            *[f"skipped articles/a.jsonl:{n}: not a JSON line (...)" for n in range(1, 5)],
            "skipped 996 more in articles/a.jsonl",
        ),
    ),
    Row(
        "empty lines without end",
        write("a.jsonl.gz", gzip.compress(b'{"text": "The otter."}\n' + b"\n" * 200_000)),
        ("skipped articles/a.jsonl.gz: 100,000 lines in a row without a record: the rest is left out",),
        "The otter.",
    ),
    Row(
        "truncated gzip",
        write(
            "a.jsonl.gz",
            gzip.compress(lines(*[{"text": f"The otter {n}."} for n in range(999)]).encode())[:-9],
        ),
        ("skipped articles/a.jsonl.gz: damaged gzip after line ...: Compressed file ended before...",),
        "The otter 7.",
    ),
    Row(
        "no gzip",
        write("a.jsonl.gz", "{}"),
        ("skipped articles/a.jsonl.gz: damaged gzip after line 0: Not a gzipped file (b'{}')",),
    ),
    Row(
        "gzip bomb of one line",
        write("a.jsonl.gz", gzip.compress(b'{"text": "The otter."}\n' + b" " * 5_000_000)),
        (
            "skipped articles/a.jsonl.gz: more than 0.002 GB unpacked, left out after line 1: "
            "give --max-unpacked a larger number if you trust the file",
        ),
        "The otter.",
        ("--max-unpacked", "0.002"),
    ),
    Row(
        "gzip bomb of many lines",
        write("a.jsonl.gz", gzip.compress(b'{"text": "The otter."}\n' + b'{"a": "b"}\n' * 500_000)),
        (
            "skipped articles/a.jsonl.gz: more than 0.001 GB unpacked, left out after line ...",
            "skipped articles/a.jsonl.gz: no `text` in line 2, 3, 4 and ... more",
        ),
        "The otter.",
        ("--max-unpacked", "0.001"),
    ),
]

PAGES = [
    Row(
        "front matter that is not YAML",
        write("a.md", "---\ntitle: 'open\n---\nThe otter."),
        ("qa: warning: articles/a.md: front matter is not YAML, left out (while scanning...)",),
        "The otter.",
    ),
    Row(
        "front matter that is a list",
        write("a.md", "---\n- a\n---\nThe otter."),
        ("qa: warning: articles/a.md: front matter is not `name: value` lines, left out",),
        "The otter.",
    ),
    Row(
        "YAML bomb",
        write("a.md", f"---\n{BOMB}title: The otter case\ndate: *i\n---\nThe otter."),
        finds="The otter case",
    ),
    Row(
        "YAML bomb of merge keys",
        write("a.md", f"---\n{MERGE_BOMB}title: The otter case\n---\nThe otter."),
        finds="The otter case",
    ),
    Row(
        "YAML nested without end",
        write("a.md", f"---\na: {'[' * 20_000}\n---\nThe otter."),
        ("qa: warning: articles/a.md: front matter is not YAML, left out (maximum recursion...)",),
        "The otter.",
    ),
    Row(
        "front matter that is not closed",
        write("a.md", "---\ntitle: T\n\nThe otter."),
        ("qa: warning: articles/a.md: front matter is not closed by ---: read as text",),
        "The otter.",
    ),
    Row("HTML nested without end", write("a.html", nested("div", 50_000)), finds="seen again on Monday"),
    Row(
        "HTML with scripts",
        write(
            "a.html",
            f"<html><body><article>{PAGE}<script>alert('evil')</script>"
            f"<p onclick='evil()'>It swam on.</p></article>",
        ),
        finds="seen again on Monday",
    ),
    Row(
        "HTML that declares a wrong charset",
        write(
            "a.html",
            FRENCH.encode("cp1252"),
        ),
        ("qa: warning: articles/a.html is not UTF-8: read as cp1252",),
        "Le café était fermé",
    ),
    Row(
        "HTML that declares its charset",
        write(
            "a.html",
            f"<html><head><meta charset=koi8-r></head><body><article>{PAGE}<p>Выдра вернулась на старую "
            "мельницу в понедельник утром.</p></article>".encode("koi8_r"),
        ),
        finds="Выдра вернулась",
    ),
    Row(
        "HTML that is none",
        write("a.html", bytes(range(256)) * 9),
        ("skipped articles/a.html: neither UTF-8 nor any other text",),
    ),
    Row(
        "encrypted PDF",
        write("a.pdf", encrypted("secret")),
        ("skipped articles/a.pdf: encrypted: save a copy without its password",),
    ),
    Row(
        "PDF encrypted with an empty password",
        write("a.pdf", encrypted("")),
        finds="The badger has a secret.",
    ),
    Row(
        "truncated PDF",
        write("a.pdf", pdf("The otter.")[:150]),
        ("skipped articles/a.pdf: not a readable PDF (...): open it and save a new copy",),
    ),
    Row(
        "PDF that is none",
        write("a.pdf", "hello"),
        ("skipped articles/a.pdf: not a readable PDF (...): open it and save a new copy",),
    ),
    Row(
        "PDF without text",
        write("a.pdf", pdf("")),
        ("skipped articles/a.pdf: no text in it, only pictures of pages: run `ocrmypdf` on it first",),
    ),
]


@pytest.mark.parametrize("row", [*TEXT, *JSONL, *PAGES], ids=lambda row: row.name)
def test_contents(
    row: Row, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    check(row, prepare(monkeypatch, tmp_path), capsys)


TOO_LARGE = "skipped articles/{}: an article of more than 0.004 MB: split it into several"
LARGE = [
    Row("text", write("a.txt", "otter " * 1_000), (TOO_LARGE.format("a.txt"),)),
    Row(
        "line of JSON",
        write("a.jsonl", lines({"text": "otter " * 1_000}, {"text": "Short otter."})),
        (TOO_LARGE.format("a.jsonl:1"),),
        "Short otter.",
    ),
    Row("PDF", write("a.pdf", pdf("otter " * 500, "otter " * 500)), (TOO_LARGE.format("a.pdf"),)),
]


@pytest.mark.parametrize("row", LARGE, ids=lambda row: row.name)
def test_an_article_beyond_the_limit(
    row: Row, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(embeddings.sources.readers.base, "LARGEST", 4_000)
    monkeypatch.setattr(embeddings.sources.readers.jsonl, "LARGEST", 4_000)
    monkeypatch.setattr("embeddings.sources.readers.pdf.LARGEST", 4_000)
    check(row, prepare(monkeypatch, tmp_path), capsys)


BIG = [
    Row("50,000 one-word sentences", write("a.txt", "Otter! " * 50_000), finds="Otter! Otter!"),
    Row("300,000 words", write("a.txt", "otter swims far. " * 100_000), finds="otter swims far. otter"),
]


@pytest.mark.slow
@pytest.mark.parametrize("row", BIG, ids=lambda row: row.name)
def test_big_contents(
    row: Row, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    check(row, prepare(monkeypatch, tmp_path), capsys)
