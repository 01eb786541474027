"""Pieces of HTML that the sections of the report share."""

from collections.abc import Sequence

from markupsafe import Markup

from qa.wording.markup import Child, element
from qa.wording.safe_text import printable


def section(name: str, said: str, *children: Child) -> Markup:
    """A section with its heading and a sentence on it."""
    return element("section", element("h2", name), element("p", said, class_="quiet"), *children)


def figure(name: str, said: str, shown: Markup) -> Markup:
    """A chart with its heading and a sentence on it."""
    caption = element("figcaption", element("h2", name), element("p", said, class_="quiet"))
    return element("figure", caption, shown)


def table(heads: Sequence[str], rows: Sequence[Sequence[Child]]) -> Markup:
    """A table; the first cell of each row is its heading."""
    head = element("tr", *(element("th", name, scope="col") for name in heads))
    body = [
        element("tr", element("th", row[0], scope="row"), *(element("td", cell) for cell in row[1:]))
        for row in rows
    ]
    made = element("table", element("thead", head), element("tbody", *body))
    return element("div", made, class_="wide")


def words(tag: str, text: str, class_: str | None = None) -> Markup:
    """Somebody's words: of any direction, without characters of control."""
    return element(tag, element("bdi", printable(text)), class_=class_)
