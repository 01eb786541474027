"""What is fetched is kept: feeds grow, nothing is asked for twice, and nothing is lost."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from embeddings.build.build import build_index
from embeddings.build.options import BuildOptions
from embeddings.build.report import Report
from embeddings.sources.fetch import kept
from embeddings.sources.fetch.fetch import fetch
from embeddings.sources.readers.base import Reading
from embeddings.sources.source import Source
from embeddings.types import Article
from tests.fakes import WordEncoder
from tests.opened import open_index
from tests.web import Web, answer, feed, page, serving

LONG = "The old bridge reopened on Friday after nine months of repairs, and 340 bolts were replaced. " * 14
SHORT = "The bridge has reopened."
PRIVATE = Reading(allow_private=True)


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embeddings.sources.fetch.client.PAUSE", 0.0)


@pytest.fixture
def web() -> Iterator[Web]:
    with serving() as web:
        yield web


def built(tmp_path: Path, address: str, fetched: bool = True) -> tuple[Report, dict[str, Article]]:
    """What a build from `address` reported, and the articles that it indexed."""
    fetch = (address,) if fetched else ()
    options = BuildOptions(encoder=WordEncoder(), reading=PRIVATE, fetch=fetch)
    report = build_index([address], tmp_path / "qa", options)
    index = open_index(tmp_path / "qa", WordEncoder())
    return report, {article.id: article for article in index.catalog.all_articles()}


def put_feed(web: Web, *entries: dict[str, str]) -> str:
    return web.put("/feed.xml", feed(*entries), Content_Type="application/rss+xml")


def test_a_page_is_asked_for_again_only_if_it_is_newer(web: Web, tmp_path: Path) -> None:
    address = web.put("/a", page("Bridge", LONG), ETag='"one"', Last_Modified="Thu, 03 Nov 2022 10:00:00 GMT")
    built(tmp_path, address)
    report, articles = built(tmp_path, address)
    assert not report.published
    assert web.headers[-1]["If-None-Match"] == '"one"'
    assert web.headers[-1]["If-Modified-Since"] == "Thu, 03 Nov 2022 10:00:00 GMT"
    web.put("/a", page("Bridge", LONG + "It was closed again."), ETag='"two"')
    assert "closed again" in built(tmp_path, address)[1][address].text
    assert len(list((tmp_path / "qa" / "fetched").rglob("*.html"))) == 1
    assert articles[address].url == address
    assert articles[address].source == "127.0.0.1"


def test_what_was_kept_stays_where_nothing_better_comes(web: Web, tmp_path: Path) -> None:
    address = web.put("/a", page("Bridge", LONG))
    text = built(tmp_path, address)[1][address].text
    for behaviour, reason in (
        (answer("", 404), "it is not there (404)"),
        (answer("<html><form></form></html>"), "no article was found in it (no article found in the page)"),
    ):
        web.put("/a", behaviour)
        report, articles = built(tmp_path, address)
        assert articles[address].text == text
        [one] = report.skipped
        assert (one.path, one.reason) == (address, f"{reason}; what was fetched on {kept.today()} is read")


def test_without_a_network_the_index_is_built_from_what_is_kept(tmp_path: Path) -> None:
    with serving() as web:
        address = put_feed(web, {"title": "Bridge", "link": "/a", "description": SHORT})
        page_address = web.put("/a", page("Bridge", LONG))
        _, before = built(tmp_path, address)
        asked = len(web.asked)
        report, articles = built(tmp_path, address, fetched=False)
        assert (articles, len(web.asked)) == (before, asked)
        assert not report.skipped
    report, articles = built(tmp_path, address)
    assert articles == before
    assert list(before) == [page_address]
    [one] = report.skipped
    assert one.path == address
    assert one.reason.startswith("127.0.0.1 cannot be reached")
    assert one.reason.endswith("is read")


def test_a_feed_grows(web: Web, tmp_path: Path) -> None:
    whole = {"title": "Whole", "link": "/whole", "description": LONG, "pubDate": "Thu, 03 Nov 2022 10:00 GMT"}
    part = {"title": "Part", "link": "/part", "description": SHORT, "pubDate": "Fri, 04 Nov 2022 10:00 GMT"}
    web.put("/part", page("The whole story", LONG))
    address = put_feed(web, whole, part, {"title": "Linkless", "description": "Only here."})
    _, articles = built(tmp_path, address)
    assert {a.title: (a.url, a.date, a.source, len(a.text) > 1_000) for a in articles.values()} == {
        "Whole": (web.address + "/whole", "2022-11-03", "The Daily", True),
        "The whole story": (web.address + "/part", "2022-11-04", "The Daily", True),
        "Linkless": (None, None, "The Daily", False),
    }
    assert "/whole" not in web.asked
    asked = len(web.asked)
    put_feed(web, {"title": "New", "link": "/new", "description": SHORT})
    report, articles = built(tmp_path, address)
    assert (report.added, report.unchanged) == (1, 3)
    assert articles[web.address + "/new"].text == SHORT
    assert web.asked[asked:] == ["/robots.txt", "/feed.xml", "/new"]
    [one] = report.skipped
    assert one.reason == (
        "a page that it links was not fetched, what is known of them is read "
        f"({web.address}/new: it is not there (404))"
    )
    assert not built(tmp_path, address)[0].skipped, "it is not asked for again"
    assert web.asked[-1] == "/feed.xml"


def test_an_entry_is_fetched_again_when_the_feed_says_something_else(web: Web, tmp_path: Path) -> None:
    web.put("/a", page("Bridge", LONG), ETag='"1"')
    built(tmp_path, put_feed(web, {"title": "Bridge", "link": "/a", "description": SHORT}))
    address = put_feed(web, {"title": "Bridge", "link": "/a", "description": "It was closed again."})
    built(tmp_path, address)
    assert web.headers[-1]["If-None-Match"] == '"1"'
    web.put("/a", page("Bridge", LONG + "It was closed again."), ETag='"2"')
    put_feed(web, {"title": "Bridge closed", "link": "/a", "description": "It was closed again."})
    closed = built(tmp_path, address)[1][web.address + "/a"].text
    assert len(closed) > 1_000
    assert closed.endswith("closed again.")
    web.put("/a", answer("", 404))
    put_feed(web, {"title": "Bridge", "link": "/a", "description": "Still closed."})
    report, articles = built(tmp_path, address)
    assert articles[web.address + "/a"].text == closed
    assert "it is not there (404)" in report.skipped[0].reason


def test_pages_that_fail_for_now_are_tried_again(
    web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.sources.fetch.feed_pages.PAGES", 2)
    entries = [{"title": f"{n}", "link": f"/{n}", "description": SHORT} for n in range(3)]
    web.put("/0", answer("", 500))
    for n in (1, 2):
        web.put(f"/{n}", page("Bridge", LONG))
    address = put_feed(web, *entries)
    report, articles = built(tmp_path, address)
    assert [len(articles[f"{web.address}/{n}"].text) > 1_000 for n in range(3)] == [False, True, False]
    assert "2 pages that it links were not fetched" in report.skipped[0].reason
    web.put("/0", page("Bridge", LONG))
    report, articles = built(tmp_path, address)
    assert all(len(article.text) > 1_000 for article in articles.values())
    assert not report.skipped


def test_links_that_lead_nowhere(web: Web, tmp_path: Path) -> None:
    links = ("javascript:alert(1)", "file:///etc/passwd", "http://[::1", "/" + "x" * 3_000, "/self")
    web.put("/self", feed({"title": "Again", "link": "/self", "description": SHORT}), Content_Type="text/xml")
    address = put_feed(web, *({"title": f"{n}", "link": link} for n, link in enumerate(links)))
    report, articles = built(tmp_path, address)
    assert sorted(article.title for article in articles.values()) == ["0", "1", "2", "3", "4"]
    assert web.asked == ["/robots.txt", "/feed.xml", "/self"]
    assert "it is a feed itself" in report.skipped[0].reason
    assert {article.url for article in articles.values()} == {None, web.address + "/self"}


def test_a_page_may_not_pass_for_one_of_another_host(web: Web, tmp_path: Path) -> None:
    for path, canonical, url in (
        ("/a?from=feed", "/a", "/a"),
        ("/b", "https://www.famous.example/b", "/b"),
    ):
        link = canonical if "//" in canonical else web.address + canonical
        head = f'<link rel="canonical" href="{link}">'
        address = web.put(path, page("Bridge", LONG, head))
        assert built(tmp_path, address)[1][address].url == web.address + url


def test_an_interruption_loses_nothing(web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = web.put("/a", page("Bridge", LONG))
    _, before = built(tmp_path, address)
    web.put("/a", page("Bridge", LONG + "New."))
    write = kept._write

    def interrupted(path: Path, data: bytes) -> None:
        if path.suffix == ".json":
            raise KeyboardInterrupt
        write(path, data)

    monkeypatch.setattr(kept, "_write", interrupted)
    with pytest.raises(KeyboardInterrupt, match=r"the index in .* stays as it was"):
        built(tmp_path, address)
    monkeypatch.setattr(kept, "_write", write)
    assert built(tmp_path, address, fetched=False)[1] == before
    assert built(tmp_path, address)[1][address].text.endswith("New.")
    assert len(list((tmp_path / "qa" / "fetched").rglob("*.html"))) == 1


@pytest.mark.parametrize(
    "forged",
    [
        {"file": "../../../secret.txt"},
        {"file": "/etc/passwd"},
        {"file": "named.0123456789abcdef.html"},
        {"etag": "a\r\nX: y"},
        {"etag": 7},
        {"more": ""},
    ],
)
def test_a_record_that_somebody_forged_is_none(forged: dict[str, object], web: Web, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("Secret.")
    address = web.put("/a", page("Bridge", LONG))
    fetch([Source(address, PRIVATE)], tmp_path)
    record = kept.named_record(kept.folder_of(tmp_path, address))
    assert kept.read(record)
    record.write_text(json.dumps(json.loads(record.read_text()) | forged))
    assert kept.read(record) is None
    record.write_text("{")
    assert kept.read(record) is None


def test_what_no_source_names_goes_with_its_generation(web: Web, tmp_path: Path) -> None:
    one, two = (web.put(f"/{name}", page(name, LONG + name)) for name in ("one", "two"))
    place = tmp_path / "qa"
    options = BuildOptions(encoder=WordEncoder(), reading=PRIVATE, fetch=(one, two))
    build_index([one, two], place, options)
    folders = {address: kept.folder_of(place, address) for address in (one, two)}
    build_index([one], place, BuildOptions(encoder=WordEncoder(), reading=PRIVATE))
    assert folders[two].is_dir(), "`qa index --rollback` may need it"
    web.put("/one", page("one", LONG + "New."))
    built(tmp_path, one)
    assert folders[one].is_dir()
    assert not folders[two].exists()
