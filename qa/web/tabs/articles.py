"""The tab that shows what is indexed, indexes the same sources again, and takes and removes files."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from embeddings.backends.info import describe
from embeddings.errors import QAError
from embeddings.sources.addresses import is_address
from embeddings.sources.readers.by_ending import ENDINGS
from embeddings.sources.uploads import added_files
from qa.web.cards import day
from qa.web.dropped_files import discard
from qa.web.live import LiveQA
from qa.web.security.guard import LARGEST_UPLOAD
from qa.web.tabs import library
from qa.web.updates import REPORTED, added, foreseen, put_back, rebuilt, removed
from qa.wording.markup import element


@dataclass(frozen=True, slots=True)
class CorpusTab:
    """Gradio's components of the tab, and the events after which the index is another."""

    tab: Any
    summary: Any
    library: library.Library
    look: Any
    foreseen: Any
    rebuild: Any
    report: Any
    files: Any
    drop: Any | None
    added: Any | None
    remove: Any | None
    undo: Any
    after: Any
    """The generation that a removal made: as long as it is the published one, it can be undone."""
    changes: list[Any]


def tab(live: LiveQA, adding: bool, uploads: set[str], inside: Any | None = None) -> CorpusTab:
    """The tab's components, with everything that happens in it; with `adding`, those to add articles by.

    `uploads` are the files that the server has taken in: nothing else is ever removed. With `inside`, a tab
    that is being filled, they stand there.
    """
    import gradio as gr

    drop = added = remove = None
    with nullcontext(inside) if inside else gr.Tab("Corpus", id="corpus") as outer:
        summary = gr.HTML(elem_id="summary")
        with gr.Row(elem_id="change"):
            if adding:
                with gr.Column(scale=3, min_width=300):
                    drop = gr.File(
                        label="Add articles",
                        file_count="multiple",
                        height=150,
                        elem_id="drop",
                    )
                    gr.HTML(_hint())
            with gr.Column(scale=2, min_width=300, elem_id="keep"):
                look = gr.Button("Look for changes in the sources", elem_id="look", size="md")
                foreseen = gr.HTML(elem_id="foreseen")
                rebuild = gr.Button("Update the index", elem_id="rebuild", size="md", visible=False)
                if adding:
                    added = gr.Dropdown(
                        [],
                        value=[],
                        multiselect=True,
                        visible=False,
                        label="Files added here",
                        elem_id="added",
                    )
                    remove = gr.Button(
                        "Remove these from the index", size="md", visible=False, elem_id="remove"
                    )
        report = gr.HTML(elem_id="report")
        undo = gr.Button("Undo the removal", size="sm", visible=False, elem_id="undo")
        after = gr.State("")
        files = _report()
        listed = library.library()
    made = CorpusTab(
        outer, summary, listed, look, foreseen, rebuild, report, files, drop, added, remove, undo, after, []
    )
    library.connect(listed, live)
    _connect(made, live, uploads)
    return made


def _report() -> Any:
    import gradio as gr

    return gr.Dataframe(
        headers=REPORTED,
        datatype="str",
        column_count=len(REPORTED),
        column_widths=["40%", "20%", "40%"],
        type="array",
        interactive=False,
        label="Report",
        show_label=True,
        wrap=True,
        buttons=[],
        latex_delimiters=[],
        visible=False,
        elem_id="files",
    )


def _connect(made: CorpusTab, live: LiveQA, uploads: set[str]) -> None:
    import gradio as gr

    def show(text: str, view: library.View) -> dict[Any, Any]:
        try:
            info = describe(live.place)
        except QAError as error:
            return {
                made.summary: element("p", live.told(str(error)), class_="empty"),
                made.library.table: "",
            }
        kept = [path.name for path in added_files(live.store.home)]
        shown = {
            made.summary: summary(info, len(kept)),
            made.foreseen: element("p", _made_from(info["read_from"]), class_="found"),
            made.rebuild: gr.Button(visible=False),
            made.library.table: library.shown(live, text or "", view),  # none from a pane that is not shown
            made.undo: gr.Button(visible=False),
        }
        if made.added and made.remove:
            shown[made.added] = gr.Dropdown(kept, value=[], visible=bool(kept))
            shown[made.remove] = gr.Button(visible=bool(kept))
        return shown

    def look() -> dict[Any, Any]:
        """What an update would do; the button that does it comes with the answer."""
        try:
            said, changes = foreseen(live.place)
        except (QAError, OSError) as error:
            said, changes = element("p", live.told(_sentence(error)), class_="failed", role="alert"), False
        return {made.foreseen: said, made.rebuild: gr.Button(visible=changes)}

    def changed(
        text: str, view: library.View, work: Callable[[], tuple[Markup, list[list[str]]]]
    ) -> dict[Any, Any]:
        """What is shown after `work`, which says what it did and gives the rows of its report."""
        try:
            said, rows = work()
        except (QAError, OSError) as error:
            said, rows = element("p", live.told(_sentence(error)), class_="failed", role="alert"), []
        return {made.report: said, made.files: gr.Dataframe(rows, visible=bool(rows)), **show(text, view)}

    progress = gr.Progress()

    def rebuild(text: str, view: library.View, progress: Any = progress) -> dict[Any, Any]:
        return changed(text, view, lambda: rebuilt(live.place, progress))

    def drop(paths: list[str], text: str, view: library.View, progress: Any = progress) -> dict[Any, Any]:
        files = [Path(path) for path in paths or ()]
        try:
            return {**changed(text, view, lambda: added(files, live.place, progress)), made.drop: None}
        finally:
            discard(files, uploads)

    def take_away(
        names: list[str], text: str, view: library.View, progress: Any = progress
    ) -> dict[Any, Any]:
        before = live.store.current()
        shown = changed(text, view, lambda: removed(names, live.place, progress))
        after = live.store.current()
        return {**shown, made.after: after, made.undo: gr.Button(visible=after != before)}

    def undo(text: str, view: library.View, after: str) -> dict[Any, Any]:
        return changed(text, view, lambda: put_back(live.place, after))

    quiet = {"api_visibility": "private", "show_progress": "hidden"}
    keeping = [part for part in (made.added, made.remove) if part]
    shown = [made.library.find, made.library.view]
    everything = [made.summary, made.foreseen, made.rebuild, made.library.table, made.undo, *keeping]
    made.tab.select(show, shown, everything, **quiet)
    made.look.click(look, None, [made.foreseen, made.rebuild], api_visibility="private")
    changing = {
        "api_visibility": "private",
        "concurrency_id": "rebuild",
        "concurrency_limit": 1,
        "show_progress_on": made.report,
    }
    outputs = [made.report, made.files, *everything]
    made.changes.append(made.rebuild.click(rebuild, shown, outputs, **changing))
    if made.drop and made.added and made.remove:
        made.changes.append(made.drop.upload(drop, [made.drop, *shown], [*outputs, made.drop], **changing))
        made.changes.append(
            made.remove.click(take_away, [made.added, *shown], [*outputs, made.after], **changing)
        )
        made.changes.append(made.undo.click(undo, [*shown, made.after], outputs, **changing))


def _hint() -> Markup:
    most = f"{LARGEST_UPLOAD / 1e6:g} MB"
    text = f"{' '.join(ENDINGS)}, up to {most} together. They are kept in the index's own folder. "
    return element("p", text, class_="found")


def _sentence(error: Exception) -> str:
    message = (
        f"{error.filename}: {error.strerror}" if isinstance(error, OSError) and error.strerror else str(error)
    )
    return f"{message[:1].upper()}{message[1:]}. The index stays as it was."


def _made_from(sources: Sequence[str]) -> str:
    """Where files lie is their owner's business; of addresses, what commands fetched is read."""
    named = [source if is_address(source) else Path(source).name for source in sources]
    fetched = ", as fetched before" if any(map(is_address, sources)) else ""
    return f"Made from {', '.join(named)}{fetched}."


def summary(info: Mapping[str, Any], added: int = 0) -> Markup:
    """What is indexed, as a list of terms; `added` is the number of files that were added on the page."""
    publishers = list(info["sources"].items())
    named = ", ".join(f"{name} ({count})" for name, count in publishers[:8])
    more = f" and {len(publishers) - 8} more" if len(publishers) > 8 else ""
    facts = {
        "Articles": f"{info['articles']:,}",
        "Passages": f"{info['passages']:,}",
        "Dates": f"{day(info['since']) or 'unknown'} to {day(info['until']) or 'unknown'}",
        "Publishers": (named + more) or "none named",
        "Model": str(info["model"]),
        "Made": f"{str(info['created'])[:16].replace('T', ' ')} UTC, {info['bytes'] / 1e6:.1f} MB",
    }
    if added:
        facts["Added here"] = f"{added:,} file{'s' if added > 1 else ''}"
    pairs = [
        element("div", element("dt", name), element("dd", value), class_="fact")
        for name, value in facts.items()
    ]
    return element("dl", *pairs, class_="facts")
