"""A brief in a language model's words, where they are proved; the articles' own sentences everywhere else."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from qa.brief import Line
from qa.llm.endpoint import Endpoint, LLMError
from qa.llm.proof.types import Checked
from qa.llm.write import Written, found_json, write
from qa.types import Result

_AT_ONCE = 5
"""Articles that a model is asked about at once."""
_ASKS = "What does each passage report on this: {topic}? One claim for each passage that reports on it."


@dataclass(frozen=True, slots=True)
class Told:
    """A line, with the claim that stands for it; None where nothing was proved."""

    line: Line
    claim: Checked | None

    def to_json(self) -> dict[str, Any]:
        """Its part of `qa brief --json`: `proved` is the model's sentence with what proves it."""
        quotes = [found_json(place) for place in self.claim.found] if self.claim else []
        proved = {"text": self.claim.claim.text, "quotes": quotes} if self.claim else None
        return {**self.line.to_json(), "proved": proved}


@dataclass(frozen=True, slots=True)
class Telling:
    """A whole brief."""

    lines: list[Told]
    left_out: list[Checked]
    """Claims that nothing proves."""
    faults: list[str]
    """What went wrong with the server; the articles' sentences stand there."""


def told(server: Endpoint, topic: str, lines: Sequence[Line]) -> Telling:
    """`lines` in their order, each with the first claim that only its own article proves."""
    claims: dict[str, Checked] = {}
    left_out: list[Checked] = []
    faults: list[str] = []
    for at in range(0, len(lines), _AT_ONCE):
        some = lines[at : at + _AT_ONCE]
        places = tuple(replace(line.place, rank=rank) for rank, line in enumerate(some, 1))
        written = Written(server)
        try:
            for _ in write(written, Result(_ASKS.format(topic=topic), topic, None, 1.0, places, 0.0)):
                pass
        except LLMError as error:
            faults.append(str(error))
        for checked in written.proved:
            articles = {place.article.id for place in checked.found}
            if len(articles) == 1:
                claims.setdefault(articles.pop(), checked)
        left_out += written.left_out
        if faults:
            break
    return Telling([Told(line, claims.get(line.article.id)) for line in lines], left_out, faults)
