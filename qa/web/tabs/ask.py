"""The tab in which to ask: the chat, what narrows it, and the evidence beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from embeddings.errors import QAError
from embeddings.types import Filter
from qa.pipeline import LONGEST
from qa.types import Result
from qa.web.live_corpora import LiveCorpora
from qa.web.tabs import evidence
from qa.web.timeline import days_within
from qa.web.turns import Turn, extended, messages, turn_of

ANY = ""
"""The choice that does not narrow."""
_QUIET = {"show_progress": "hidden", "api_visibility": "private"}


@dataclass(frozen=True, slots=True)
class Asking:
    """Gradio's components of the tab."""

    chat: Any
    question: Any
    understood: Any
    since: Any
    until: Any
    as_of: Any
    sources: Any
    top_k: Any
    again: Any
    turns: Any
    selected: Any
    evidence: evidence.Evidence
    corpus: Any | None
    """The switch between corpora, where there are several."""

    @property
    def shown(self) -> list[Any]:
        """Those that show a conversation."""
        switch = [self.corpus] if self.corpus else []
        return [self.understood, self.chat, self.turns, self.selected, *self.evidence.components, *switch]

    @property
    def narrowing(self) -> list[Any]:
        """The components that narrow a search, in the order in which it takes them."""
        switch = [self.corpus] if self.corpus else []
        return [self.since, self.until, self.as_of, self.sources, self.top_k, *switch]


def tab(live: LiveCorpora, pinning: bool = False, corpus: Any | None = None) -> Asking:
    """The tab's components, with everything that happens in it; `pinning` gives passages a button for it.

    `corpus` is the switch between several corpora.
    """
    import gradio as gr

    with gr.Row(elem_id="ask"):
        with gr.Column(scale=5, min_width=320, elem_id="conversation"):
            chat = _chat()
            question = gr.Textbox(
                placeholder="Ask a question …",
                label="Your question",
                show_label=False,
                container=False,
                submit_btn="Ask",
                autofocus=True,
                max_length=5 * LONGEST,  # a longer one is cut unseen, so most are refused in words instead
                max_lines=6,
                elem_id="question",
            )
            understood = gr.Textbox(
                label="Read as",
                submit_btn="Ask this",
                max_length=LONGEST,
                visible=False,
                elem_id="understood",
            )
            with gr.Accordion("Narrow by date or publisher", open=False, elem_id="narrow"):
                with gr.Row():
                    since = gr.Dropdown([("any day", ANY)], value=ANY, label="From", min_width=120)
                    until = gr.Dropdown([("any day", ANY)], value=ANY, label="To", min_width=120)
                    as_of = gr.Dropdown([("today", ANY)], value=ANY, label="As of", min_width=120)
                sources = gr.Dropdown([], value=[], multiselect=True, label="Publishers (none: all)")
                top_k = gr.Slider(1, evidence.SLOTS, 5, step=1, label="Passages")
                again = gr.Button("Ask the last question again, so narrowed", size="sm")
        with gr.Column(scale=6, min_width=320, elem_id="evidence"):
            shown = evidence.column(pinning)
    narrowing = (since, until, as_of, sources, top_k)
    made = Asking(chat, question, understood, *narrowing, again, gr.State(()), gr.State(0), shown, corpus)
    _connect(made, live)
    evidence.connect(shown, made.turns, made.selected)
    return made


def _chat() -> Any:
    import gradio as gr

    return gr.Chatbot(
        label="Conversation",
        show_label=False,
        height="100%",
        render_markdown=False,
        sanitize_html=True,
        latex_delimiters=[],
        feedback_options=None,
        buttons=[],
        placeholder="Every answer is an exact quotation from an article.",
        elem_id="chat",
    )


def _connect(made: Asking, live: LiveCorpora) -> None:
    import gradio as gr

    def ask(
        turns: tuple[Turn, ...], question: str, *narrowing: Any, before: Result | None = None
    ) -> dict[Any, Any]:
        if not question.strip():
            return {made.question: ""}
        turn = answered(live, question, before, *narrowing)
        turns = extended(turns, turn)
        return {made.question: "", **_shown(made, turns, len(turns) - 1)}

    def go_on(turns: tuple[Turn, ...], question: str, *narrowing: Any) -> dict[Any, Any]:
        return ask(turns, question, *narrowing, before=_before(turns, len(turns)))

    def again(turns: tuple[Turn, ...], at: int, *narrowing: Any) -> dict[Any, Any]:
        return ask(turns, turns[at].question if turns else "", *narrowing, before=_before(turns, at))

    def example(chosen: gr.SelectData, turns: tuple[Turn, ...], *narrowing: Any) -> dict[Any, Any]:
        return ask(turns, chosen.value["text"], *narrowing)

    def select(chosen: gr.SelectData, turns: tuple[Turn, ...]) -> dict[Any, Any]:
        message = chosen.index[0] if isinstance(chosen.index, list | tuple) else chosen.index
        at = min(turn_of(message), len(turns) - 1)
        return _selected(made, turns, at)

    def step(by: int, turns: tuple[Turn, ...], at: int) -> dict[Any, Any]:
        at = min(max(at + by, 0), len(turns) - 1)
        return _selected(made, turns, at)

    def within(chosen: gr.EventData, turns: tuple[Turn, ...], at: int, *narrowing: Any) -> dict[Any, Any]:
        days = [article.date for _, article in live.articles(*narrowing[5:])]
        since, until = days_within(str(chosen.value), days)
        narrowed = again(turns, at, since, until, *narrowing[2:])
        return {**narrowed, made.since: since, made.until: until}

    outputs = [
        made.question,
        made.understood,
        made.chat,
        made.turns,
        made.selected,
        *made.evidence.components,
    ]
    index = {"concurrency_id": "index", "concurrency_limit": 1, **_QUIET}
    turns, at = made.turns, made.selected
    shown = [at, made.understood, *made.evidence.components]
    days = [*outputs, made.since, made.until]
    for event in (
        made.question.submit(go_on, [turns, made.question, *made.narrowing], outputs, **index),
        made.understood.submit(ask, [turns, made.understood, *made.narrowing], outputs, **index),
        made.chat.example_select(example, [turns, *made.narrowing], outputs, **index),
        made.again.click(again, [turns, at, *made.narrowing], outputs, **index),
        made.chat.select(select, [turns], shown, **_QUIET),
        made.evidence.earlier.click(partial(step, -1), [turns, at], shown, **_QUIET),
        made.evidence.later.click(partial(step, 1), [turns, at], shown, **_QUIET),
        made.evidence.timeline.click(within, [turns, at, *made.narrowing], days, **index),
    ):
        event.then(None, js=evidence.TO_ANSWER, queue=False, **_QUIET)
    emptied = [made.chat, turns, *shown]
    made.chat.clear(lambda: _shown(made, (), 0), None, emptied, **_QUIET)


def shown_examples(questions: Sequence[str]) -> Any:
    """The chat with these questions to begin with."""
    import gradio as gr

    return gr.Chatbot(examples=[{"text": question} for question in questions])


def _before(turns: Sequence[Turn], at: int) -> Result | None:
    """What was answered just before the turn `at`."""
    return turns[at - 1].result if 0 < at <= len(turns) else None


def _shown(made: Asking, turns: tuple[Turn, ...], at: int) -> dict[Any, Any]:
    return {made.turns: turns, made.chat: messages(turns), **_selected(made, turns, at)}


def _selected(made: Asking, turns: Sequence[Turn], at: int) -> dict[Any, Any]:
    """How the question `at` was read, and its evidence."""
    import gradio as gr

    read = turns[at].read_as if turns else None
    return {
        made.selected: at,
        made.understood: gr.Textbox(read or "", visible=read is not None),
        **evidence.updates(made.evidence, turns, at),
    }


def restored(made: Asking, turns: tuple[Turn, ...]) -> dict[Any, Any]:
    """What the tab shows for a conversation that was kept, or for none; the corpus is that asked last."""
    shown = _shown(made, turns, max(len(turns) - 1, 0))
    if made.corpus and turns:
        known = [value for _, value in made.corpus.choices]
        shown[made.corpus] = turns[-1].corpus if turns[-1].corpus in known else ""
    return shown


def answered(
    live: LiveCorpora,
    question: str,
    before: Result | None,
    since: str,
    until: str,
    as_of: str,
    sources: Sequence[str],
    top_k: float,
    corpus: str | None = None,
) -> Turn:
    """The turn of a question asked after `before`; an error that the visitor can correct is shown in it."""
    narrow = Filter(since or None, until or None, tuple(sources), as_of or None)
    try:
        return live.ask(question, int(top_k), narrow, before, corpus)
    except QAError as error:
        return Turn(question[:LONGEST], narrow, error=str(error), corpus=corpus or None)


def day_choices(days: Sequence[str]) -> list[tuple[str, str]]:
    """The days on which articles were published, as choices of a list."""
    return [("any day", ANY), *((day, day) for day in sorted(set(days)))]
