"""What people read in a terminal: plain lines in a pipe, colours on a screen."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from embeddings.encoders.models import DEFAULT_MODEL
from embeddings.types import Article, Passage, Skipped
from qa.wording.languages import counted, unread
from qa.wording.phrases import NO_ANSWER, NO_PASSAGE, by_corpus, change_counts, likelihood, others, pages
from qa.wording.safe_text import one_line, printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from embeddings.build.preview import Preview
    from embeddings.build.report import Report
    from qa.evaluation.evaluate import Evaluation
    from qa.retrieval.explain import Explanation, Word
    from qa.types import Answer, RankedPassage, Result

SIGNALS = {
    "dense": "meaning",
    "passage_words": "words of a passage",
    "article_words": "words of the article",
    "score": "all together",
}
"""What signals are called; another one goes by its own name."""
_SHOWN = 5
"""Remarks on one file."""
_SHOWN_IDS = 5


def console() -> "Console":
    """Where results go: wrapped and coloured on a screen, one line a paragraph in a pipe."""
    from rich.console import Console

    class Piped(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # whoever reads, such as `head`, has seen enough

    return Piped(highlight=False, markup=False, emoji=False, soft_wrap=not sys.stdout.isatty())


def print_result(result: "Result") -> None:
    """Print an answer with its passages."""
    out = console()
    ranked = result.passages
    if result.understood != result.question:
        out.print(f"Read as: {printable(result.understood)}", style="dim")
    if result.answer:
        if result.answer.short:
            out.print(_line(result.answer.short_text), style="bold yellow")
        out.print(_line(result.answer.text), style="bold")
        out.print(
            f"{_origin(result.answer.article, result.answer.pages)} · {likelihood(result)}", style="dim"
        )
        for said in others(result):
            out.print(printable(said), style="dim")
        print_passages(ranked, result.answer)
        return
    out.print(NO_ANSWER, style="bold")
    out.print(likelihood(result), style="dim")
    out.print(printable(by_corpus(result) or ""), style="dim", end="\n" if result.corpora else "")
    if ranked:
        out.print("\nRelated passages:")
        print_passages(ranked)


def print_passages(ranked: "tuple[RankedPassage, ...]", answer: "Answer | None" = None) -> None:
    """Print passages, best first."""
    out = console()
    if not ranked:
        out.print(NO_PASSAGE)
    for place in ranked:
        article = place.passage.article
        out.print(f"\n{place.rank}. {printable(article.title or article.id)}", style="bold")
        corpus = f"{one_line(place.corpus)}: " if place.corpus else ""
        out.print(f"   {corpus}{_origin(article, place.passage.pages)}", style="dim")
        if place.also:
            names = "; ".join(_origin(copy) for copy in place.also)
            out.print(f"   also in: {names}", style="dim")
        out.print(_marked(place.passage, answer if place.holds(answer) else None))


def print_explanation(explanation: "Explanation") -> None:
    """Print why an article ranks where it does."""
    out = console()
    article = explanation.article
    if not article:
        out.print(f"{printable(explanation.wanted)} is not indexed.", style="bold")
        for near in explanation.similar:
            out.print(f"  similar: {printable(near.id)} · {printable(near.title)}")
        return
    out.print(printable(article.title or article.id), style="bold")
    out.print(f"{printable(article.id)} · {_origin(article)}", style="dim")
    for reason in explanation.dropped:
        out.print(f"Left out by {printable(reason)}. What follows is as without filters.")
    if explanation.copy_of:
        copy = f"{printable(explanation.copy_of.title)} ({printable(explanation.copy_of.id)})"
        out.print(f"A copy of the same report stands for it: {copy}")
    out.print(_standing(explanation))
    if explanation.first:
        out.print(f"First: {printable(explanation.first.title or explanation.first.id)}")
    _print_places(explanation)
    for place in explanation.passages[:1]:
        on = f" ({said})" if (said := pages(place.passage.pages)) else ""
        out.print(f"\nIts closest passage{on}, {place.rank} of all passages:", style="bold")
        out.print(printable(place.passage.text))
    _print_words(explanation)


def _standing(explanation: "Explanation") -> str:
    if explanation.rank:
        return f"Rank {explanation.rank} of {explanation.candidates} candidate articles."
    reach = f"Not among the {explanation.pool} candidates of either search"
    fused = next((place.rank for place in explanation.places if place.signal == "score"), None)
    return (
        f"{reach}; of all {explanation.articles} articles, it would be number {fused}."
        if fused
        else f"{reach}."
    )


def _print_places(explanation: "Explanation") -> None:
    out = console()
    out.print(
        f"\n{'':<22}{'value':>8}  {f'rank of {explanation.articles}':<14}{'first has':>9}", style="bold"
    )
    for place in explanation.places:
        rank = "-" if place.rank is None else str(place.rank)
        name = SIGNALS.get(place.signal, place.signal)
        out.print(f"{name:<22}{place.value:>8.3f}  {rank:<14}{place.best:>9.3f}")


def _print_words(explanation: "Explanation") -> None:
    def listed(words: "Sequence[Word]") -> str:
        return ", ".join(f"{printable(word.word)} {word.weight:.0%}" for word in words) or "none"

    out = console()
    words = explanation.words
    out.print("\nWords of the question, with their weight:", style="bold")
    out.print(f"in that passage         {listed([w for w in words if w.passage])}")
    out.print(f"elsewhere in it         {listed([w for w in words if w.article and not w.passage])}")
    out.print(f"nowhere in the article  {listed([w for w in words if not w.article])}")


def _line(text: str) -> str:
    return " ".join(printable(text).split())


def _origin(article: Article, on: "tuple[int, int] | None" = None) -> str:
    parts = (article.source, article.date, article.url or article.path, pages(on))
    return printable(" · ".join(part for part in parts if part) or article.id)


def _marked(passage: Passage, answer: "Answer | None") -> "Text":
    """The passage, with the answer inside it between `[[` and `]]`."""
    from rich.text import Text

    text = Text()
    if answer is None:
        return text.append(printable(passage.text))
    whole = passage.article.text
    text.append(printable(whole[passage.start : answer.start]))
    short = answer.short or answer
    text.append(f"[[{printable(whole[answer.start : short.start])}", style="yellow")
    text.append(printable(whole[short.start : short.end]), style="bold yellow")
    text.append(f"{printable(whole[short.end : answer.end])}]]", style="yellow")
    return text.append(printable(whole[answer.end : passage.end]))


def print_report(report: "Report", index: str) -> None:
    """Print what a build has changed."""
    out = console()
    _print_skipped(report.skipped)
    out.print(f"{report.articles:,} articles ({change_counts(report)}), {_left_out(report.skipped)}")
    rate = f", {report.encoded / report.seconds:.0f} passages/s" if report.encoded else ""
    resumed = f", {report.resumed} taken from the interrupted build" if report.resumed else ""
    out.print(
        f"{report.passages:,} passages ({report.encoded:,} encoded{resumed}) "
        f"in {report.seconds:.1f} s{rate}: {index}"
    )
    if not report.published:
        out.print("nothing has changed: the index stays as it is")
    elif note := unread(report.model, report.languages):
        print(printable(note), file=sys.stderr)


def print_preview(preview: "Preview", index: str) -> None:
    """Print what a build would change."""
    out = console()
    _print_skipped(preview.skipped)
    counts, skipped = change_counts(preview), _left_out(preview.skipped)
    out.print(f"would hold {preview.articles:,} articles ({counts}), {skipped}")
    out.print(f"would encode {preview.encoded} of them; nothing was written: {index}")


def _left_out(skipped: Sequence[Skipped]) -> str:
    """How many were skipped, and how many files are of questions, which nobody misses."""
    questions = sum(one.questions for one in skipped)
    files = f", {questions} file{'s' if questions > 1 else ''} of questions" if questions else ""
    return f"{len(skipped) - questions} skipped{files}"


def _print_skipped(skipped: Sequence[Skipped]) -> None:
    out = console()
    for file, remarks in _by_file([one for one in skipped if not one.questions]).items():
        for left_out in sorted(remarks, key=lambda remark: remark.path != file)[:_SHOWN]:
            out.print(f"skipped {one_line(left_out.path)}: {one_line(left_out.reason)}")
        if len(remarks) > _SHOWN:
            out.print(f"skipped {len(remarks) - _SHOWN} more in {one_line(file)}")


def _by_file(skipped: Sequence[Skipped]) -> dict[str, list[Skipped]]:
    """Remarks by the file that they are about: a line's remark says `file:line`."""
    files: dict[str, list[Skipped]] = {}
    for left_out in skipped:
        file, _, line = left_out.path.rpartition(":")
        files.setdefault(file if line.isdigit() else left_out.path, []).append(left_out)
    return files


def _rests_on(info: dict[str, Any]) -> str:
    """What `answerable` rests on."""
    if info["tuned_on"]:
        return f"tuned on {info['tuned_on']} questions of your own"
    known = "its weights are fitted to news"
    if info["model"] == DEFAULT_MODEL:
        return known
    return f"{known} and {DEFAULT_MODEL}, to whose scale cosines are brought: run `qa tune`"


def print_info(info: dict[str, Any]) -> None:
    """Print what an index holds."""
    sources = info["sources"]
    shown = ", ".join(f"{name} ({count})" for name, count in list(sources.items())[:5])
    more = f", and {len(sources) - 5} more" if len(sources) > 5 else ""
    note = unread(info["model"], info["languages"])
    lines = {
        "name": info["name"],
        "about": info["description"],
        "index": f"{info['index']} (format {info['format']}, {info['bytes'] / 1e6:.1f} MB)",
        "made": f"{info['created']} from {', '.join(info['read_from'])}",
        "articles": f"{info['articles']}, dated {info['since'] or '?'} to {info['until'] or '?'}",
        "languages": counted(info["languages"]),
        "passages": str(info["passages"]),
        "publishers": (shown or "none named") + more,
        "model": f"{info['model']} ({info['encoder'][:12]})" + (f"; {note}" if note else ""),
        "vectors": info["vectors"],
        "reader": f"{info['reader']} ({info['reader_fingerprint'][:12]}), {_rests_on(info)}",
    }
    for name, value in lines.items():
        if value:
            print(f"{name:<11}{printable(value)}")


def print_evaluation(evaluation: "Evaluation") -> None:
    """Print the measures of a run."""
    print(f"{evaluation.questions} questions, {evaluation.unanswerable} without an answer in the corpus")
    if evaluation.note:
        print(one_line(evaluation.note))
    for figure in evaluation.figures:
        print(f"{figure.name:<18} {figure.value:.3f}  [{figure.low:.3f}, {figure.high:.3f}]")
    print(f"{'ms a question':<18} p50 {evaluation.p50:.0f}, p95 {evaluation.p95:.0f}")
    for change in evaluation.differences:
        interval = f"[{change.low:+.3f}, {change.high:+.3f}]  p {change.p:.3f}"
        sides = f"won {_ids(change.won)}  lost {_ids(change.lost)}"
        print(f"{change.name:<18} {change.value:+.3f}  {interval}  {sides}")


def _ids(ids: Sequence[str]) -> str:
    more = " ..." if len(ids) > _SHOWN_IDS else ""
    return f"{len(ids)} ({', '.join(map(one_line, ids[:_SHOWN_IDS]))}{more})" if ids else "0"
