"""`qa brief`: a chronology, in the articles' sentences, or in a model's where they are proved."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from qa.cli.language_model import left_out
from qa.cli.terminal import console
from qa.wording.phrases import NO_PASSAGE
from qa.wording.safe_text import one_line

if TYPE_CHECKING:
    from embeddings.types import Article
    from qa.brief import Line
    from qa.llm.brief import Telling
    from qa.llm.endpoint import Endpoint

_INDENT = " " * 12
"""As wide as a day."""


def print_brief(lines: "Sequence[Line]") -> None:
    """Print a line an article, in its own words."""
    if not lines:
        console().print(NO_PASSAGE)
    for line in lines:
        _print_line(line.article, line.sentence.text)


def told(found: "Endpoint", topic: str, lines: "Sequence[Line]") -> "Telling":
    """A brief in the model's words as far as they are proved; a fault leaves the articles' own."""
    from qa.llm.brief import Telling, Told, told
    from qa.llm.endpoint import LLMError
    from qa.llm.write import named

    try:
        return told(named(found), topic, lines)
    except LLMError as error:
        return Telling([Told(line, None) for line in lines], [], [str(error)])


def print_told(said: "Telling") -> None:
    """Print each proved sentence with its quotation; elsewhere the article's own sentence."""
    for told in said.lines:
        claim = told.claim
        quotes = [place.text for place in claim.found] if claim else []
        _print_line(told.line.article, claim.claim.text if claim else told.line.sentence.text, quotes)
    if said.left_out:
        console().print(f"\n{left_out(len(said.left_out))}", style="dim")
    for fault in said.faults:
        print(f"qa: {one_line(fault)}; the articles' own sentences stand instead", file=sys.stderr)


def _print_line(article: "Article", text: str, quotes: Sequence[str] = ()) -> None:
    out = console()
    out.print(f"{article.date or 'undated':<{len(_INDENT)}}{one_line(text)}")
    for quote in quotes:
        out.print(f"{_INDENT}“{one_line(quote)}”", style="dim")
    origin = " · ".join(part for part in (article.title, article.source, article.url or article.path) if part)
    out.print(f"{_INDENT}{one_line(origin or article.id)}", style="dim")
