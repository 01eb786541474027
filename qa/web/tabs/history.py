"""The tab in which conversations and pinned passages are found again."""

from dataclasses import dataclass
from typing import Any

from qa.web.history.history import History
from qa.web.history.notes import READING_LIST
from qa.web.history.shelf import Shelf
from qa.web.tabs import ask, keeping, kept
from qa.web.tabs.keeping import NAME, QUIET, shelf_of, tried
from qa.wording.markup import element

_ACT = """element.addEventListener('click', event => {
    const found = event.target.closest('[data-act]')
    if (!found || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    trigger('click', {value: found.dataset.act})
})"""


@dataclass(frozen=True, slots=True)
class HistoryTab:
    """Gradio's components of the tab."""

    tab: Any
    find: Any
    fresh: Any
    naming: Any
    name: Any
    doubting: Any
    doubt: Any
    sure: Any
    spare: Any
    talks: Any
    reading: Any
    chosen: Any
    """The conversation that is about to be renamed or deleted."""
    open: Any
    """The one that is asked in: hidden on the page, which puts it into its own address."""


def tab(page: Any, tabs: Any, history: History, asking: ask.Asking) -> HistoryTab:
    """The tab's components, with everything that happens in it, and what is kept of the asking."""
    import gradio as gr

    with gr.Tab("History", id="history") as outer:
        with gr.Row():
            find = gr.Textbox(
                label="Find in questions, answers and sources", elem_id="find-conversation", max_length=200
            )
            fresh = gr.Button("New conversation", size="md", scale=0, min_width=180, elem_id="fresh")
        with gr.Row(visible=False, elem_id="naming") as naming:
            name = gr.Textbox(label="New name", submit_btn="Rename", max_length=200, elem_id="name")
        with gr.Row(visible=False, elem_id="doubting") as doubting:
            doubt = gr.HTML()
            sure = gr.Button("Delete for good", size="md", scale=0, min_width=150, variant="stop")
            spare = gr.Button("Keep it", size="md", scale=0, min_width=120)
        talks = gr.HTML(js_on_load=_ACT, elem_id="conversations")
        gr.HTML(element("h2", READING_LIST), elem_id="reading-title")
        reading = gr.HTML(js_on_load=_ACT, elem_id="reading-list")
        open = gr.Textbox(visible="hidden", label="Conversation", elem_id="open-conversation")
        chosen = gr.State("")  # outside, Gradio would count it among the tabs and show the next one twice
    made = HistoryTab(
        outer, find, fresh, naming, name, doubting, doubt, sure, spare, talks, reading, chosen, open
    )
    keeping.connect(page, open, history, asking)
    _connect(made, tabs, history, asking)
    return made


def _connect(made: HistoryTab, tabs: Any, history: History, asking: ask.Asking) -> None:
    import gradio as gr

    def show(text: str, request: gr.Request) -> dict[Any, Any]:
        return _listed(made, history, shelf_of(history, request), text)

    def act(chosen: gr.EventData, text: str, request: gr.Request) -> dict[Any, Any]:
        shelf, (what, _, id) = shelf_of(history, request), str(chosen.value).partition(":")
        if what == "open":
            shown = keeping.opened(made.open, history, asking, shelf, id)
            return {tabs: gr.Tabs(selected="asking"), **shown}
        if what == "unpin" and id.isdecimal():
            tried(lambda: history.reading.unpin(shelf, int(id)))
            return _listed(made, history, shelf, text)
        title = tried(lambda: history.conversations.title(shelf, id)) or ""
        return {
            made.chosen: id,
            made.naming: gr.Row(visible=what == "rename"),
            made.name: title,
            made.doubting: gr.Row(visible=what == "delete"),
            made.doubt: element("p", f"Delete “{title}” and all its questions?", role="alert"),
        }

    def rename(id: str, name: str, text: str, request: gr.Request) -> dict[Any, Any]:
        shelf = shelf_of(history, request)
        tried(lambda: history.conversations.rename(shelf, id, name))
        return {made.naming: gr.Row(visible=False), **_listed(made, history, shelf, text)}

    def delete(id: str, open: str, text: str, request: gr.Request) -> dict[Any, Any]:
        shelf = shelf_of(history, request)
        tried(lambda: history.conversations.delete(shelf, id))
        emptied = {made.open: "", **ask.restored(asking, ())} if id == open else {}
        return {made.doubting: gr.Row(visible=False), **emptied, **_listed(made, history, shelf, text)}

    def begin() -> dict[Any, Any]:
        return {tabs: gr.Tabs(selected="asking"), made.open: "", **ask.restored(asking, ())}

    lists = [made.talks, made.reading]
    asked = [made.open, *asking.shown, *asking.evidence.pins]
    address = {"fn": None, "inputs": made.open, "js": NAME, **QUIET}
    made.tab.select(show, made.find, lists, **QUIET)
    made.find.change(show, made.find, lists, trigger_mode="always_last", **QUIET)
    changed = [made.naming, made.name, made.doubting, made.doubt, made.chosen, *lists]
    made.talks.click(act, made.find, [tabs, *changed, *asked], **QUIET).then(**address)
    made.reading.click(act, made.find, [tabs, *changed, *asked], **QUIET)
    made.name.submit(rename, [made.chosen, made.name, made.find], [made.naming, *lists], **QUIET)
    deleting = [made.chosen, made.open, made.find]
    made.sure.click(delete, deleting, [made.doubting, *lists, *asked], **QUIET).then(**address)
    made.spare.click(lambda: gr.Row(visible=False), None, made.doubting, **QUIET)
    made.fresh.click(begin, None, [tabs, *asked], **QUIET).then(**address)


def _listed(made: HistoryTab, history: History, shelf: Shelf, text: str) -> dict[Any, Any]:
    talks = tried(lambda: history.conversations.conversations(shelf, text)) or []
    pins = tried(lambda: history.reading.pins(shelf)) or []
    return {made.talks: kept.listed(talks, text), made.reading: kept.reading_list(pins)}
