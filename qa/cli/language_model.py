"""What the commands do where a language model also answers."""

import argparse
import os
import sys
from collections.abc import Iterable
from contextlib import closing
from typing import TYPE_CHECKING, Any

from qa.cli.terminal import console
from qa.wording.phrases import pages
from qa.wording.safe_text import one_line, printable

if TYPE_CHECKING:
    from markupsafe import Markup

    from embeddings.types import Article
    from qa.llm.endpoint import Endpoint
    from qa.llm.measure import Measured
    from qa.llm.proof.types import Checked
    from qa.llm.write import Written
    from qa.pipeline import QA
    from qa.types import Result

_FAILED = 10
"""Claims left out that are shown."""


def server(options: argparse.Namespace) -> "Endpoint | None":
    """The server that the options or the environment name."""
    if not (options.llm or os.environ.get("QA_LLM_URL")):
        return None
    from qa.llm.endpoint import endpoint

    return endpoint(options.llm, options.llm_model, agreed=options.llm_agree)


def server_for_questions(options: argparse.Namespace) -> "Endpoint | None":
    """The same for `qa eval`, where what was answered before has no part for a model."""
    if not (options.self or options.run):
        return server(options)
    if options.llm:
        raise argparse.ArgumentError(None, "--llm asks anew: it does not go with --self or --run")
    return None


def print_sentences(found: "Endpoint", result: "Result", before: str | None = None) -> None:
    """Claims as they are proved, below the answer that is there already; a fault is one line."""
    from qa.llm.endpoint import LLMError
    from qa.llm.write import Written, named, write

    out = console()
    marks: dict[tuple[Article, int, int], int] = {}
    try:
        found = named(found)
        written = Written(found)
        for checked in closing_on_error(write(written, result, before)):
            if not checked.proved:
                continue
            if len(written.proved) == 1:
                out.print(f"\nIn sentences, by {one_line(found.model or '')}, each proved:", style="bold")
            _print_claim(checked, marks)
    except LLMError as error:
        print(f"qa: {one_line(str(error))}; the answer above stands without it", file=sys.stderr)
        return
    if written.left_out:
        out.print(f"\n{left_out(len(written.left_out))}", style="dim")
    if not written.proved:
        out.print(f"{one_line(found.model or '')} adds nothing that can be proved: the answer above stands.")


def closing_on_error(claims: "Iterable[Checked]") -> "Iterable[Checked]":
    """`claims`, with the model stopped as soon as nobody reads on."""
    with closing(claims):  # type: ignore[type-var]
        yield from claims


def _print_claim(checked: "Checked", marks: "dict[tuple[Article, int, int], int]") -> None:
    out = console()
    new = []
    numbers = []
    for place in checked.found:
        key = (place.article, place.start, place.end)
        if key not in marks:
            marks[key] = len(marks) + 1
            new.append(place)
        numbers.append(f"[{marks[key]}]")
    out.print(f"{one_line(checked.claim.text)} {''.join(dict.fromkeys(numbers))}")
    for place in new:
        article = place.article
        number = marks[article, place.start, place.end]
        facts = (article.title, article.source, article.date, pages(place.pages))
        origin = " · ".join(fact for fact in facts if fact)
        out.print(f"   [{number}] “{one_line(place.text)}” {printable(origin)}", style="dim")


def left_out(count: int) -> str:
    """That so many sentences are not shown."""
    sentences = "1 sentence" if count == 1 else f"{count} sentences"
    return f"{sentences} left out: not word for word in the articles."


def sentences(found: "Endpoint", result: "Result", before: str | None = None) -> dict[str, Any]:
    """The same as JSON; `fault` where something went wrong."""
    from qa.llm.endpoint import LLMError
    from qa.llm.write import Written, named, write

    written: Written = Written(found)
    try:
        written.server = named(found)
        for _ in closing_on_error(write(written, result, before)):
            pass
    except LLMError as error:
        return {**written.to_json(), "fault": str(error)}
    return written.to_json()


def measured(qa: "QA", found: "Endpoint", options: argparse.Namespace) -> "Measured":
    """The figures of `qa eval --llm`."""
    from embeddings.types import Filter
    from qa.evaluation.questions import Question, read_questions
    from qa.evaluation.runs import ASKED
    from qa.llm.measure import measure
    from qa.llm.write import named

    questions = read_questions(options.questions)
    if options.unanswerable:
        questions += read_questions(options.unanswerable)

    def narrow(question: Question) -> Filter:
        return Filter(as_of=question.date if options.as_of == ASKED else options.as_of)

    return measure(qa, named(found), questions, narrow)


def section(made: "Measured") -> "Markup":
    """The same for the page of `qa eval --report`."""
    from qa.llm.report import sentences_section

    return sentences_section(made)


def print_measured(made: "Measured") -> None:
    """Print what a language model's sentences were worth."""
    print(f"in sentences, by {one_line(made.model)}:")
    counted = {
        "claims proved": (made.proved, made.claims),
        "quotes exact": (made.exact, made.quotes),
        "claims answer": (made.answered, made.answerable),
        "refusals right": (made.refused, made.unanswerable),
    }
    for name, (part, whole) in counted.items():
        share = f"{part / whole:.3f}" if whole else "-"
        print(f"{name:<18} {share}  {part} of {whole}")
    asked = max(made.questions, 1)
    written = f"{made.seconds / asked:.1f} s, {made.tokens / asked:.0f} tokens"
    print(f"{'a question':<18} {written}")
    for failed in made.failed[:_FAILED]:
        parts = (failed["question"], failed["claim"], failed["why"], *failed["quotes"])
        print(f"left out: {': '.join(one_line(part) for part in parts)}")
    for fault in made.faults[:_FAILED]:
        print(f"fault: {one_line(fault)}")


def look(options: argparse.Namespace) -> None:
    """`qa llm`: what answers here, and a test of what was named, or of the only one that was found."""
    from qa.llm.discover import servers, tried
    from qa.llm.endpoint import Endpoint, leaves
    from qa.llm.write import named

    found = server(options)
    if not found:
        here = list(servers())
        for place in here:
            names = ", ".join(one_line(name) for name in place.models[:8]) or "no model yet"
            print(f"{place.kind} at {place.url}: {names}")
        if not here:
            print("no language model answers on this machine's usual ports: see docs/llm.md")
            return
        if len(here) > 1 or len(here[0].models) != 1:
            print("name one to test it: qa llm --llm URL --llm-model NAME")
            return
        found = Endpoint(here[0].url, here[0].models[0])
    found = named(found)
    print(f"{one_line(found.model or '')}: {leaves(found)}")
    _print_test(tried(found))


def _print_test(written: "Written") -> None:
    said = f"{len(written.proved)} of {len(written.checked)} claims proved in {written.seconds:.1f} s"
    usable = "it can be used" if written.proved else "it is of no use here: try another model"
    print(f"test: {said}: {usable}")
    for checked in written.left_out:
        print(f"left out: {one_line(checked.claim.text)}: {one_line(checked.why)}")


def info() -> dict[str, str]:
    """What `qa info` says of the model that the environment names; empty where it names none."""
    if not os.environ.get("QA_LLM_URL", "").strip():
        return {}
    from qa.llm.endpoint import LLMError, endpoint, leaves

    try:
        found = endpoint(agreed=True)
    except LLMError as error:
        return {"llm": str(error)}
    return {"llm": leaves(found)} if found else {}


def print_info() -> None:
    """Print what is known of the language model that would be asked."""
    for name, value in info().items():
        print(f"{name:<11}{one_line(value)}")
