"""What the tab of kept conversations and the reading list shows: pure functions."""

from collections.abc import Sequence

from markupsafe import Markup

from embeddings.types import Article
from qa.web.cards import day, heading, quotation
from qa.web.history.conversations import LISTED, Conversation
from qa.web.history.reading_list import Pin
from qa.web.history.routes import EVERY, KINDS, PREFIX
from qa.wording.markup import element

FRAGMENT = "conversation"
"""What names the open conversation after the `#` of the page's address."""
_KINDS = {"md": "Markdown", "html": "HTML", "json": "JSON"}


def listed(conversations: Sequence[Conversation], text: str) -> Markup:
    """The conversations, each with what can be done with it."""
    if not conversations:
        said = "No conversation holds these words." if text.strip() else "No conversation is kept yet."
        return element("p", said, class_="empty")
    more = f"The newest {LISTED} are listed: search to find others." if len(conversations) == LISTED else None
    return element(
        "div",
        element("ul", *(_row(talk) for talk in conversations), class_="conversations"),
        element("p", more, class_="empty") if more else None,
        element("p", "All conversations: ", *_taking(f"conversations/{EVERY}"), class_="taking"),
    )


def _row(talk: Conversation) -> Markup:
    count = f"{talk.questions} question{'s' if talk.questions != 1 else ''}"
    return element(
        "li",
        element("a", talk.title, href=f"#{FRAGMENT}={talk.id}", data_act=f"open:{talk.id}", dir="auto"),
        element("span", f"{day(talk.updated[:10])} · {count}", class_="when"),
        element(
            "span",
            _button("Rename", f"rename:{talk.id}", talk.title),
            _button("Delete", f"delete:{talk.id}", talk.title),
            *_taking(f"conversations/{talk.id}"),
            class_="taking",
        ),
    )


def _button(label: str, act: str, of: str) -> Markup:
    return element("button", label, type="button", data_act=act, aria_label=f"{label}: {of}")


def _taking(what: str) -> list[Markup]:
    """Links that save something in each form."""
    relative = f"{PREFIX}/{what}".removeprefix("/")  # a proxy may serve the page under a path of its own
    return [
        element("a", _KINDS[kind], href=f"{relative}.{kind}", download="", data_save=kind) for kind in KINDS
    ]


def reading_list(pins: Sequence[Pin]) -> Markup:
    """`pins` as they are shown on the page, with links that export them."""
    if not pins:
        said = (
            "Pin a passage beside an answer, and it is kept here, to be exported as a note with its sources."
        )
        return element("p", said, class_="empty")
    return element(
        "div",
        *(_pinned(pin) for pin in pins),
        element("p", "The whole list: ", *_taking("reading-list"), class_="taking"),
    )


def _pinned(pin: Pin) -> Markup:
    found = pin.excerpt
    article: Article = found.article
    return element(
        "article",
        heading(article, on=found.pages, corpus=found.corpus),
        element(
            "blockquote",
            quotation(article.text, (found.start, found.end), found.answer, lambda *_: None),
            class_="quotation",
            dir="auto",
        ),
        element("p", f"On the question: {found.question}", class_="when", dir="auto"),
        _button("Remove", f"unpin:{pin.number}", article.title),
        class_="card",
    )
