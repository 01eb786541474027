"""Web archives, written by warcio."""

import gzip
import io
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from embeddings.sources.readers.base import Reading
from tests.embeddings.sources.formats.reading import read, zipped
from tests.embeddings.sources.test_corpus import HTML


def archive(*answers: tuple[str, str, str, bytes], packed: bool = True) -> bytes:
    """A web archive of addresses, statuses, kinds and bodies."""
    data = io.BytesIO()
    writer = WARCWriter(data, gzip=packed)
    for address, status, kind, body in answers:
        heads = StatusAndHeaders(status, [("Content-Type", kind)], protocol="HTTP/1.1")
        record = writer.create_warc_record(address, "response", payload=io.BytesIO(body), http_headers=heads)
        writer.write_record(record)
        record.raw_stream.close()
    return data.getvalue()


PLAIN = HTML.replace('<link rel="canonical" href="https://news.example/bridge">', "")
ANSWERS = (
    ("https://news.example/bridge?x=1", "200 OK", "text/html; charset=utf-8", PLAIN.encode()),
    ("https://news.example/gone", "404 Not Found", "text/html", b"<html>gone</html>"),
    ("https://news.example/logo.png", "200 OK", "image/png", b"\x89PNG"),
)


@pytest.mark.parametrize("packed", [True, False])
def test_pages_of_a_web_archive(packed: bool, tmp_path: Path) -> None:
    name = "a.warc.gz" if packed else "a.warc"
    [article], [reason] = read(tmp_path, name, archive(*ANSWERS, packed=packed))
    assert (article.title, article.date, article.source) == ("Bridge reopens", "2022-06-03", "Daily")
    assert article.url == article.id == "https://news.example/bridge?x=1"
    assert "340 bolts" in article.text
    assert reason == f"{name}: 2 of its 3 records are no pages, such as pictures"


def test_a_saved_site(tmp_path: Path) -> None:
    data = zipped(
        {"archive/data.warc.gz": archive(ANSWERS[0]), "pages/pages.jsonl": '{"text": "no"}', "a": "b"}
    )
    [article], reasons = read(tmp_path, "a.wacz", data)
    assert not reasons
    assert article.title == "Bridge reopens"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "no record in it"),
        (b"hello, no archive\n", "not a web archive"),
        (gzip.compress(b"hello\n", mtime=0), "not a web archive"),
        (archive(("https://a.example/", "200 OK", "text/html", b"<html></html>")), "no article found"),
        (archive(("https://a.example/", "200 OK", "text/html", b"\0" * 500)), "full of NUL bytes"),
    ],
)
def test_hostile_archives_give_one_line(data: bytes, expected: str, tmp_path: Path) -> None:
    articles, [reason] = read(tmp_path, "a.warc.gz", data)
    assert not articles
    assert expected in reason


def test_a_bomb_stops_at_the_limit(tmp_path: Path) -> None:
    picture = ("https://a.example/p", "200 OK", "image/png", b"\0" * 9_000_000)
    _, [reason] = read(tmp_path, "a.warc.gz", archive(picture), Reading(max_unpacked=0.002))
    assert "more than 0.002 GB unpacked, left out after record 1" in reason


def test_one_that_is_cut_gives_what_came_before(tmp_path: Path) -> None:
    [article], reasons = read(tmp_path, "a.warc.gz", archive(*ANSWERS)[:-200])
    assert article.title == "Bridge reopens"
    assert reasons
