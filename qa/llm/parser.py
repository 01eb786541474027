"""Claims out of a model's JSON while it is still being written; whatever else it writes is refused."""

import json
import re
from typing import Any

from qa.llm.proof.types import Claim, Quote

_OPENS = re.compile(r'\s*(?:```(?:json)?\s*)?\{\s*"claims"\s*:\s*\[')
_CLOSES = re.compile(r"\s*\]\s*\}\s*(?:```)?\s*")
_PREFIX = 200
"""Characters before the first claim."""
_CLAIM = 8_000
"""Characters of a claim with its quotations."""
_CLAIMS = 20


class InvalidError(Exception):
    """It is not the JSON that was asked for."""


class Parser:
    """`feed` it pieces of text, and `close` it at the end."""

    def __init__(self) -> None:
        self._text = ""
        self._at = 0
        self._open = False
        self._count = 0

    def feed(self, piece: str) -> list[Claim]:
        """The claims that `piece` completes. Raises InvalidError."""
        self._text += piece
        if not self._open and not self._opened():
            return []
        made: list[Claim] = []
        while claim := self._next():
            made.append(claim)
        return made

    def close(self) -> None:
        """Raises InvalidError unless all that was fed is the JSON that was asked for."""
        if not self._open or not _CLOSES.fullmatch(self._text, self._at):
            raise InvalidError

    def _opened(self) -> bool:
        if match := _OPENS.match(self._text):
            self._open, self._at = True, match.end()
        elif len(self._text) > _PREFIX:
            raise InvalidError
        return self._open

    def _next(self) -> Claim | None:
        at = self._at
        comma = False
        while at < len(self._text) and (self._text[at].isspace() or (self._text[at] == "," and not comma)):
            comma = comma or self._text[at] == ","
            at += 1
        if at >= len(self._text) or self._text[at] == "]":
            return None
        if self._text[at] != "{" or comma != (self._count > 0):
            raise InvalidError
        if "}" not in self._text[at:]:
            self._bounded(at)
            return None
        try:
            value, end = json.JSONDecoder().raw_decode(self._text, at)
        except RecursionError:
            raise InvalidError from None
        except ValueError:
            self._bounded(at)
            return None
        self._at, self._count = end, self._count + 1
        if self._count > _CLAIMS:
            raise InvalidError
        return _claim(value)

    def _bounded(self, at: int) -> None:
        if len(self._text) - at > _CLAIM:
            raise InvalidError


def _claim(value: dict[str, Any]) -> Claim:
    text, quotes = value.get("text"), value.get("quotes")
    if set(value) != {"text", "quotes"} or not isinstance(text, str) or not isinstance(quotes, list):
        raise InvalidError
    return Claim(" ".join(text.split()), tuple(_quote(quote) for quote in quotes))


def _quote(value: Any) -> Quote:
    if not isinstance(value, dict) or set(value) != {"passage", "words"}:
        raise InvalidError
    passage, words = value["passage"], value["words"]
    if isinstance(passage, bool) or not isinstance(passage, int) or not isinstance(words, str):
        raise InvalidError
    return Quote(passage, words)
