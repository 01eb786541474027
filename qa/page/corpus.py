"""The tab that shows what is indexed, and indexes the same sources again."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from embeddings.building import Progress, Report
from embeddings.catalog import Catalog, Kept
from embeddings.errors import QAError
from embeddings.index import read_info
from embeddings.types import Article
from qa.information import describe
from qa.page.live import LiveQA
from qa.page.markup import Markup, element
from qa.page.passages import day, title
from qa.pipeline import QA

HEADERS = ["Date", "Publisher", "Title"]
REPORTED = ["File", "What happened", "Why"]
LISTED = 200
"""Rows of a table at once."""


@dataclass(frozen=True, slots=True)
class CorpusTab:
    """Gradio's components of the tab."""

    tab: Any
    summary: Any
    find: Any
    found: Any
    table: Any
    rebuild: Any
    report: Any
    files: Any


def tab(live: LiveQA) -> CorpusTab:
    """The tab's components, with everything that happens in it."""
    import gradio as gr

    with gr.Tab("Corpus", id="corpus") as outer:
        summary = gr.HTML(elem_id="summary")
        with gr.Row(elem_id="rebuild-row"):
            rebuild = gr.Button("Rebuild", elem_id="rebuild", size="md", scale=0, min_width=200)
        report = gr.HTML(elem_id="report")
        files = _table(REPORTED, "Report", visible=False)
        find = gr.Textbox(label="Find articles by title, publisher or date", elem_id="find", max_length=200)
        found = gr.HTML(elem_id="found")
        table = _table(HEADERS, "Articles")
    made = CorpusTab(outer, summary, find, found, table, rebuild, report, files)
    _connect(made, live)
    return made


def _table(headers: list[str], label: str, visible: bool = True) -> Any:
    import gradio as gr

    return gr.Dataframe(
        headers=headers,
        datatype="str",
        column_count=len(headers),
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


def _connect(made: CorpusTab, live: LiveQA) -> None:
    import gradio as gr

    def show(text: str) -> list[Any]:
        try:
            info = describe(live.folder)
            articles = live.articles()
        except QAError as error:
            return [element("p", str(error), class_="empty"), gr.Button(), "", []]
        label = f"Rebuild from {', '.join(info['read_from'])}"
        return [summary(info), gr.Button(label), *listed(articles, text)]

    def search(text: str) -> list[Any]:
        return show(text)[2:]

    def rebuild(text: str, progress: Any = gr.Progress()) -> list[Any]:  # noqa: B008
        try:
            report, rows = rebuilt(live.folder, lambda at, said: progress(at, desc=said))
        except QAError as error:
            said = element("p", str(error), class_="empty", role="alert")
            return [said, gr.Dataframe(visible=False), *show(text)]
        return [counts(report), gr.Dataframe(rows, visible=True), *show(text)]

    quiet = {"api_visibility": "private", "show_progress": "hidden"}
    everything = [made.summary, made.rebuild, made.found, made.table]
    made.tab.select(show, made.find, everything, **quiet)
    made.find.change(search, made.find, [made.found, made.table], trigger_mode="always_last", **quiet)
    made.rebuild.click(
        rebuild,
        made.find,
        [made.report, made.files, *everything],
        api_visibility="private",
        concurrency_id="rebuild",
        concurrency_limit=1,
        show_progress_on=made.report,
    )


def summary(info: Mapping[str, Any]) -> Markup:
    """What is indexed, as a list of terms."""
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


def rebuilt(folder: Path, show: Any) -> tuple[Report, list[list[str]]]:
    """Index the sources of the index in `folder` again. Raises QAError."""
    manifest, _ = read_info(folder)
    before = _kept(folder)
    started = perf_counter()

    def progress(at: Progress) -> None:
        show(at.fraction, progress_text(at, perf_counter() - started))

    show(0, "reading the sources")
    report = QA.build(manifest.sources, folder, progress=progress)
    return report, report_rows(report, before, _kept(folder))


def progress_text(at: Progress, seconds: float) -> str:
    """How far a build is, and how long it will still take."""
    done = f"{at.articles:,} articles, {at.passages:,} passages"
    if not 0 < at.fraction < 1:
        return done
    return f"{done}, {seconds / at.fraction * (1 - at.fraction):.0f} s left"


def _kept(folder: Path) -> dict[str, Kept]:
    from embeddings.generations import Generations
    from embeddings.manifest import ARTICLES, PASSAGES

    try:
        with (
            Generations(folder).read() as generation,
            closing(Catalog.open(generation / ARTICLES, generation / PASSAGES)) as catalog,
        ):
            return catalog.kept()
    except (QAError, OSError):
        return {}


def counts(report: Report) -> Markup:
    """What a build did, in one line."""
    kinds = ("added", "changed", "renamed", "deleted", "unchanged")
    parts = [f"{getattr(report, kind):,} {kind}" for kind in kinds if getattr(report, kind)]
    text = f"{report.articles:,} articles ({', '.join(parts)}), {len(report.skipped):,} skipped"
    return element("p", f"{text}, in {report.seconds:.1f} s.", class_="found", role="status")


def report_rows(report: Report, before: Mapping[str, Kept], after: Mapping[str, Kept]) -> list[list[str]]:
    """A row for each file: skipped ones first, then what changed, then what did not."""
    rows = [[left_out.path, "skipped", left_out.reason] for left_out in report.skipped]
    changes = sorted(_changes(before, after), key=lambda change: (change[1] == "unchanged", change[0]))
    return (rows + [[id, what, ""] for id, what in changes])[:LISTED]


def _changes(before: Mapping[str, Kept], after: Mapping[str, Kept]) -> Iterator[tuple[str, str]]:
    for id, kept in after.items():
        old = before.get(id)
        yield id, "added" if not old else "unchanged" if old.content == kept.content else "changed"
    for id in before.keys() - after.keys():
        yield id, "deleted"
