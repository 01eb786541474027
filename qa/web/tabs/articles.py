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
from embeddings.types import Article
from qa.web.cards import day, title
from qa.web.dropped_files import discard
from qa.web.live import LiveQA
from qa.web.security.guard import LARGEST_UPLOAD
from qa.web.updates import LISTED, REPORTED, added, rebuilt, removed
from qa.wording.markup import element

HEADERS = ["Date", "Publisher", "Title"]


@dataclass(frozen=True, slots=True)
class CorpusTab:
    """Gradio's components of the tab, and the events after which the index is another."""

    tab: Any
    summary: Any
    find: Any
    found: Any
    table: Any
    rebuild: Any
    report: Any
    files: Any
    drop: Any | None
    added: Any | None
    remove: Any | None
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
                        file_types=[*ENDINGS, ".gz"],
                        height=150,
                        elem_id="drop",
                    )
                    gr.HTML(_hint())
            with gr.Column(scale=2, min_width=300, elem_id="keep"):
                rebuild = gr.Button("Rebuild", elem_id="rebuild", size="md")
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
        files = _table(REPORTED, "Report", visible=False)
        find = gr.Textbox(label="Find articles by title, publisher or date", elem_id="find", max_length=200)
        found = gr.HTML(elem_id="found")
        table = _table(HEADERS, "Articles")
    made = CorpusTab(outer, summary, find, found, table, rebuild, report, files, drop, added, remove, [])
    _connect(made, live, uploads)
    return made


def _table(headers: list[str], label: str, visible: bool = True) -> Any:
    import gradio as gr

    return gr.Dataframe(
        headers=headers,
        datatype="str",
        column_count=len(headers),
        column_widths=["26%", "24%", "50%"],
        type="array",
        interactive=False,
        label=label,
        show_label=True,
        wrap=True,
        buttons=[],
        latex_delimiters=[],
        visible=visible,
        elem_id="articles" if label == "Articles" else "files",
    )


def _connect(made: CorpusTab, live: LiveQA, uploads: set[str]) -> None:
    import gradio as gr

    def show(text: str) -> dict[Any, Any]:
        try:
            info = describe(live.place)
            found, rows = listed(live.articles(), text or "")  # none comes from a pane that is not shown
        except QAError as error:
            return {
                made.summary: element("p", live.told(str(error)), class_="empty"),
                made.found: "",
                made.table: [],
            }
        kept = [path.name for path in added_files(live.store.home)]
        shown = {
            made.summary: summary(info, len(kept)),
            made.rebuild: gr.Button(_rebuild(info["read_from"])),
            made.found: found,
            made.table: rows,
        }
        if made.added and made.remove:
            shown[made.added] = gr.Dropdown(kept, value=[], visible=bool(kept))
            shown[made.remove] = gr.Button(visible=bool(kept))
        return shown

    def search(text: str) -> dict[Any, Any]:
        shown = show(text)
        return {made.found: shown[made.found], made.table: shown[made.table]}

    def changed(text: str, work: Callable[[], tuple[Markup, list[list[str]]]]) -> dict[Any, Any]:
        """What is shown after `work`, which says what it did and gives the rows of its report."""
        try:
            said, rows = work()
        except (QAError, OSError) as error:
            said, rows = element("p", live.told(_sentence(error)), class_="failed", role="alert"), []
        return {made.report: said, made.files: gr.Dataframe(rows, visible=bool(rows)), **show(text)}

    def rebuild(text: str, progress: Any = gr.Progress()) -> dict[Any, Any]:  # noqa: B008
        return changed(text, lambda: rebuilt(live.place, progress))

    def drop(paths: list[str], text: str, progress: Any = gr.Progress()) -> dict[Any, Any]:  # noqa: B008
        files = [Path(path) for path in paths or ()]
        try:
            return {**changed(text, lambda: added(files, live.place, progress)), made.drop: None}
        finally:
            discard(files, uploads)

    def take_away(names: list[str], text: str, progress: Any = gr.Progress()) -> dict[Any, Any]:  # noqa: B008
        return changed(text, lambda: removed(names, live.place, progress))

    quiet = {"api_visibility": "private", "show_progress": "hidden"}
    keeping = [part for part in (made.added, made.remove) if part]
    everything = [made.summary, made.rebuild, made.found, made.table, *keeping]
    made.tab.select(show, made.find, everything, **quiet)
    made.find.change(search, made.find, [made.found, made.table], trigger_mode="always_last", **quiet)
    changing = {
        "api_visibility": "private",
        "concurrency_id": "rebuild",
        "concurrency_limit": 1,
        "show_progress_on": made.report,
    }
    outputs = [made.report, made.files, *everything]
    made.changes.append(made.rebuild.click(rebuild, made.find, outputs, **changing))
    if made.drop and made.added and made.remove:
        made.changes.append(made.drop.upload(drop, [made.drop, made.find], [*outputs, made.drop], **changing))
        made.changes.append(made.remove.click(take_away, [made.added, made.find], outputs, **changing))


def _hint() -> Markup:
    most = f"{LARGEST_UPLOAD / 1e6:g} MB"
    text = f"{' '.join(ENDINGS)}, up to {most} together. They are kept in the index's own folder. "
    text += "Other articles go when their files go, at the next rebuild."
    return element("p", text, class_="found")


def _sentence(error: Exception) -> str:
    message = (
        f"{error.filename}: {error.strerror}" if isinstance(error, OSError) and error.strerror else str(error)
    )
    return f"{message[:1].upper()}{message[1:]}. The index stays as it was."


def _rebuild(sources: Sequence[str]) -> str:
    """What the button says: of addresses, what commands fetched is read."""
    said = f"Rebuild from {', '.join(sources)}"
    return f"{said}, as fetched before" if any(map(is_address, sources)) else said


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


def listed(articles: Sequence[Article], text: str) -> tuple[Markup, list[list[str]]]:
    """How many articles match `text`, and the rows of the first of them."""
    words = text.casefold().split()
    rows = [[article.date or "", article.source or "", title(article)] for article in articles]
    matching = [row for row in rows if all(word in " ".join(row).casefold() for word in words)]
    count = f"{len(matching):,} of {len(rows):,} articles"
    shown = f"{count}, the first {LISTED} shown" if len(matching) > LISTED else count
    return element("p", shown, class_="found"), matching[:LISTED]
