"""The report as one HTML document: figures, charts, comparison, and the questions that went worst."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from markupsafe import Markup

from embeddings.errors import QAError
from qa.evaluation.calibration import reliability
from qa.evaluation.evaluate import Evaluation, Trial
from qa.evaluation.metrics import Figure, first_relevant
from qa.evaluation.report.charts import Bar, Dot, columns, histogram, whisker
from qa.evaluation.report.charts import reliability as reliability_chart
from qa.evaluation.report.listings import RANKED_BY, changed, false_answers, worst
from qa.evaluation.report.pieces import figure, section, table
from qa.wording.markup import element
from qa.wording.safe_text import printable

_CSS = Path(__file__).parent / "report.css"
_POLICY = Markup(
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
)
_RANKS = ((1, 1), (2, 2), (3, 3), (4, 5), (6, 10), (11, 20), (21, 50), (51, None))


def write_report(
    trial: Trial, evaluation: Evaluation, path: str | Path, further: Markup | None = None
) -> None:
    """Write the report to `path`, whole or not at all, with a `further` section at its end.

    Raises QAError where it cannot be written.
    """
    path = Path(path)
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_text(document(trial, evaluation, further), "utf-8", errors="replace")
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise QAError(f"cannot write {path}: {error.strerror}") from None


def document(trial: Trial, evaluation: Evaluation, further: Markup | None = None) -> str:
    """The report: no script, no request to any host, every text escaped."""
    titles = _titles(trial)
    sections = [
        _head(trial, evaluation),
        element("section", _figures(evaluation.figures), *_charts(trial, evaluation), class_="cards"),
        _comparison(trial, evaluation, titles),
        worst(trial, titles),
        false_answers(trial),
        further,
    ]
    head = element(
        "head",
        Markup('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        _POLICY,
        Markup('<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">'),
        element("title", f"Evaluation: {printable(trial.name)}"),
        element("style", Markup(_CSS.read_text("utf-8"))),  # noqa: S704 - our own file
    )
    body = element("body", element("main", *sections))
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def _head(trial: Trial, evaluation: Evaluation) -> Markup:
    counts = f"{evaluation.questions} questions"
    if evaluation.unanswerable:
        counts += f", and {evaluation.unanswerable} without an answer in the corpus"
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    return element(
        "header",
        element("h1", f"Evaluation: {printable(trial.name)}"),
        element("p", f"{counts} · {day}", class_="quiet"),
        element("p", evaluation.note, class_="note") if evaluation.note else None,
    )


def _figures(figures: Sequence[Figure]) -> Markup:
    rows = [
        (
            each.name,
            f"{each.value:.3f}",
            f"{each.low:.3f}–{each.high:.3f}",
            whisker(each.value, each.low, each.high, 0, 1),
        )
        for each in figures
    ]
    said = "With 95 % bootstrap intervals over questions."
    return figure("Figures", said, table(("measure", "value", "interval", "0 to 1"), rows))


def _charts(trial: Trial, evaluation: Evaluation) -> list[Markup]:
    lines = [trial.run[q.id] for q in (*trial.questions, *trial.unanswerable)]
    made = [_ranks(trial)]
    if trial.unanswerable:
        made.append(_reliability(trial))
    times = histogram(
        "Milliseconds a question",
        [line["ms"] for line in lines],
        {"p50": evaluation.p50, "p95": evaluation.p95},
        "milliseconds",
    )
    made.append(figure("Latency", "How long the questions took.", times))
    return made


def _ranks(trial: Trial) -> Markup:
    ranks = [first_relevant(question, trial.run[question.id]) for question in trial.questions]
    bars = []
    for low, high in _RANKS:
        label = f"{low}" if low == high else f"{low}–{high}" if high else f"{low}+"
        count = sum(rank is not None and low <= rank <= (high or rank) for rank in ranks)
        bars.append(Bar(label, count, f"rank {label}: {count} of {len(ranks)} questions"))
    missing = ranks.count(None)
    bars.append(Bar("none", missing, f"no relevant article: {missing} of {len(ranks)} questions", "bar bad"))
    chart = columns("Questions by the rank of the first relevant article", bars, "rank")
    return figure("First relevant article", "Questions by its rank.", chart)


def _reliability(trial: Trial) -> Markup:
    bins = reliability(trial.run, [q.id for q in trial.questions], [q.id for q in trial.unanswerable])
    dots = [
        Dot(
            bin.chance,
            bin.frequency,
            bin.answerable + bin.unanswerable,
            f"answerable {bin.chance:.2f}: {bin.frequency:.2f} have an answer "
            f"({bin.answerable} with, {bin.unanswerable} without)",
        )
        for bin in bins
    ]
    chart = reliability_chart("Share that has an answer by answerable", dots, "answerable")
    said = (
        "Share of questions that have an answer, by the probability given: on the diagonal, it means what it "
        "says. Grey: how many questions."
    )
    return figure("Reliability of answerable", said, chart)


def _comparison(trial: Trial, evaluation: Evaluation, titles: Mapping[str, str]) -> Markup | None:
    if trial.against is None or not evaluation.differences:
        return None
    widest = max(max(abs(change.low), abs(change.high)) for change in evaluation.differences) or 1.0
    rows = [
        (
            change.name,
            f"{change.value:+.3f}",
            f"{change.low:+.3f} to {change.high:+.3f}",
            whisker(change.value, change.low, change.high, -widest, widest),
            f"{change.p:.3f}",
            f"{len(change.won)}:{len(change.lost)}",
        )
        for change in evaluation.differences
    ]
    heads = ("measure", "gain", "interval", f"±{widest:.2f}", "p", "won:lost")
    said = "This run less the other, question by question; p of a paired permutation test."
    [change] = [change for change in evaluation.differences if change.name == RANKED_BY]
    return section(
        "Comparison",
        said,
        table(heads, rows),
        changed(f"Won by {RANKED_BY}", change.won, trial, titles),
        changed(f"Lost by {RANKED_BY}", change.lost, trial, titles),
    )


def _titles(trial: Trial) -> dict[str, str]:
    """The title of each article that any question found."""
    lines = [line for run in (trial.run, trial.against or {}) for line in run.values()]
    return {p["article"]: p["title"] for line in lines for p in line["passages"] if p.get("title")}
