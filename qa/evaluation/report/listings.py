"""Questions in the report: those that moved, those that went worst, those answered without an answer."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from qa.evaluation.evaluate import Trial
from qa.evaluation.metrics import Run, first_relevant, measure
from qa.evaluation.questions import Question
from qa.evaluation.report.pieces import section, words
from qa.wording.markup import Child, element, join, safe_address
from qa.wording.safe_text import printable

RANKED_BY = "nDCG@10"
"""The measure that says which questions moved, and which went worst."""
_WORST = 20
_CHANGED = 15
_INSTEAD = 5


def changed(name: str, ids: Sequence[str], trial: Trial, titles: Mapping[str, str]) -> Markup | None:
    """The questions of `ids` that moved most between two runs; None where none did."""
    against = trial.against or {}
    asked = {question.id: question for question in trial.questions}
    moved = sorted(
        ((_first(asked[id], against), _first(asked[id], trial.run), asked[id]) for id in ids),
        key=lambda change: (-abs(1 / change[0] - 1 / change[1]), change[2].id),
    )
    if not moved:
        return None
    rows = [
        element(
            "li",
            element("span", f"{_rank(before)} → {_rank(after)}", class_="move"),
            element("div", words("p", question.question, "asked"), _relevant(question, titles)),
        )
        for before, after, question in moved[:_CHANGED]
    ]
    more = f", the {_CHANGED} that moved most" if len(moved) > _CHANGED else ""
    title = element("h3", f"{name}: {len(moved)}{more}")
    return join([title, element("ol", *rows, class_="moved")])


def _first(question: Question, run: Run) -> float:
    return float(first_relevant(question, run[question.id]) or "inf")


def _rank(rank: float) -> str:
    return f"{rank:.0f}" if rank < float("inf") else "none"


def worst(trial: Trial, titles: Mapping[str, str]) -> Markup | None:
    """The questions that went worst, with what was ranked instead; None where all went well."""
    values = measure(trial.questions, trial.run)[RANKED_BY]
    order = sorted(
        (float(value), -_first(question, trial.run), question.id, question)
        for value, question in zip(values, trial.questions, strict=True)
        if value < 1
    )
    if not order:
        return None
    items = [_failure(value, question, trial.run[question.id], titles) for value, _, _, question in order]
    said = f"By {RANKED_BY}: what was ranked instead of the articles that answer."
    return section("Worst questions", said, element("ol", *items[:_WORST], class_="failures"))


def _failure(value: float, question: Question, line: Mapping[str, Any], titles: Mapping[str, str]) -> Markup:
    place = _rank(float(first_relevant(question, line) or "inf"))
    facts = f"{question.id} · first relevant article: {place} · {RANKED_BY} {value:.2f}"
    expected = "; ".join(question.answers)
    return element(
        "li",
        words("h3", question.question),
        words("p", facts, "quiet"),
        element(
            "dl",
            *_fact("Expected", words("span", expected) if expected else None),
            *_fact("Given", _given(line)),
            *_fact("Relevant", _relevant(question, titles)),
            *_fact("Ranked", _instead(question, line)),
        ),
    )


def _fact(name: str, said: Child) -> list[Markup]:
    return [element("dt", name), element("dd", said)] if said else []


def _given(line: Mapping[str, Any]) -> Markup:
    sure = f" (answerable {line['answerable']:.2f})" if "answerable" in line else ""
    if not line["answer"]:
        return element("span", f"no answer{sure}", class_="quiet")
    quoted = words("q", " ".join(line["answer"]["text"].split()))
    return element("span", quoted, element("span", sure, class_="quiet"))


def _relevant(question: Question, titles: Mapping[str, str]) -> Markup:
    named = [words("li", titles.get(id) or id) for id in sorted(question.relevant)[:_INSTEAD]]
    return element("ul", *named, class_="relevant")


def _instead(question: Question, line: Mapping[str, Any]) -> Markup:
    firsts = {passage["article"]: passage for passage in reversed(line["passages"])}
    ranked = list(dict.fromkeys(passage["article"] for passage in line["passages"]))[:_INSTEAD]
    return element("ol", *(_place(firsts[id], id in question.relevant) for id in ranked), class_="ranked")


def _place(passage: Mapping[str, Any], relevant: bool) -> Markup:
    origin = " · ".join(str(passage[key]) for key in ("source", "date") if passage.get(key))
    title = printable(passage.get("title") or passage["article"])
    address = safe_address(passage.get("url"))
    name = element("a", title, href=address, rel="noopener noreferrer nofollow") if address else title
    return element(
        "li",
        element("bdi", name),
        element("span", f" {printable(origin)}", class_="quiet") if origin else None,
        element("strong", " relevant") if relevant else None,
    )


def false_answers(trial: Trial) -> Markup | None:
    """What was answered to questions without an answer; None where nothing was."""
    answered = [question for question in trial.unanswerable if trial.run[question.id]["answer"]]
    if not answered:
        return None
    answered.sort(key=lambda question: (-trial.run[question.id].get("answerable", 0.0), question.id))
    items = [
        element("li", words("h3", question.question), element("p", _given(trial.run[question.id])))
        for question in answered[:_WORST]
    ]
    said = (
        f"{len(answered)} of {len(trial.unanswerable)} questions that the corpus does not answer were "
        "answered, the surest first."
    )
    return section("Answered without an answer", said, element("ol", *items, class_="failures"))
