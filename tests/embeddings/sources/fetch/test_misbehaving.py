"""Servers that misbehave cost one clear line each; what the others gave is indexed."""

import gzip
import shutil
import ssl
import subprocess
import time
from http.server import BaseHTTPRequestHandler
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from threading import Event, Timer

import pytest

from embeddings.build.build import build_index
from embeddings.build.options import BuildOptions
from embeddings.build.report import Report
from embeddings.errors import QAError
from embeddings.sources.fetch.fetch import fetch
from embeddings.sources.fetch.network import Unfetched
from embeddings.sources.fetch.request import request
from embeddings.sources.readers.base import Reading
from embeddings.sources.source import Source
from tests.fakes import WordEncoder
from tests.opened import open_index
from tests.web import Behaviour, Web, answer, page, raw, serving

TEXT = "The old bridge reopened on Friday after nine months of repairs, and 340 bolts were replaced. " * 3
PRIVATE = Reading(allow_private=True)
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embeddings.sources.fetch.request.LARGEST", 200_000)
    monkeypatch.setattr("embeddings.sources.fetch.client.PAUSE", 0.0)


def built(tmp_path: Path, *addresses: str, reading: Reading = PRIVATE) -> tuple[Report, dict[str, str]]:
    """What a build from these addresses reported, and the texts that it indexed."""
    options = BuildOptions(encoder=WordEncoder(), reading=reading, fetch=addresses)
    report = build_index(addresses, tmp_path / "qa", options)
    index = open_index(tmp_path / "qa", WordEncoder())
    return report, {article.id: article.text for article in index.catalog.all_articles()}


def again_and_again(piece: bytes, pause: float, before: bytes = b"") -> Behaviour:
    def give(to: BaseHTTPRequestHandler) -> None:
        to.wfile.write(before)
        until = time.monotonic() + 20
        while time.monotonic() < until:
            to.wfile.write(piece)
            to.wfile.flush()
            time.sleep(pause)

    return give


def moved(to: str, status: int = 302) -> Behaviour:
    return answer("", status, Location=to)


BOMB = gzip.compress(bytes(50_000_000))
MISBEHAVIOURS: dict[str, tuple[Behaviour, str]] = {
    "an endless body": (again_and_again(b"x" * 65_536, 0, OK + b"\r\n"), "more than 0.2 MB"),
    "endless headers": (
        again_and_again(b"X: y\r\n" * 5_000, 0, OK),
        "HOST broke off (Receive buffer too long)",
    ),
    "too long a length": (
        raw(OK + b"Content-Length: 500\r\n\r\nhello"),
        "HOST broke off (peer closed connection without sending complete message body "
        "(received 5 bytes, expected 500))",
    ),
    "a length beyond the limit": (raw(OK + b"Content-Length: 300000\r\n\r\n"), "more than 0.2 MB"),
    "a chunk that ends too soon": (
        raw(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhel"),
        "HOST broke off (peer closed connection without sending complete message body "
        "(incomplete chunked read))",
    ),
    "a gzip bomb": (answer(BOMB, Content_Encoding="gzip"), "more than 0.2 MB"),
    "gzip that is none": (
        answer("hello", Content_Encoding="gzip"),
        "what was packed is damaged (Error -3 while decompressing data: incorrect header check)",
    ),
    "gzip that breaks off": (
        answer(gzip.compress(TEXT.encode())[:-9], Content_Encoding="gzip"),
        "the server broke off before the end",
    ),
    "brotli that nobody asked for": (
        answer("hello", Content_Encoding="br"),
        "it is packed as was not asked for (br)",
    ),
    "a loop": (moved("/"), "more than 5 redirects"),
    "a redirect to a file": (
        moved("file:///etc/passwd"),
        "it redirects to what is not fetched: file:/etc/passwd begins with file: "
        "only http and https are fetched",
    ),
    "a redirect to nowhere": (
        moved("http://\x01/"),
        "it redirects to what is not fetched: Invalid non-printable ASCII character in URL, "
        "'\\x01' at position 7.",
    ),
    "a redirect without end": (
        moved("/" + "x" * 3_000),
        "it redirects to an address of more than 2,000 characters",
    ),
    "headers that are none": (
        raw(b"HTTP/1.1 200 OK\r\nBad Header: x\r\n\r\nhello"),
        "HOST broke off (illegal header line: bytearray(b'Bad Header: x'))",
    ),
    "no HTTP at all": (
        raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"),
        "HOST broke off (illegal status line: bytearray(b'SSH-2.0-OpenSSH_9.6'))",
    ),
    "404": (answer("", 404), "it is not there (404)"),
    "403": (answer("", 403), "the server does not give it to us (403)"),
    "429": (answer("", 429), "the server asks to come later (429)"),
    "500": (answer("", 500), "the server answers 500"),
    "a picture": (
        answer("\x89PNG", Content_Type="image/png"),
        "it is of a kind that is not read (image/png)",
    ),
    "XML that is no feed": (
        answer("<?xml version='1.0'?><map/>", Content_Type="text/xml"),
        "it is XML, but no feed",
    ),
    "a wall": (
        answer("<html><body><form><input name='user'></form></body></html>"),
        "no article was found in it (no article found in the page)",
    ),
    "nothing": (answer(""), "no article was found in it (no article found in the page)"),
}


def test_each_costs_a_line_and_the_others_are_indexed(tmp_path: Path) -> None:
    with serving("0.0.0.0") as web:
        port = web.address.rpartition(":")[2]
        addresses = {}
        for number, (name, (behaviour, _)) in enumerate(MISBEHAVIOURS.items(), 1):
            path = "/" + "".join(c if c.isalnum() else "-" for c in name)
            web.pages[path] = moved(path) if name == "a loop" else behaviour
            addresses[name] = f"http://127.0.1.{number}:{port}{path}"
        web.put("/good", page("Bridge reopens", TEXT))
        good = [f"http://127.0.2.{number}:{port}/good" for number in (1, 2)]
        report, texts = built(tmp_path, good[0], *addresses.values(), good[1])
        web.over.set()
    assert texts.keys() == set(good)
    expected = {
        address: MISBEHAVIOURS[name][1].replace("HOST", address.split("/")[2].partition(":")[0])
        for name, address in addresses.items()
    }
    assert {one.path: one.reason for one in report.skipped} == expected


def test_servers_that_are_slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embeddings.sources.fetch.request.SECONDS", 2.5)
    monkeypatch.setattr("embeddings.sources.fetch.request.SILENCE", 2.0)
    slow: dict[str, tuple[Behaviour, str]] = {
        "body": (again_and_again(b"x", 0.05, OK + b"\r\n"), "it took more than 2.5 seconds"),
        "header": (again_and_again(b"x", 0.05, OK + b"X: "), "it took more than 2.5 seconds"),
        "silence": (lambda _: time.sleep(4), "127.0.1.3 says nothing for 2 seconds"),
    }
    with serving("0.0.0.0") as web:
        port = web.address.rpartition(":")[2]
        reasons = {}
        for number, (name, (behaviour, reason)) in enumerate(slow.items(), 1):
            web.put(f"/{name}", behaviour)
            reasons[f"http://127.0.1.{number}:{port}/{name}"] = reason
        assert fetch([Source(address, PRIVATE) for address in reasons], tmp_path) == reasons


def test_what_is_odd_but_right(tmp_path: Path) -> None:
    russian = "Мост снова открыт после девяти месяцев ремонта, сообщил инженер. " * 5
    with serving() as web:
        addresses = {
            web.put("/untold", page("Bridge", TEXT), Content_Type=""): "340 bolts",
            web.put("/text", TEXT, Content_Type="text/plain"): "340 bolts",
            web.put("/zipped", gzip.compress(page("Bridge", TEXT).encode()), Content_Encoding="gzip"): "340",
            web.put(
                "/told", page("Мост", russian).encode("cp1251"), Content_Type="text/html; charset=cp1251"
            ): "сообщил инженер",
            web.put(
                "/lied", page("Café", "Le café rouvrira à Noël, dit la mairie. " * 9).encode("cp1252"),
                Content_Type="text/html; charset=utf-8",
            ): "café rouvrira à Noël",
            web.put("/absurd", page("Bridge", TEXT), Content_Type="text/html; charset=no-such"): "340 bolts",
            web.put("/%C3%A9%22%3Cb%3E?a=%0D%0AX:%20y", page("Bridge", TEXT)): "340 bolts",
        }  # fmt: skip
        report, texts = built(tmp_path, *addresses)
    assert not report.skipped
    for address, words in addresses.items():
        assert words in texts[address], address


def test_addresses_that_are_none(tmp_path: Path) -> None:
    for wrong, why in (
        ("ftp://news.example/a", "begins with ftp: only http and https are fetched"),
        ("http://user:secret@news.example/", "an address with a password in it is not taken"),
        ("http:///a", "names no host"),
        ("http://news.example:port/", "is no address"),
        ("http://0177.0.0.1/", "is no address"),
        ("http://news.example/a\r\nX: y", "is no address"),
        ("http://news.example/" + "x" * 2_000, "is an address of more than 2,000 characters"),
    ):
        with pytest.raises(QAError, match=why) as error:
            built(tmp_path, wrong)
        assert "secret" not in str(error.value)
    assert not (tmp_path / "qa").exists()


def robots(web: Web, behaviour: Behaviour | str) -> None:
    web.put("/robots.txt", behaviour, Content_Type="text/plain")


def test_robots_txt(tmp_path: Path) -> None:
    with serving() as web:
        robots(web, "User-agent: *\nDisallow: /\nUser-agent: article-qa\nDisallow: /private/*.html$\n")
        closed = web.put("/private/a.html", page("Bridge", TEXT))
        to_closed = web.put("/moved", moved("/private/a.html"))
        opened = web.put("/private/a.html?all", page("Bridge", TEXT))
        report, texts = built(tmp_path, closed, to_closed, opened)
        assert list(texts) == [opened]
        host = web.address.removeprefix("http://")
        why = f"the robots.txt of {host} forbids it: save the page, and name its file"
        assert {one.path: one.reason for one in report.skipped} == {closed: why, to_closed: why}
        assert web.asked == ["/robots.txt", "/moved", "/private/a.html?all"]
        assert {asked["User-Agent"] for asked in web.headers} == {f"article-qa/{version('article-qa')}"}
        assert not any("Cookie" in asked or "Referer" in asked for asked in web.headers)


def test_robots_txt_that_misbehaves(tmp_path: Path) -> None:
    with serving("127.0.0.1") as endless, serving("127.0.0.2") as broken:
        line = b"User-agent: *\nDisallow: /b\n"
        robots(endless, again_and_again(line * 9_000, 0, OK + b"\r\n"))
        robots(broken, answer("", 500))
        good = endless.put("/good", page("Bridge", TEXT))
        forbidden = endless.put("/bad", page("Bridge", TEXT))
        others = [broken.put(path, page("Bridge", TEXT)) for path in ("/a", "/b")]
        report, texts = built(tmp_path, good, forbidden, *others)
        assert list(texts) == [good]
        reasons = {one.path: one.reason for one in report.skipped}
        assert "forbids it" in reasons[forbidden]
        assert reasons[others[0]] == reasons[others[1]]
        assert reasons[others[0]].endswith(
            "/robots.txt cannot be read (500), and so nothing is fetched from there"
        )
        assert broken.asked == ["/robots.txt"]


def test_a_host_that_asks_to_wait_is_left_alone(tmp_path: Path) -> None:
    with serving() as web:
        good = web.put("/good", page("Bridge", TEXT))
        busy = web.put("/busy", answer("", 429))
        after = web.put("/after", page("Bridge", TEXT))
        report, texts = built(tmp_path, good, busy, after)
        assert list(texts) == [good]
        assert {one.path for one in report.skipped} == {busy, after}
        assert web.asked == ["/robots.txt", "/good", "/busy"]


def test_a_host_is_asked_for_one_thing_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embeddings.sources.fetch.client.PAUSE", 0.2)
    times: list[float] = []

    def give(to: BaseHTTPRequestHandler) -> None:
        times.append(time.monotonic())
        time.sleep(0.1)
        times.append(time.monotonic())
        answer(page("Bridge", TEXT))(to)

    with serving() as web:
        built(tmp_path, *(web.put(f"/{n}", give) for n in range(3)))
    assert [after - before >= 0.09 for before, after in pairwise(times)] == [True] * 5
    assert times[2] - times[1] >= 0.2


@pytest.mark.skipif(not shutil.which("openssl"), reason="makes the certificate")
def test_certificates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with serving(certificate=context) as web:
        web.put("/a", page("Bridge", TEXT))
        address = web.address.replace("127.0.0.1", "localhost") + "/a"
        with pytest.raises(
            QAError, match=r"the certificate of localhost is not valid \(self-signed certificate\)"
        ):
            built(tmp_path, address)
        trusting = ssl.create_default_context(cafile=certificate)
        monkeypatch.setattr("embeddings.sources.fetch.request._certificates", lambda: trusting)
        assert list(built(tmp_path, address)[1]) == [address]
        with pytest.raises(QAError, match=r"the certificate of 127\.0\.0\.1 is not valid"):
            build_index([web.address], tmp_path / "other", BuildOptions(
                encoder=WordEncoder(), reading=PRIVATE, fetch=(web.address,)))  # fmt: skip


def test_what_waits_ends_when_all_shall_end() -> None:
    stop = Event()
    with serving() as web:
        address = web.put("/silent", lambda _: time.sleep(8))
        Timer(0.2, stop.set).start()
        began = time.monotonic()
        with pytest.raises(Unfetched):
            request(address, stop, allow_private=True)
        assert time.monotonic() - began < 6
