"""The articles of the corpus, listed a page at a time: sorted, searched, and opened to be read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from embeddings.errors import QAError
from embeddings.types import Article
from qa.web.cards import title
from qa.web.live import LiveQA
from qa.web.turns import whole
from qa.wording.markup import element

PAGE = 50
"""Articles that are listed at once."""
_COLUMNS = {"date": "Date", "title": "Title", "source": "Publisher"}
_ACT = """element.addEventListener('click', event => {
    const found = event.target.closest('[data-act]')
    if (found) trigger('click', {value: found.dataset.act})
})"""
_QUIET = {"show_progress": "hidden", "api_visibility": "private"}


@dataclass(frozen=True, slots=True)
class View:
    """What of the list is shown, and in which order."""

    sort: str = "date"
    falls: bool = True
    first: int = 0

    def after(self, act: str) -> "View":
        """The view once `act`, `sort:COLUMN` or `page:FIRST`, is done; any other text changes nothing."""
        what, _, of = act.partition(":")
        if what == "sort" and of in _COLUMNS:
            return View(of, not self.falls if of == self.sort else of == "date")
        return replace(self, first=int(of)) if what == "page" and of.isdecimal() else self


@dataclass(frozen=True, slots=True)
class Library:
    """Gradio's components of the list."""

    find: Any
    table: Any
    view: Any
    list: Any
    reader: Any
    article: Any
    back: Any


def library() -> Library:
    """The list, to be called inside its tab."""
    import gradio as gr

    with gr.Column(elem_id="library") as pane:
        find = gr.Textbox(
            label="Find articles by their words, publisher or date", elem_id="find", max_length=200
        )
        table = gr.HTML(js_on_load=_ACT, elem_id="articles")
    with gr.Column(visible=False, elem_id="library-reader") as reader:
        back = gr.Button("← Back to the list", size="sm", elem_id="library-back")
        article = gr.HTML()
    return Library(find, table, gr.State(View()), pane, reader, article, back)


def connect(made: Library, live: LiveQA) -> None:
    """Searching, sorting, turning pages, opening an article and going back."""
    import gradio as gr

    def search(text: str, view: View) -> list[Any]:
        return [shown(live, text, view := replace(view, first=0)), view]

    def act(chosen: gr.EventData, text: str, view: View) -> dict[Any, Any]:
        what, _, id = str(chosen.value).partition(":")
        if what == "open":
            found = live.article(id)
            said = whole(found) if found else element("p", "It is no longer there.", class_="empty")
            return {
                made.list: gr.Column(visible=False),
                made.reader: gr.Column(visible=True),
                made.article: said,
            }
        view = view.after(str(chosen.value))
        return {made.table: shown(live, text, view), made.view: view}

    panes = [made.list, made.reader]
    made.find.change(
        search, [made.find, made.view], [made.table, made.view], trigger_mode="always_last", **_QUIET
    )
    made.table.click(act, [made.find, made.view], [made.table, made.view, *panes, made.article], **_QUIET)
    made.back.click(
        lambda: [gr.Column(visible=True), gr.Column(visible=False)], None, panes, queue=False, **_QUIET
    )


def shown(live: LiveQA, text: str, view: View) -> Markup:
    """The page of `view` among the articles that match `text`, or why there is none."""
    try:
        every = live.articles()
        holding = live.holding(text) if text.strip() else frozenset()
        return listed(matching(every, text, holding), len(every), view)
    except QAError as error:
        return element("p", str(error), class_="empty")


def matching(articles: Sequence[Article], text: str, holding: frozenset[str]) -> list[Article]:
    """Those of the ids `holding`, and those that have every word of `text` in title, publisher or date."""
    words = text.casefold().split()
    return [one for one in articles if one.id in holding or all(word in _heading(one) for word in words)]


def _heading(article: Article) -> str:
    return f"{article.title} {article.source or ''} {article.date or ''}".casefold()


def listed(found: Sequence[Article], every: int, view: View) -> Markup:
    """A page of `found` as a table, with what sorts it and turns its pages; `every` counts all articles."""
    ordered = sorted(found, key=lambda one: _key(one, view.sort), reverse=view.falls)
    first = view.first if view.first < len(ordered) else 0
    page = ordered[first : first + PAGE]
    of = f"{len(found):,} of {every:,} articles" if len(found) < every else f"{every:,} articles"
    more = len(ordered) > PAGE
    return element(
        "div",
        element(
            "p",
            element("span", f"{first + 1:,} to {first + len(page):,} of {of}" if more else of, role="status"),
            _turn("← Before", first - PAGE, first > 0) if more else None,
            _turn("Next →", first + PAGE, first + PAGE < len(ordered)) if more else None,
            class_="pages",
        ),
        element(
            "table",
            element("thead", element("tr", *(_head(name, view) for name in _COLUMNS))),
            element("tbody", *map(_row, page)),
            class_="library",
        ),
    )


def _key(article: Article, sort: str) -> tuple[str, str]:
    value = {"date": article.date, "source": article.source, "title": title(article)}[sort]
    return (value or "").casefold(), article.id


def _turn(label: str, first: int, can: bool) -> Markup:
    return element(
        "button", label, type="button", data_act=f"page:{max(first, 0)}", disabled=None if can else ""
    )


def _head(name: str, view: View) -> Markup:
    sorts = view.sort == name
    order = ("descending" if view.falls else "ascending") if sorts else None
    arrow = (" ↓" if view.falls else " ↑") if sorts else ""
    button = element("button", f"{_COLUMNS[name]}{arrow}", type="button", data_act=f"sort:{name}")
    return element("th", button, class_=name, scope="col", aria_sort=order)


def _row(article: Article) -> Markup:
    opening = element("button", title(article), type="button", data_act=f"open:{article.id}", dir="auto")
    return element(
        "tr",
        element("td", article.date or "", class_="date"),
        element("td", element("div", opening, class_="of", data_source=article.source or ""), class_="title"),
        element("td", article.source or "", class_="source", dir="auto"),
    )
