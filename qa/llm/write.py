"""The whole flow of an answer in sentences: ask, read claim by claim, prove each."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any

from qa.llm.client import SchemaRefusedError, Usage, WindowError, models, stream
from qa.llm.endpoint import Endpoint, LLMError
from qa.llm.parser import InvalidError, Parser
from qa.llm.prompt import AGAIN, SCHEMA, fitting, messages
from qa.llm.proof.judge import check
from qa.llm.proof.quotes import Library
from qa.llm.proof.types import Checked, Found
from qa.types import RankedPassage, Result, pages_json


@dataclass(slots=True)
class Written:
    """What became of one answer; it grows while the model writes."""

    server: Endpoint
    checked: list[Checked] = field(default_factory=list)
    characters: int = 0
    """Of what the model wrote."""
    tokens: int = 0
    """The same in tokens, as the server counts them, else in pieces of its stream."""
    seconds: float = 0.0
    asked: int = 0
    """Times that the model was asked."""

    @property
    def proved(self) -> list[Checked]:
        """The claims that are shown."""
        return [claim for claim in self.checked if claim.proved]

    @property
    def left_out(self) -> list[Checked]:
        """The claims that are not shown, as something speaks against them."""
        return [claim for claim in self.checked if not claim.proved]

    def to_json(self) -> dict[str, Any]:
        """As `qa ask --json` prints it."""
        return {
            "model": self.server.model,
            "proved": [
                {"text": claim.claim.text, "quotes": [found_json(place) for place in claim.found]}
                for claim in self.proved
            ],
            "left_out": [{"text": claim.claim.text, "why": claim.why} for claim in self.left_out],
            "seconds": round(self.seconds, 2),
        }


def found_json(place: Found) -> dict[str, Any]:
    """Where quoted words stand, as JSON."""
    span = {"start": place.start, "end": place.end, "pages": pages_json(place.pages)}
    return {"text": place.text, "article": place.article.id, **span}


def named(server: Endpoint) -> Endpoint:
    """`server` with the name of its only model where none is given. Raises LLMError."""
    if server.model:
        return server
    found = models(server)
    if len(found) == 1:
        return replace(server, model=found[0])
    some = ", ".join(found[:8]) or "none"
    raise LLMError(f"which model of {server.host}? it has {some}: say --llm-model NAME")


def write(written: Written, result: Result, before: str | None = None) -> Iterator[Checked]:
    """Each claim as soon as it is checked. To stop the model, close the iterator. Raises LLMError."""
    started = perf_counter()
    seen: set[str] = set()
    try:
        for checked in _claims(written, result, before):
            if checked.claim.text not in seen:
                seen.add(checked.claim.text)
                written.checked.append(checked)
                yield checked
    finally:
        written.seconds = perf_counter() - started


def _claims(written: Written, result: Result, before: str | None) -> Iterator[Checked]:
    """Asked once, and once more for each of: no schema, too small a window, no JSON."""
    places = fitting(result.passages, written.server.window, result.question)
    if not places:
        return
    schema: Any = SCHEMA
    again = False
    while True:
        asked = messages(result.question, places, before)
        if again:
            asked.append({"role": "user", "content": AGAIN})
        try:
            yield from _once(written, asked, places, schema)
            return
        except SchemaRefusedError:
            if schema is None:
                raise
            schema = None
        except WindowError:
            if len(places) == 1:
                raise
            places = places[: len(places) // 2]
        except InvalidError:
            if again:
                raise LLMError(
                    f"{written.server.model} does not write the JSON that was asked for: try another model"
                ) from None
            again = True


def _once(
    written: Written, asked: list[dict[str, str]], places: Sequence[RankedPassage], schema: Any
) -> Iterator[Checked]:
    written.asked += 1
    library, parser, usage = Library(places), Parser(), Usage()
    try:
        with closing(stream(written.server, asked, schema, usage)) as pieces:  # type: ignore[type-var]
            for piece in pieces:
                written.characters += len(piece)
                for claim in parser.feed(piece):
                    yield check(claim, library)
    finally:
        written.tokens += usage.tokens
    parser.close()
