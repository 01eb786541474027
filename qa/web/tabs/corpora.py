"""Where there are several corpora: the switch between them, and the tab that lists them all."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from embeddings.errors import QAError
from qa.corpora.places import Place
from qa.web.cards import day
from qa.web.live_corpora import LiveCorpora
from qa.wording.markup import element

ALL = ""
"""The choice of all corpora."""


def head() -> Markup:
    """What stands at the top until it is known how much there is."""
    return element("header", element("h1", "Article QA"), class_="head")


def switch(places: Sequence[Place]) -> Any:
    """The list in which a corpus is chosen, each with its size."""
    import gradio as gr

    total = sum(place.articles for place in places)
    choices = [(f"All corpora ({total:,} articles)", ALL)]
    choices += [(f"{place.name} ({place.articles:,})", place.name) for place in places]
    return gr.Dropdown(choices, value=ALL, label="Ask in", min_width=220, elem_id="corpus")


def list_tab(live: LiveCorpora) -> Any:
    """The tab that lists the corpora, shown while all are asked."""
    import gradio as gr

    with gr.Tab("Corpora", id="corpora") as outer:
        shown = gr.HTML(elem_id="corpora-list")

    def show() -> Markup:
        try:
            return listed(live.described())
        except QAError as error:
            return element("p", str(error), class_="empty")

    outer.select(show, None, shown, api_visibility="private", show_progress="hidden")
    return outer


def listed(described: Sequence[Mapping[str, Any]]) -> Markup:
    """The corpora with what each is about, and how much it holds."""
    return element("ul", *(_row(one) for one in described), class_="corpora")


def _row(one: Mapping[str, Any]) -> Markup:
    days = f"{day(one['since'])} to {day(one['until'])}" if one["since"] else "without dates"
    facts = (
        f"{one['articles']:,} articles, {one['passages']:,} passages",
        days,
        f"{len(one['sources']):,} publishers",
        f"{one['bytes'] / 1e6:.1f} MB, made {str(one['created'])[:10]}",
    )
    return element(
        "li",
        element("h3", one["name"], dir="auto"),
        element("p", one["description"], dir="auto") if one["description"] else None,
        element("p", " · ".join(facts), class_="found"),
    )
