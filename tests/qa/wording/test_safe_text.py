import json

import pytest

from qa.wording.markup import element
from qa.wording.safe_text import json_text, one_line, printable

MARKS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def test_json_shows_what_would_not_be_seen() -> None:
    value = {"title": "a\u009b31m\u007f\u202eb\u2028\u200f", "text": "naïve “œ” 日本 👍"}
    text = json_text(value)
    assert json.loads(text) == value
    assert r"a\u009b31m\u007f\u202eb\u2028\u200f" in text
    assert "naïve “œ” 日本 👍" in text
    assert all(character.isprintable() or character == "\n" for character in text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain עברית", "plain עברית"),
        ("a\u202eb", "\u2068a\u202eb\u2069"),
        ("\u2067a", "\u2068\u2067a\u2069\u2069"),
        ("a\u2069b\u202e", "\u2068ab\u202e\u2069"),
        ("\u2067a\u2069", "\u2068\u2067a\u2069\u2069"),
        ("a\u202e\nb", "\u2068a\u202e\u2069\nb"),
        ("\u009b\x1b", "\ufffd\ufffd"),
    ],
)
def test_marks_of_direction_turn_nothing_else(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.parametrize("text", [MARKS, MARKS[::-1], "\u2069" * 9, "\u2068" * 9, one_line(MARKS)])
def test_every_line_is_closed(text: str) -> None:
    depth = 0
    shown = printable(text)
    for number, character in enumerate(shown):
        depth += (character in "\u2066\u2067\u2068") - (character == "\u2069")
        assert depth > 0 or number == len(shown) - 1
    assert depth == 0


def test_on_the_page_too() -> None:
    assert element("b", "a\u202eb", "<") == "<b>\u2068a\u202eb\u2069&lt;</b>"
