"""Further hostile files, of kinds that no other test has: what each gives, or why it gives nothing."""

import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest

from embeddings.sources.files import File
from embeddings.sources.one_file import read_file
from embeddings.sources.readers.base import Reading
from embeddings.types import Article

SAID = "The otter of the lower mill was seen again on Monday, said warden Ada Moll of the trust."
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def zipped(**parts: str | bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/"), data)
    return made.getvalue()


def word(body: str) -> bytes:
    return zipped(
        **{"word__document.xml": f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'}
    )


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def mail(head: str, body: str = SAID) -> bytes:
    return f"{head}\n\n{body}\n".encode()


def line(**fields: object) -> bytes:
    return json.dumps({"text": SAID, **fields}).encode() + b"\n"


def record(kind: str, body: str, more: str = "") -> bytes:
    data = body.encode()
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: http://a.example/x\r\n{more}"
    return f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data + b"\r\n\r\n"


HTTP = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
PAGE = f"<html><body><article><p>{SAID}</p></article></body></html>"
FEED = "<rss version='2.0'><channel><title>T</title>{}</channel></rss>"
ITEM = f"<item><title>I</title><description>{SAID}</description></item>"
FURTHER: dict[str, tuple[str, bytes]] = {
    # text
    "a shell script": ("a.txt", b"#!/bin/sh\nrm -rf ~\n"),
    "an ELF file": ("a.txt", b"\x7fELF\x02\x01\x01" + bytes(900)),
    "a picture": ("a.md", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4),
    "a mark of UTF-8 and nothing": ("a.txt", b"\xef\xbb\xbf"),
    "two marks of UTF-8": ("a.txt", b"\xef\xbb\xbf" * 2 + SAID.encode()),
    "a mark of UTF-16 and half a character": ("a.txt", b"\xff\xfe\x41"),
    "UTF-7": ("a.txt", b"+AGMAYQBmAOk- " + SAID.encode()),
    "overlong UTF-8": ("a.txt", b"\xc0\xaf\xc0\xae " * 9 + SAID.encode()),
    "surrogates in UTF-8": ("a.txt", b"\xed\xa0\x80 " + SAID.encode()),
    "form feeds": ("a.txt", b"\f" * 999 + SAID.encode()),
    "line separators only": ("a.txt", "\u2028".join([SAID] * 3).encode()),
    "bells": ("a.txt", b"\a" * 99 + SAID.encode()),
    "three lines of dashes": ("a.md", b"---\n---\n---\n" + SAID.encode()),
    "front matter with a tag of Python": (
        "a.md",
        b"---\ntitle: !!python/object/apply:os.system ['id']\n---\n" + SAID.encode(),
    ),
    "front matter with an anchor to itself": (
        "a.md",
        b"---\na: &a [*a]\ntitle: T\n---\n" + SAID.encode(),
    ),
    "front matter with a NUL": ("a.md", b"---\ntitle: a\0b\n---\n" + SAID.encode()),
    "front matter with tabs": ("a.md", b"---\n\ttitle: T\n---\n" + SAID.encode()),
    "a title twice": ("a.md", b"---\ntitle: A\ntitle: B\n---\n" + SAID.encode()),
    # lines of JSON
    "NaN": ("a.jsonl", b'{"text": NaN}\n' + line()),
    "infinite numbers": ("a.jsonl", b'{"text": "x", "date": 1e999}\n'),
    "a key twice": ("a.jsonl", b'{"text": "No.", "text": "Yes."}\n'),
    "a text of true": ("a.jsonl", b'{"text": true}\n'),
    "an id of minus nothing": ("a.jsonl", line(id=-0)),
    "an id of a NUL": ("a.jsonl", line(id="\0")),
    "an id of spaces": ("a.jsonl", line(id="   ")),
    "an address that runs": ("a.jsonl", line(url="javascript:alert(1)")),
    "an address with brackets": ("a.jsonl", line(url="http://[::1")),
    "a day in the year 0": ("a.jsonl", line(date="0000-00-00")),
    "a day of 400 figures": ("a.jsonl", line(date="1" * 400)),
    "seconds since 1970 of the far future": ("a.jsonl", line(date=9_999_999_999_999)),
    "an array over lines": ("a.jsonl", b"[\n" + line() + b"]\n"),
    "carriage returns only": ("a.jsonl", line().replace(b"\n", b"\r") * 2),
    "gzip in gzip": ("a.jsonl.gz", gzip.compress(gzip.compress(line()))),
    "gzip with a name in it": (
        "a.jsonl.gz",
        b"\x1f\x8b\x08\x08" + bytes(6) + b"../../x\0" + gzip.compress(line())[10:],
    ),
    # tables
    "a table of one word": ("a.csv", b"text"),
    "a table whose names are all one": ("a.csv", b"text,text,text\na,b,c\n"),
    "a quotation mark that never closes": ("a.csv", b'text,title\n"' + SAID.encode() + b"\n" * 99),
    "a formula": ("a.csv", b"text,title\n=cmd|'/c calc'!A1," + SAID.encode() + b"\n"),
    "a row of a thousand columns": ("a.csv", b"title,text\n" + b"x," * 1_000 + b"\n"),
    "a row without its columns": ("a.tsv", b"title\ttext\nx\n"),
    "NUL in a table": ("a.csv", b"title,text\na\0,The otter\0.\n"),
    # pages
    "a page of frames": ("a.html", b"<frameset><frame src='file:///etc/passwd'></frameset>"),
    "a page of scripts": ("a.html", b"<script>" + b"a" * 9_999),
    "a page that is a comment": ("a.html", b"<!--" + SAID.encode() * 9),
    "a page with a base elsewhere": ("a.html", b"<base href='//evil.example/'>" + PAGE.encode()),
    "a page of entities": ("a.html", b"<p>" + b"&amp;" * 9_999 + b"</p>"),
    "characters that do not exist": ("a.html", PAGE.replace("otter", "&#x110000;&#0;otter").encode()),
    # feeds
    "a feed without entries": ("a.rss", FEED.format("").encode()),
    "a feed with an entity of a file": (
        "a.xml",
        b"<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
        + FEED.format(ITEM.replace("I<", "&x;<")).encode(),
    ),
    "a feed that is cut": ("a.atom", FEED.format(ITEM).encode()[:-30]),
    "a map of a site": ("a.xml", b"<urlset><url><loc>http://a.example</loc></url></urlset>"),
    # documents
    "a document of another kind": ("a.docx", zipped(**{"content.xml": "<x/>"})),
    "a document without text": ("a.docx", word("")),
    "a document cut in its XML": ("a.docx", zipped(**{"word__document.xml": "<w:document"})),
    "a document with a part outside": (
        "a.docx",
        zipped(**{"..__..__x": "x", "word__document.xml": "<a/>"}),
    ),
    "a document of deep tables": (
        "a.docx",
        word("<w:tbl><w:tr><w:tc>" * 60 + paragraph(SAID) + "</w:tc></w:tr></w:tbl>" * 60),
    ),
    "slides without a list": ("a.pptx", zipped(**{"ppt__slides__slide1.xml": "<x/>"})),
    "a text without a body": ("a.odt", zipped(**{"content.xml": "<x/>"})),
    "a book whose chapter is itself": (
        "a.epub",
        zipped(**{"META-INF__container.xml": "<c><rootfile full-path='META-INF/container.xml'/></c>"}),
    ),
    "an RTF that never closes": ("a.rtf", b"{\\rtf1 " + b"{" * 9_999 + SAID.encode()),
    "an RTF of binary data": ("a.rtf", b"{\\rtf1 \\bin99999999 x}" + SAID.encode()),
    "a PDF in a PDF's comment": ("a.pdf", b"%PDF-1.7\n%%EOF\n%PDF-1.7\n%%EOF"),
    "a PDF that refers to itself": (
        "a.pdf",
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]>>endobj\ntrailer<</Root 1 0 R>>",
    ),
    # mail
    "a mail of nothing but headers": ("a.eml", b"Subject: x\n" * 99),
    "a mail in a charset that does not exist": (
        "a.eml",
        mail("Subject: x\nContent-Type: text/plain; charset=nosuch"),
    ),
    "a mail whose parts never begin": (
        "a.eml",
        mail("Subject: x\nContent-Type: multipart/mixed; boundary=b"),
    ),
    "a mail with a sender of commands": ("a.eml", mail("From: =?utf-8?q?=1B[2J?= <a@b>\nSubject: x")),
    "a mail that attaches a path": (
        "a.eml",
        mail("Subject: x\nContent-Type: text/plain\nContent-Disposition: attachment; filename=../../x.txt"),
    ),
    "a mailbox of one line": ("a.mbox", b"From a@b Mon Jan  1 00:00:00 2024\n"),
    # archives
    "a zip of nothing": ("a.zip", zipped()),
    "a zip with a long name": ("a.zip", zipped(**{"x" * 5_000 + ".txt": SAID})),
    "a zip of a device's name": ("a.zip", zipped(**{"CON.txt": SAID, "__dev__null.txt": SAID})),
    "a web archive without pages": ("a.warc", record("warcinfo", "x")),
    "a web archive of negative length": (
        "a.warc",
        b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: -5\r\n\r\nx",
    ),
    "a web archive that promises more": (
        "a.warc",
        record("response", HTTP + PAGE).replace(b"Length: ", b"Length: 9"),
    ),
    "a web archive with a line without end": (
        "a.warc",
        record("response", HTTP + PAGE) + b"x" * 1_100_000,
    ),
    "a web archive with an address that runs": (
        "a.warc",
        record("response", HTTP + PAGE).replace(b"http://a.example/x", b"javascript:x"),
    ),
}
GIVES: dict[str, tuple[str, ...]] = {
    "a shell script": (" = #!/bin/sh\nrm -rf ~",),
    "an ELF file": ("a.txt: not text: it is full of NUL bytes",),
    "a picture": ("a.md: neither UTF-8 nor any other text",),
    "a mark of UTF-8 and nothing": ("a.txt: no text in it",),
    "two marks of UTF-8": (" = \ufeffThe otter of the lower ",),
    "a mark of UTF-16 and half a character": (
        "a.txt: no text: most of its characters cannot be read; save it as UTF-",
    ),
    "UTF-7": (" = +AGMAYQBmAOk- The otter ",),
    "overlong UTF-8": (" = \uff80\uff6f",),
    "surrogates in UTF-8": (" = \u043d\u00a0\u0402 The otter of the low",),
    "form feeds": (" = The otter of the lower",),
    "line separators only": (" = The otter of the lower",),
    "bells": (" = \u0007\u0007",),
    "three lines of dashes": (" = ---\nThe otter of the low",),
    "front matter with a tag of Python": (" = The otter of the lower",),
    "front matter with an anchor to itself": ("T = The otter of the lower",),
    "front matter with a NUL": ("a\ufffdb = The otter of the lower",),
    "front matter with tabs": (" = The otter of the lower",),
    "a title twice": ("B = The otter of the lower",),
    "NaN": (
        "a.jsonl:1: `text` is not a string",
        " = The otter of the lower",
    ),
    "infinite numbers": (" = x",),
    "a key twice": (" = Yes.",),
    "a text of true": ("a.jsonl:1: `text` is not a string",),
    "an id of minus nothing": (" = The otter of the lower",),
    "an id of a NUL": (" = The otter of the lower",),
    "an id of spaces": (" = The otter of the lower",),
    "an address that runs": (" = The otter of the lower",),
    "an address with brackets": (" = The otter of the lower",),
    "a day in the year 0": (" = The otter of the lower",),
    "a day of 400 figures": (" = The otter of the lower",),
    "seconds since 1970 of the far future": (" = The otter of the lower",),
    "an array over lines": (
        "a.jsonl:1: not a JSON line (Expecting value: line 2 column 1 (char 2))",
        " = The otter of the lower",
        "a.jsonl:3: not a JSON line (Expecting value: line 1 column 1 (char 0))",
    ),
    "carriage returns only": ("a.jsonl:1: not a JSON line (Extra data: line 1 column 102 (char 101))",),
    "gzip in gzip": (
        "a.jsonl.gz:1: not UTF-8 at byte 2 of the line: convert the file",
        "a.jsonl.gz:2: not UTF-8 at byte 1 of the line: convert the file",
        "a.jsonl.gz:3: not UTF-8 at byte 2 of the line: convert the file",
    ),
    "gzip with a name in it": (" = The otter of the lower",),
    "a table of one word": ("a.csv: no row under the names of its columns",),
    "a table whose names are all one": (" = a",),
    "a quotation mark that never closes": (" = The otter of the lower",),
    "a formula": ("The otter of the lower mill was seen again on Monday = =cmd|'/c calc'!A1",),
    "a row of a thousand columns": ("x = x",),
    "a row without its columns": ("a.tsv:2: no text in it",),
    "NUL in a table": ("a\ufffd = The otter\ufffd.",),
    "a page of frames": ("a.html: no article found in the page",),
    "a page of scripts": ("a.html: no article found in the page",),
    "a page that is a comment": ("a.html: no article found in the page",),
    "a page with a base elsewhere": (" = The otter of the lower",),
    "a page of entities": ("a.html: no article found in the page",),
    "characters that do not exist": (" = The \ufffd\ufffdotter of the lower",),
    "a feed without entries": ("a.rss: a feed without entries",),
    "a feed with an entity of a file": (
        "a.xml: the feed is damaged (<unknown>:2:0: syntax error): entries afte",
        "&x; = The otter of the lower",
    ),
    "a feed that is cut": (
        "a.atom: the feed is damaged (<unknown>:2:167: unclosed token): entries",
        "I = I",
    ),
    "a map of a site": ("a.xml: no feed in it: RSS or Atom expected",),
    "a document of another kind": ("a.docx: not a Word document: word/document.xml is missing from it",),
    "a document without text": ("a.docx: no text in it",),
    "a document cut in its XML": ("a.docx: its text is damaged (Namespace prefix w on document is not def",),
    "a document with a part outside": ("a.docx: no text in it",),
    "a document of deep tables": (" = The otter of the lower",),
    "slides without a list": ("a.pptx: not a PowerPoint file: ppt/presentation.xml is missing from it",),
    "a text without a body": ("a.odt: not an OpenDocument text: there is no body in its content.xml",),
    "a book whose chapter is itself": ("a.epub: no text in it",),
    "an RTF that never closes": (" = The otter of the lower",),
    "an RTF of binary data": (" = x",),
    "a PDF in a PDF's comment": ("a.pdf: not a readable PDF (Data format error): open it",),
    "a PDF that refers to itself": ("a.pdf: not a readable PDF (Data format error): open it",),
    "a mail of nothing but headers": ("a.eml: no text in the mail",),
    "a mail in a charset that does not exist": ("x = The otter of the lower",),
    "a mail whose parts never begin": (
        "a.eml: no text in the mail",
        "a.eml: attached, and not of a kind that is read: one of type multipart",
    ),
    "a mail with a sender of commands": ("x = The otter of the lower",),
    "a mail that attaches a path": (
        "a.eml: no text in the mail",
        " = The otter of the lower",
    ),
    "a mailbox of one line": ("a.mbox:1: not a mail: it does not begin with headers such as `From:`",),
    "a zip of nothing": ("a.zip: no file in it",),
    "a zip with a long name": (" = The otter of the lower",),
    "a zip of a device's name": (
        " = The otter of the lower",
        "a.zip//dev/null.txt: its name leads out of the archive",
    ),
    "a web archive without pages": ("a.warc: no page in it",),
    "a web archive of negative length": ("a.warc: 1 of its 1 records are no pages, such as pictures",),
    "a web archive that promises more": (" = The otter of the lower",),
    "a web archive with a line without end": (
        " = The otter of the lower",
        "a.warc: damaged after record 1 (Invalid WARC record, first line: xxxxx",
    ),
    "a web archive with an address that runs": ("a.warc: 1 of its 1 records are no pages, such as pictures",),
}
"""How the title and the text of each article begin, and each remark."""


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", FURTHER)
def test_what_each_gives(name: str, tmp_path: Path) -> None:
    file, data = FURTHER[name]
    path = tmp_path / file
    path.write_bytes(data)
    found = list(read_file(File(path, file, "x", len(data)), Reading(max_unpacked=0.01)))
    told = [
        f"{item.title} = {item.text}"
        if isinstance(item, Article)
        else f"{item.path.removeprefix(f'{tmp_path}/')}: {item.reason}"
        for item in found
    ]
    assert len(told) == len(GIVES[name]), told
    for line, expected in zip(told, GIVES[name], strict=True):
        assert line.startswith(expected)
