"""Where there are several corpora: the switch between them, and the tab that lists them all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from embeddings.errors import QAError
from qa.corpora.places import Place
from qa.web.cards import day
from qa.web.live_corpora import LiveCorpora
from qa.web.tabs import articles
from qa.wording.markup import element

ALL = ""
"""The choice of all corpora."""


def head(places: Sequence[Place]) -> Markup:
    """What stands at the top until the days and publishers of all are known."""
    held = f"{sum(place.articles for place in places):,} articles in {len(places)} corpora"
    return element("header", element("h1", "Article QA"), element("p", held), class_="head")


def switch(places: Sequence[Place]) -> Any:
    """The list in which a corpus is chosen, each with its size."""
    import gradio as gr

    total = sum(place.articles for place in places)
    choices = [(f"All {len(places)} corpora ({_counted(total, 'article')})", ALL)]
    choices += [(f"{place.name} ({_counted(place.articles, 'article')})", place.name) for place in places]
    return gr.Dropdown(
        choices,
        value=ALL,
        label="Ask in",
        show_label=False,
        container=False,
        scale=0,
        min_width=300,
        elem_id="corpus",
    )


@dataclass(frozen=True, slots=True)
class CorporaTab:
    """Gradio's components of the tab, of which one is shown: the list, or what stands in a corpus's own."""

    panes: Sequence[Any]
    """The list, then one for each corpus."""
    held: Sequence[articles.CorpusTab]

    def shown(self, corpus: str, names: Sequence[str]) -> list[Any]:
        """The panes while `corpus`, one of `names` or all, is asked."""
        import gradio as gr

        return [gr.Column(visible=(corpus or ALL) == name) for name in (ALL, *names)]


def tab(live: LiveCorpora, adding: bool, uploads: set[str]) -> CorporaTab:
    """The tab's components, with everything that happens in it; the rest as in `articles.tab`."""
    import gradio as gr

    panes, held = [], []
    with gr.Tab("Corpora", id="corpus") as outer:
        with gr.Column() as pane:
            every = gr.HTML(elem_id="corpora")
        panes.append(pane)
        for one in live.each:
            with gr.Column(visible=False) as pane:
                held.append(articles.tab(one, adding and one.store.takes_files, uploads, outer))
            panes.append(pane)

    def show() -> Markup:
        try:
            return listed(live.described())
        except QAError as error:
            return element("p", str(error), class_="empty")

    outer.select(show, None, every, api_visibility="private", show_progress="hidden")
    return CorporaTab(panes, held)


def listed(described: Sequence[Mapping[str, Any]]) -> Markup:
    """The corpora with what each is about, and how much it holds."""
    return element("ul", *(_row(one) for one in described), class_="corpora")


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' if count != 1 else ''}"


def _row(one: Mapping[str, Any]) -> Markup:
    days = f"{day(one['since'])} to {day(one['until'])}" if one["since"] else "without dates"
    facts = (
        f"{_counted(one['articles'], 'article')}, {_counted(one['passages'], 'passage')}",
        days,
        _counted(len(one["sources"]), "publisher"),
        f"{one['bytes'] / 1e6:.1f} MB, made {str(one['created'])[:10]}",
    )
    return element(
        "li",
        element("h3", one["name"], dir="auto"),
        element("p", one["description"], dir="auto") if one["description"] else None,
        element("p", " · ".join(facts), class_="found"),
    )
