"""E-books: chapters, what they say of themselves, and what is no book."""

from pathlib import Path

import pytest

from tests.embeddings.sources.formats.reading import changed, read, zipped

CONTAINER = """<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="OEBPS/content.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>"""
OPF = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="i">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The Flood</dc:title>
<dc:creator>Ines Prat</dc:creator><dc:publisher>Mill Press</dc:publisher><dc:date>2019-04-02</dc:date>
</metadata>
<manifest><item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="c" href="cover.xhtml" media-type="application/xhtml+xml"/>
<item id="one" href="text/one%201.xhtml" media-type="application/xhtml+xml"/>
<item id="two" href="text/two.xhtml" media-type="application/xhtml+xml"/></manifest>
<spine><itemref idref="c"/><itemref idref="nav"/><itemref idref="one"/><itemref idref="two"/></spine>
</package>"""
PAGE = """<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title><style>p {}</style></head>
<body>%s</body></html>"""
ONE = (
    PAGE % "<h1>The <i>night</i></h1><p>The river&nbsp;rose by<br/>two metres.</p>"
    "<div>It <b>fell</b><p>later.</p></div>"
)
TWO = PAGE % "<h2>After</h2><table><tr><td><p>Street</p></td><td>Depth</td></tr></table><script>x()</script>"
BOOK = zipped(
    {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OEBPS/content.opf": OPF,
        "OEBPS/nav.xhtml": PAGE % "<nav>One Two</nav>",
        "OEBPS/cover.xhtml": PAGE % "<p>Cover</p>",
        "OEBPS/text/one 1.xhtml": ONE,
        "OEBPS/text/two.xhtml": TWO,
    }
)


def test_each_chapter_is_an_article(tmp_path: Path) -> None:
    articles, reasons = read(tmp_path, "a.epub", BOOK)
    assert not reasons
    assert [(a.id, a.title, a.date, a.source) for a in articles] == [
        ("a.epub:2", "The Flood: The night", "2019-04-02", "Mill Press"),
        ("a.epub:3", "The Flood: After", "2019-04-02", "Mill Press"),
    ]
    assert articles[0].text == "The river rose by\n\ntwo metres.\n\nIt fell\n\nlater."
    assert articles[1].text == "Street | Depth"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"hello", "not an e-book"),
        (zipped({"mimetype": "application/epub+zip"}), "list of chapters is missing"),
        (changed(BOOK, {"OEBPS/content.opf": OPF.replace("<spine>", "<spine><itemref")}), "damaged"),
        (changed(BOOK, {"OEBPS/content.opf": OPF.partition("<spine>")[0] + "</package>"}), "no text in it"),
        (changed(BOOK, {"META-INF/encryption.xml": '<r URI="OEBPS/text/one 1.xhtml"/>'}), "DRM"),
        (
            changed(
                BOOK, {"META-INF/container.xml": '<!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/x">]><c/>'}
            ),
            "declares entities",
        ),
    ],
)
def test_hostile_books_give_one_line(data: bytes, expected: str, tmp_path: Path) -> None:
    articles, [reason] = read(tmp_path, "a.epub", data)
    assert not articles
    assert expected in reason


def test_a_chapter_that_is_missing_or_a_bomb_does_not_hide_the_others(tmp_path: Path) -> None:
    bomb = changed(BOOK, {"OEBPS/text/one 1.xhtml": "<p>" + "a" * 60_000_000})
    [article], [reason] = read(tmp_path, "a.epub", bomb)
    assert article.title == "The Flood: After"
    assert "nothing but repetition" in reason
    [article], [reason] = read(
        tmp_path, "b.epub", changed(BOOK, {"OEBPS/content.opf": OPF.replace("two.x", "gone.x")})
    )
    assert article.title == "The Flood: The night"
    assert reason == "b.epub:3: the chapter OEBPS/text/gone.xhtml is missing from the book"


def test_entities_of_a_chapter_stay_folded(tmp_path: Path) -> None:
    chapter = (
        '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/hostname">]><html><body><h1>H</h1><p>a &x; b</p>'
    )
    articles, _ = read(tmp_path, "a.epub", changed(BOOK, {"OEBPS/text/two.xhtml": chapter}))
    assert "a &x; b" in articles[1].text
