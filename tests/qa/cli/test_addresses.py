"""Addresses as sources: fetched only where they are named, remembered, and removed like others."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

import embeddings.build.preview
from embeddings.backends.open import store
from embeddings.build.report import Report
from embeddings.build.watch import watch
from embeddings.encoders.models import DEFAULT_MODEL
from embeddings.errors import QAError
from embeddings.sources.fetch.lists import listed
from embeddings.types import Skipped
from qa.cli import main as cli
from qa.web.updates import rebuilt
from tests.embeddings.build.test_watch import wait_for
from tests.fakes import WordEncoder, load_with
from tests.web import Web, feed, page, serving

LONG = "The old bridge reopened on Friday after nine months of repairs, and 340 bolts were replaced. " * 14


@pytest.fixture(autouse=True)
def _fake_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    load_with(monkeypatch, WordEncoder)
    monkeypatch.setattr("embeddings.build.watch.load_encoder", WordEncoder)
    monkeypatch.setattr("embeddings.sources.fetch.client.PAUSE", 0.0)
    monkeypatch.setattr("qa.answer.load_reader.prepare_reader", lambda *_: None)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def web() -> Iterator[Web]:
    with serving() as web:
        web.put("/a", page("Bridge", LONG))
        web.put("/b", page("Ferry", LONG + "No ferry."))
        entries = [{"title": name, "link": f"/{name}", "description": "Short."} for name in "ab"]
        web.put("/feed.xml", feed(*entries), Content_Type="text/xml")
        yield web


def run(capsys: pytest.CaptureFixture[str], *arguments: object, status: int = 0) -> tuple[str, str]:
    assert cli.main([str(argument) for argument in arguments]) == status
    out, err = capsys.readouterr()
    return out, err


def ids() -> set[str]:
    with store(".qa").look() as (_, catalog):
        return {article.id for article in catalog.headings()}


def test_only_what_is_named_is_fetched(
    web: Web, sources: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, one = web.address + "/feed.xml", web.address + "/a"
    run(capsys, "index", address, "--allow-private")
    assert ids() == {one, web.address + "/b"}
    asked = len(web.asked)
    run(capsys, "add", "articles")
    assert len(ids()) == 5
    rebuilt(".qa", lambda *_, **__: None)
    monkeypatch.setattr(
        embeddings.build.preview, "fingerprint", lambda _: WordEncoder(DEFAULT_MODEL).fingerprint
    )
    out, _ = run(capsys, "index", address, "articles", "https://news.example/", "--dry-run")
    assert "skipped https://news.example/: not fetched yet: `qa add https://news.example/` does" in out
    assert "would hold 5 articles (5 unchanged)" in out
    run(capsys, "remove", one)
    assert len(ids()) == 4
    assert len(web.asked) == asked, "nothing was fetched"
    assert run(capsys, "sources")[0] == (
        f"{address} --allow-private (without 1 removed articles)\n{sources} (without 1 removed articles)\n"
    )
    _, err = run(capsys, "index", "articles")
    assert err.startswith(f"qa: 1 article of {address} would be removed: use `qa add` to keep them\n")


def test_an_address_is_removed(web: Web, sources: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "index", "articles")
    run(capsys, "add", web.address + "/a#top", web.address + "/b", "--allow-private")
    assert len(ids()) == 5
    run(capsys, "remove", web.address + "/a#more")
    run(capsys, "remove", web.address + "/b")
    assert len(ids()) == 3
    assert run(capsys, "sources")[0] == f"{sources}\n"
    [left] = Path(".qa/fetched").iterdir()
    assert "-b-" in left.name, "the generation before has it"


def test_one_that_cannot_be_fetched(web: Web, capsys: pytest.CaptureFixture[str]) -> None:
    missing = web.address + "/missing"
    _, err = run(capsys, "index", missing, "--allow-private", status=1)
    assert err.endswith(f"qa: nothing was fetched: {missing}: it is not there (404)\n")
    out, err = run(capsys, "index", missing, web.address + "/a", "--allow-private")
    assert f"skipped {missing}: it is not there (404)\n" in out
    assert f"fetched: {web.address}/a\n" in err
    assert f"not fetched: {missing}\n" in err
    _, err = run(capsys, "add", web.address + "/b")
    assert "skipped" not in err
    out, err = run(capsys, "add", status=2)
    assert "name a SOURCE, or a file of addresses by --addresses" in err


def test_files_of_addresses(web: Web, capsys: pytest.CaptureFixture[str]) -> None:
    links = Path("links.txt")
    links.write_text(f"# Bridges\n{web.address}/a\n\nnothing\n{web.address}/a#again\n")
    Path("feeds.opml").write_text(
        f'<opml version="2.0"><body><outline text="News"><outline xmlUrl="{web.address}/feed.xml"/>'
        "</outline></body></opml>"
    )
    _, err = run(capsys, "index", "feeds.opml", status=1)
    assert "feeds.opml is a list of feeds: `--addresses feeds.opml` fetches them" in err
    out, _ = run(capsys, "index", "--addresses", links, "--allow-private")
    assert "skipped links.txt:4: nothing is no address: expected one that begins with https://\n" in out
    assert ids() == {web.address + "/a"}
    run(capsys, "add", "--addresses", "feeds.opml", "--allow-private")
    assert ids() == {web.address + "/a", web.address + "/b"}
    assert run(capsys, "sources")[0] == (
        f"{links.absolute()} --addresses --allow-private\n"
        f"{Path('feeds.opml').absolute()} --addresses --allow-private\n"
    )
    links.write_text(f"{web.address}/a\n{web.address}/b\n")
    run(capsys, "remove", "feeds.opml")
    out, _ = run(capsys, "add", "--addresses", links, "--allow-private")
    assert ids() == {web.address + "/a", web.address + "/b"}


def test_lists_are_no_articles(web: Web, sources: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (sources / "links.txt").write_text("https://news.example/a\nhttps://news.example/b\n")
    bookmarks = sources / "bookmarks.html"
    bookmarks.write_text(
        "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<TITLE>Bookmarks</TITLE><DL><p>\n"
        '<DT><A HREF="https://news.example/a" ADD_DATE="1">A</A>\n<DT><A HREF="place:sort=8">Old</A>\n'
        '<DT><A HREF="https://news.example/c?d=1&amp;e=2">C</A></DL>\n'
    )
    out, _ = run(capsys, "index", "articles")
    assert "skipped articles/links.txt: nothing but addresses: named after --addresses" in out
    assert "skipped articles/bookmarks.html: bookmarks of a browser: named after --addresses" in out
    assert list(listed(bookmarks)) == ["https://news.example/a", "https://news.example/c?d=1&e=2"]
    assert list(listed(sources / "links.txt")) == ["https://news.example/a", "https://news.example/b"]
    assert [type(one) for one in listed(sources / "flood.txt")] == [Skipped] * 3


@pytest.mark.parametrize(("every", "changed"), [(0.0, 0), (0.3, 1)])
def test_watch_fetches_every_so_often(
    every: float, changed: int, web: Web, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "index", web.address + "/a", "--allow-private")
    web.put("/a", page("Bridge", f"{LONG} It was closed again."))
    asked = len(web.asked)
    said: list[Report | QAError] = []
    stop = Event()
    thread = Thread(target=watch, args=(".qa", said.append, every, stop))
    thread.start()
    try:
        wait_for(
            lambda: sum(isinstance(one, Report) and one.changed for one in said) == changed and bool(said)
        )
    finally:
        stop.set()
        thread.join(100)
    assert (len(web.asked) > asked) == bool(every)


def test_what_is_fetched_lies_in_the_index_and_is_read_once(
    web: Web, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path("here")
    folder.mkdir()
    (folder / "note.txt").write_text("A note about the bridge.")
    run(capsys, "index", folder, web.address + "/a", "--allow-private", "--index", folder / "kept")
    out, _ = run(capsys, "index", folder, web.address + "/a", "--allow-private", "--index", folder / "kept")
    assert "2 articles (2 unchanged)" in out
    shutil.rmtree(folder / "kept")
