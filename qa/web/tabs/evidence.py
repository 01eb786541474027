"""The column beside the chat: ranked passages, one of them opened, a timeline, and what can be taken away."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from qa.web.cards import card
from qa.web.live import asked_term
from qa.web.timeline import chart, timeline
from qa.web.turns import Turn, as_json, as_markdown, bearing, citations, lead, opened

SLOTS = 20
"""Passages that the page can show at once."""
_TO_PASSAGE = """() => {
    window.openedPlace = PLACE
    document.querySelector('#reader .whole')?.focus({preventScroll: true})
    document.getElementById('opened-passage')?.scrollIntoView({block: 'center'})
}"""
TO_ANSWER = """() => requestAnimationFrame(() => {
    const column = document.querySelector('#evidence')
    const slot = document.querySelector('#passages mark')?.closest('.slot')
    const below = slot && slot !== document.querySelector('#passages .slot')
    const [from, to] = [column, slot].map(element => element?.getBoundingClientRect().top)
    column.scrollTop = below ? column.scrollTop + to - from : 0
    document.querySelector('#chat [role=log]')?.setAttribute('tabindex', 0)
    if (getComputedStyle(column).overflowY !== 'auto') scrollTo({top: 0})
})"""
"""Brings the passage with the answer into view where the column scrolls by itself; else the page's top.

The chat can be scrolled by keyboard only where it can be reached by it."""
_TO_BUTTON = "() => document.querySelectorAll('#passages button.open')[window.openedPlace]?.focus()"
_COPY = "text => { navigator.clipboard?.writeText(text) }"
_SAVE = """text => {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([text]))
    link.download = 'NAME'
    link.click()
}"""
"""Gradio's own buttons for these have all the same name, or need files to be served."""
_PICK = """element.addEventListener('click', event => {
    const bar = event.target.closest('button')
    if (bar) trigger('click', {value: bar.dataset.days})
})"""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Gradio's components of the column."""

    lead: Any
    earlier: Any
    later: Any
    passages: Any
    slots: Sequence[tuple[Any, Any, Any]]
    """For each place a column, the card in it, and its button."""
    pins: Sequence[Any]
    """For each place a button that pins it; empty where nothing is kept."""
    more: Any
    """Shows the passages that do not seem to bear on the question."""
    reader: Any
    article: Any
    back: Any
    timeline: Any
    export: Any
    texts: Sequence[Any]
    """Citation, Markdown, JSON."""

    @property
    def components(self) -> list[Any]:
        """All of them, in the order in which they are filled."""
        shown = [part for column, card, _ in self.slots for part in (column, card)]
        return [
            self.lead,
            self.earlier,
            self.later,
            self.passages,
            self.more,
            self.reader,
            self.timeline,
            self.export,
            *self.texts,
            *shown,
        ]


def column(pinning: bool = False) -> Evidence:
    """The empty column, to be called where it stands."""
    import gradio as gr

    with gr.Row(elem_id="lead-row"):
        heading = gr.HTML(lead(None), elem_id="lead")
        earlier = gr.Button("← Earlier question", size="sm", visible=False, scale=0, elem_id="earlier")
        later = gr.Button("Later question →", size="sm", visible=False, scale=0, elem_id="later")
    with gr.Column(visible=True, elem_id="passages") as passages:
        made = [_slot(pinning) for _ in range(SLOTS)]
        slots, pins = [slot for slot, _ in made], [pin for _, pin in made if pin]
        more = gr.Button(visible=False, size="sm", elem_id="more")
    with gr.Column(visible=False, elem_id="reader") as reader:
        back = gr.Button("← Back to the passages", size="sm", elem_id="back")
        article = gr.HTML()
    timeline = gr.HTML(js_on_load=_PICK, visible=False, elem_id="timeline")
    with gr.Accordion("Cite or export", open=False, visible=False, elem_id="export") as export:
        texts = tuple(
            gr.Textbox(
                label=label, lines=3, max_lines=12, interactive=False, buttons=[], visible=label != "JSON"
            )
            for label in ("Citation", "Markdown", "JSON")
        )
        with gr.Row():
            for text, name in zip(texts, ("answer.txt", "answer.md", "answer.json"), strict=True):
                _taking(text, name)
    return Evidence(
        heading,
        earlier,
        later,
        passages,
        slots,
        pins,
        more,
        reader,
        article,
        back,
        timeline,
        export,
        texts,
    )


def _slot(pinning: bool) -> tuple[tuple[Any, Any, Any], Any]:
    import gradio as gr

    with gr.Column(visible=False, elem_classes="slot") as place:
        shown = gr.HTML()
        with gr.Row():
            button = gr.Button("Open the article", size="sm", elem_classes="open", variant="secondary")
            pin = gr.Button("Pin", size="sm", min_width=90, scale=0, elem_classes="pin") if pinning else None
    return (place, shown, button), pin


def _taking(text: Any, name: str) -> None:
    """Buttons that copy `text` and save it as `name`."""
    import gradio as gr

    quiet = {"show_progress": "hidden", "api_visibility": "private"}
    copy = gr.Button(f"Copy {text.label}", size="sm", min_width=90)
    copy.click(None, text, js=_COPY, **quiet).then(lambda: gr.Info("Copied", duration=2), **quiet)
    if text.label != "Citation":
        save = gr.Button(f"Save {text.label}", size="sm", min_width=90)
        save.click(None, text, js=_SAVE.replace("NAME", name), **quiet)


def connect(evidence: Evidence, turns: Any, selected: Any) -> None:
    """Opening an article and going back, for the turn that is selected."""
    import gradio as gr

    def show(place: int, turns: tuple[Turn, ...], at: int) -> list[Any]:
        return [
            gr.Column(visible=False),
            gr.Column(visible=True),
            whole_article(turns, at, place),
        ]

    quiet = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
    panes = [evidence.passages, evidence.reader]
    for place, (_, _, button) in enumerate(evidence.slots):
        button.click(
            lambda turns, at, place=place: show(place, turns, at),
            [turns, selected],
            [*panes, evidence.article],
            **quiet,
        ).then(None, js=_TO_PASSAGE.replace("PLACE", str(place)), **quiet)
    columns = [column for column, _, _ in evidence.slots]
    evidence.more.click(
        lambda turns, at: [gr.Button(visible=False), *_visible(len(turns[at].result.passages))],
        [turns, selected],
        [evidence.more, *columns],
        **quiet,
    )
    back = evidence.back.click(
        lambda: [gr.Column(visible=True), gr.Column(visible=False)], None, panes, **quiet
    )
    back.then(None, js=_TO_BUTTON, **quiet)


def whole_article(turns: Sequence[Turn], at: int, place: int) -> Markup:
    """The article of the passage that stands at `place` in the turn `at`."""
    turn = turns[at]
    if not turn.result:
        return Markup()
    return opened(turn.result, turn.result.passages[place], asked_term(turn))


def updates(evidence: Evidence, turns: Sequence[Turn], at: int) -> dict[Any, Any]:
    """What every component of the column shows for the turn `at`."""
    import gradio as gr

    turn = turns[at] if turns else None
    result = turn.result if turn else None
    shown = cards(turn)
    near = bearing(turn, asked_term(turn))[:SLOTS] if turn else []
    far = near.count(False)
    when = chart(timeline(turn.days), bool(turn.narrow.since or turn.narrow.until)) if turn else ""
    changes = {
        evidence.lead: lead(turn),
        evidence.earlier: gr.Button(visible=0 < at < len(turns)),
        evidence.later: gr.Button(visible=at < len(turns) - 1),
        evidence.passages: gr.Column(visible=True),
        evidence.more: gr.Button(_further(far), visible=far > 0),
        evidence.reader: gr.Column(visible=False),
        evidence.timeline: gr.HTML(when, visible=bool(when)),
        evidence.export: gr.Accordion(visible=bool(shown)),
    }
    texts = (citations(result), as_markdown(result), as_json(result)) if result else ("", "", "")
    changes.update(zip(evidence.texts, texts, strict=True))
    for place, (column, html, _) in enumerate(evidence.slots):
        changes[column] = gr.Column(visible=place < len(shown) and near[place])
        changes[html] = shown[place] if place < len(shown) else ""
    return changes


def cards(turn: Turn | None) -> list[Markup]:
    """The cards of a turn's passages, best first."""
    if not turn or not turn.result:
        return []
    passages, term = turn.result.passages[:SLOTS], asked_term(turn)
    return [card(ranked, passages, turn.result.answer, turn.terms, term) for ranked in passages]


def _visible(count: int) -> list[Any]:
    """The first `count` places shown, the others not."""
    import gradio as gr

    return [gr.Column(visible=place < count) for place in range(SLOTS)]


def _further(count: int) -> str:
    return f"Show {count} further passage{'s' if count > 1 else ''} with few of the words asked for"
