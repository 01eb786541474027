"""Feeds: RSS and Atom entries, and XML that is hostile or none."""

from pathlib import Path

import pytest

from tests.embeddings.sources.formats.reading import read

RSS = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Daily News</title>
<link>https://daily.example/</link>
<item><title>Bridge &amp; river</title><link>https://daily.example/b</link>
<guid isPermaLink="false">d-1</guid>
<pubDate>Fri, 03 Jun 2022 23:30:00 -0500</pubDate><description>Short.</description>
<content:encoded><![CDATA[<p>The bridge <b>reopened</b>.</p><script>x()</script><p>All of it.</p>]]>
</content:encoded>
</item>
<item><title>Only a summary</title><link>https://daily.example/s</link>
<description>&lt;p&gt;The river rose.&lt;/p&gt;</description></item></channel></rss>"""
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Weekly</title><id>urn:f</id>
<entry><title>Village wins</title><id>urn:uuid:1</id><link href="https://weekly.example/w"/>
<updated>2022-09-10T08:00:00Z</updated>
<content type="html">&lt;p&gt;Two goals to one.&lt;/p&gt;</content></entry>
</feed>"""


def test_rss(tmp_path: Path) -> None:
    articles, reasons = read(tmp_path, "feed.xml", RSS.encode())
    assert not reasons
    assert [(a.id, a.title, a.text, a.url, a.date, a.source) for a in articles] == [
        (
            "d-1",
            "Bridge & river",
            "The bridge reopened.\n\nAll of it.",
            "https://daily.example/b",
            "2022-06-03",
            "Daily News",
        ),
        (
            "https://daily.example/s",
            "Only a summary",
            "The river rose.",
            "https://daily.example/s",
            None,
            "Daily News",
        ),
    ]


@pytest.mark.parametrize("name", ["feed.xml", "feed.atom", "feed.rss"])
def test_atom(name: str, tmp_path: Path) -> None:
    [article], reasons = read(tmp_path, name, ATOM.encode())
    assert not reasons
    assert (article.id, article.title, article.text) == ("urn:uuid:1", "Village wins", "Two goals to one.")
    assert (article.url, article.date, article.source) == ("https://weekly.example/w", "2022-09-10", "Weekly")


LAUGHS = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("", "no feed in it"),
        ("hello", "no feed in it"),
        ("<html><body><p>x</p></body></html>", "no feed in it"),
        ("<?xml version='1.0'?><rss version='2.0'><channel></channel></rss>", "a feed without entries"),
        ("https://daily.example/feed.xml", "no feed in it"),
        ("/etc/passwd", "no feed in it"),
    ],
)
def test_what_is_no_feed_gives_one_line(data: str, expected: str, tmp_path: Path) -> None:
    articles, [reason] = read(tmp_path, "a.xml", data.encode())
    assert not articles
    assert expected in reason


def test_entities_are_neither_fetched_nor_multiplied(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the secret")
    declared = f'<!DOCTYPE r [<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY a "ha">{LAUGHS}]>'
    for entity in ("&x;", "&i;"):
        data = RSS.replace("<rss", f"{declared}<rss").replace("Short.", entity).replace("The river", entity)
        articles, reasons = read(tmp_path, "a.xml", data.encode())
        said = " ".join([*(a.text for a in articles), *reasons])
        assert "the secret" not in said
        assert len(said) < 2000


def test_a_feed_that_is_cut_gives_what_came_before(tmp_path: Path) -> None:
    articles, reasons = read(tmp_path, "a.xml", RSS[:-60].encode())
    assert articles[0].title == "Bridge & river"
    assert "the feed is damaged" in reasons[0]


def test_a_feed_within_itself_and_lying_encodings(tmp_path: Path) -> None:
    deep = RSS.replace("Short.", "<item><description>" * 300)
    read(tmp_path, "a.xml", deep.encode())
    for data in (
        RSS.encode("utf-16"),
        RSS.replace("UTF-8", "no-such").encode(),
        RSS.encode().replace(b"river", b"\xff"),
    ):
        articles, _ = read(tmp_path, "a.xml", data)
        assert articles
