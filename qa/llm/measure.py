"""`qa eval --llm`: how much of what a model writes is proved, and whether it answers."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from embeddings.types import Filter
from qa.evaluation.questions import Question
from qa.llm.endpoint import Endpoint, LLMError
from qa.llm.write import Written, write
from qa.pipeline import QA

_SHOWN = 10
"""Passages that a question offers to the model."""


@dataclass(slots=True)
class Measured:
    """Shares are None where there was nothing to count."""

    model: str
    questions: int = 0
    claims: int = 0
    proved: int = 0
    quotes: int = 0
    exact: int = 0
    """Quotations that stand in the articles."""
    misplaced: int = 0
    """Of those, the ones that stand elsewhere than the model said."""
    answered: int = 0
    """Questions with known answers of which a proved claim holds one."""
    answerable: int = 0
    refused: int = 0
    """Questions without an answer for which nothing is shown."""
    unanswerable: int = 0
    characters: int = 0
    tokens: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)
    failed: list[dict[str, Any]] = field(default_factory=list)
    """What was left out, and why."""

    def to_json(self) -> dict[str, Any]:
        """As `qa eval --json` prints it."""
        return {**asdict(self), "shares": self.shares()}

    def shares(self) -> dict[str, float | None]:
        """Each share, 0 to 1; None where there is nothing to count."""
        return {
            "claims proved": _share(self.proved, self.claims),
            "quotes exact": _share(self.exact, self.quotes),
            "claims answer": _share(self.answered, self.answerable),
            "refusals right": _share(self.refused, self.unanswerable),
        }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def measure(
    qa: QA,
    server: Endpoint,
    questions: Sequence[Question],
    narrow: Callable[[Question], Filter] = lambda _: Filter(),
) -> Measured:
    """Ask `server` every question. A fault is counted and named, and the next question is asked."""
    made = Measured(server.model or "")
    for question in questions:
        within = narrow(question)
        before = qa.ask(question.after, narrow=within) if question.after else None
        result = qa.ask(question.question, _SHOWN, within, before)
        written = Written(server)
        try:
            for _ in write(written, result, question.after):
                pass
        except LLMError as error:
            made.faults.append(f"{question.id}: {error}")
        _count(made, question, written)
    return made


def _count(made: Measured, question: Question, written: Written) -> None:
    made.questions += 1
    made.seconds += written.seconds
    made.characters += written.characters
    made.tokens += written.tokens
    for checked in written.checked:
        made.claims += 1
        made.proved += checked.proved
        made.quotes += len(checked.claim.quotes)
        made.exact += len(checked.claim.quotes) - len(checked.dropped)
        made.misplaced += sum(place.misplaced for place in checked.found)
        if not checked.proved:
            quotes = [quote.text for quote in checked.dropped]
            made.failed.append(
                {"question": question.id, "claim": checked.claim.text, "why": checked.why, "quotes": quotes}
            )
    if not question.relevant:
        made.unanswerable += 1
        made.refused += not written.proved
    elif question.answers:
        made.answerable += 1
        said = " ".join(claim.claim.text for claim in written.proved).casefold()
        made.answered += any(answer.casefold() in said for answer in question.answers)
