"""What is taken away: whole, cited, and nothing in it but text."""

import json
from dataclasses import replace
from html.parser import HTMLParser

from embeddings.types import Article, Filter
from qa.types import Answer
from qa.web.history import notes
from qa.web.history.conversations import Asked, Conversation
from qa.web.history.reading_list import Excerpt, Pin
from qa.web.turns import Turn
from tests.qa.web.history.kept import BRIDGE, HOSTILE, TEXT, hostile, turn

AT = "2022-11-05T10:20:30+00:00"
OTHER = Article("other.md", "Another", "Ferries sail again.", None, None, "Weekly")
REFUSED = Turn("How many moons?", Filter(), error="the question is empty: ask in words")


def talk(*turns: Turn, title: str = "Storms") -> notes.Talk:
    return Conversation("id", title, AT, AT, len(turns)), [Asked(AT, one) for one in turns]


def pins() -> list[Pin]:
    answer = Answer(BRIDGE, 0, 38, 1)
    excerpts = [
        Excerpt("When?", BRIDGE, 0, 38, answer),
        Excerpt("How?", OTHER, 0, 19, None),
        Excerpt("Who?", BRIDGE, 39, 68, None),
    ]
    return [Pin(number, AT, excerpt) for number, excerpt in enumerate(excerpts, 1)]


class Seen(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_conversation_in_markdown() -> None:
    made = notes.conversations_markdown([talk(turn(), REFUSED)])
    assert made.startswith("# Storms\n\n## When did the bridge fall?\n\n*5 November 2022, 10:20 UTC*\n")
    assert "\n**at dawn**\n" in made
    assert "\n> The old bridge at Marlow fell at dawn. [1]\n" in made
    assert "\n2. “Nobody was hurt in the storm.” [1]\n" in made
    assert "2 articles say “at dawn”" in made
    assert "Only since 1 January 2022; Daily" in made
    assert "\n## How many moons?\n" in made
    assert "The question is empty: ask in words." in made
    assert made.endswith(
        "## Sources\n\n1. Storm takes a bridge, Daily, 3 November 2022, https://news.example/a\n"
    )


def test_a_reading_list_is_a_cited_note() -> None:
    made = notes.reading_markdown(pins())
    assert "> The old bridge at Marlow fell at dawn. [1]\n\nOn the question: When?\n" in made
    assert "> Ferries sail again. [2]\n" in made
    assert "> Nobody was hurt in the storm. [1]\n" in made
    assert made.endswith("/a\n2. Another, Weekly\n")
    html = Seen(notes.reading_html(pins()))
    assert html.tags.count("blockquote") == 3
    assert html.tags.count("mark") == 1
    assert html.tags.count("li") == 2
    assert html.links == ["https://news.example/a"]
    assert "Ferries sail again. [2]" in html.text


def test_pages_stand_beside_the_number_of_the_source() -> None:
    paged = replace(BRIDGE, pages=(0, 39))
    [pin, *_] = pins()
    pinned = replace(pin, excerpt=replace(pin.excerpt, article=paged, answer=None))
    assert "> The old bridge at Marlow fell at dawn. [1, p. 2]\n" in notes.reading_markdown([pinned])
    assert "fell at dawn. [1, p. 2]" in Seen(notes.reading_html([pinned])).text
    assert json.loads(notes.reading_json([pinned]))["pins"][0]["pages"] == [2, 2]
    assert "“The old bridge" in (made := notes.conversations_markdown([talk(turn(article=paged))]))
    assert "the storm.” [1, pp. 2-3]\n2. “Nobody was hurt in the storm.” [1, p. 3]\n" in made


def test_json_holds_everything() -> None:
    [told] = json.loads(notes.conversations_json([talk(turn(), REFUSED)]))["conversations"]
    assert (told["title"], told["created"], told["questions"]) == ("Storms", AT, 2)
    asked, refused = told["turns"]
    of = turn()
    assert of.result
    assert asked["result"] == of.result.to_json()
    assert asked["narrow"]["sources"] == ["Daily"]
    assert (refused["result"], refused["error"]) == (None, REFUSED.error)
    listed = json.loads(notes.reading_json(pins()))["pins"]
    assert [pin["text"] for pin in listed] == [TEXT[:38], "Ferries sail again.", TEXT[39:]]
    assert listed[0]["answer"]["end"] == 38
    assert listed[1]["article"] == {
        "id": "other.md",
        "title": "Another",
        "url": None,
        "date": None,
        "source": "Weekly",
    }


def test_hostile_text_stays_text() -> None:
    seen = Seen(notes.conversations_html([talk(hostile(), title=HOSTILE)], HOSTILE))
    assert set(seen.tags) <= set(
        "html head meta title style body h1 h2 p em strong blockquote mark ol li".split()
    )
    assert seen.links == []
    assert "<script>x=1</script>" in seen.text
    made = notes.conversations_markdown([talk(hostile(), title=HOSTILE)])
    assert "<script" not in made.replace("\\<script", "")
    assert "](javascript" not in made.replace("\\](javascript", "")
    assert "javascript:alert(1)\n" not in made.split("## Sources")[1]
