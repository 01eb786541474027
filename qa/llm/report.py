"""The part of the evaluation's page on a language model: its shares, and what failed with its quotations."""

from markupsafe import Markup

from qa.evaluation.report.pieces import section, table, words
from qa.llm.measure import Measured
from qa.wording.markup import element
from qa.wording.safe_text import printable

_SHOWN = 50
"""Claims left out that are listed."""


def sentences_section(made: Measured) -> Markup:
    """Shares, tokens and seconds a question, and the claims left out with why, as text."""
    asked = max(made.questions, 1)
    rows = [(name, "–" if share is None else f"{share:.3f}") for name, share in made.shares().items()]
    rows += [
        ("tokens a question", f"{made.tokens / asked:.0f}"),
        ("seconds a question", f"{made.seconds / asked:.1f}"),
    ]
    failed = [
        element(
            "li",
            words("p", failed["claim"], "asked"),
            element("p", f"{printable(failed['question'])}: {printable(failed['why'])}", class_="quiet"),
            *(words("p", f"Quoted, and in no article: “{quote}”") for quote in failed["quotes"]),
        )
        for failed in made.failed[:_SHOWN]
    ]
    faults = [element("li", printable(fault)) for fault in made.faults[:_SHOWN]]
    said = f"By {printable(made.model)}: what its claims were worth, and what was left out of its answers."
    listed = [element("ol", *items, class_="moved") for items in (failed, faults) if items]
    return section("In sentences", said, table(("measure", "value"), rows), *listed)
