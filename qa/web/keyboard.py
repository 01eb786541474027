"""What can be done by one key, and the help that says so."""

from pathlib import Path

from markupsafe import Markup

from qa.wording.markup import element

SCRIPTS = [(Path(__file__).parent / name).read_text("utf-8") for name in ("keyboard.js", "find.js")]
"""Each is run once when the page is loaded."""
_KEYS = {
    "/": "ask a question",
    "j": "next passage",
    "k": "passage before",
    "o": "open the article of the passage",
    "?": "show these keys",
    "Esc": "close what is open, or leave the field",
}


def button() -> Markup:
    """What shows the keys to those who do not know the key for it."""
    return element("button", "Keys ", element("kbd", "?"), type="button", data_keys="", class_="keys")


def keys() -> Markup:
    """The keys, in a dialog that is not shown yet."""
    rows = [
        element("div", element("dt", element("kbd", key)), element("dd", what)) for key, what in _KEYS.items()
    ]
    return element(
        "dialog",
        element("h2", "Keys", id="keys-title"),
        element("dl", *rows),
        element("button", "Close", type="button", data_keys=""),
        id="keys",
        aria_labelledby="keys-title",
    )
