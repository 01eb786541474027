"""Sentences as spans of a text."""

import re
from collections.abc import Iterator

import sentencex

from embeddings.types import ENGLISH

Span = tuple[int, int]


_WINDOW = 10_000
"""Characters that the splitter gets at once: a paragraph of Chinese, or of quotation marks, takes it time
that grows with the square of its length."""
_CLAUSES = ("th", "lo")
"""Languages whose writing ends no sentence but with a space, as it does parts of one."""
_CLAUSE = re.compile(r"\S.{60}\S*", re.DOTALL)
"""What stands for a sentence of theirs: some 60 letters, to the next space."""


def sentence_spans(text: str, language: str = ENGLISH) -> Iterator[Span]:
    """Spans `(start, end)` of the sentences of `text` in `language`, in order, without white space around.

    Together they hold every character of `text` that is not white space. A paragraph break
    (an empty line) always ends a sentence. A sentence of more than 10,000 characters is split at white space.
    """
    at = 0
    while at < len(text):
        end = _window_end(text, at)
        spans = list(_trimmed(text[at:end], _covering(text[at:end], language)))
        if end < len(text) and not text.endswith("\n\n", at, end) and len(spans) > 1:
            end = (
                at + spans.pop()[0]
            )  # it may go on behind the window: read it again as the first of the next
        yield from ((at + start, at + stop) for start, stop in spans)
        at = end


def _window_end(text: str, at: int) -> int:
    """Where the stretch from `at` on ends: at the text's end, or behind a paragraph or a word."""
    end = at + _WINDOW
    if end >= len(text):
        return len(text)
    paragraph = text.rfind("\n\n", at, end)
    if paragraph > at:
        return paragraph + 2
    words = [text.rfind(white, at, end) for white in (" ", "\n")]
    return max(words) + 1 if max(words) > at else end


def _covering(text: str, language: str) -> Iterator[Span]:
    """The splitter's spans, and whatever it leaves between them (paragraph breaks, at times)."""
    at = 0
    for boundary in sentencex.get_sentence_boundaries(language, text):
        start, end = boundary["start_index"], boundary["end_index"]
        yield at, start
        yield from _clauses(text, max(at, start), end) if language in _CLAUSES else ((max(at, start), end),)
        at = max(at, end)
    yield at, len(text)


def _clauses(text: str, start: int, end: int) -> Iterator[Span]:
    for found in _CLAUSE.finditer(text, start, end):
        yield start, found.end()
        start = found.end()
    yield start, end


def _trimmed(text: str, spans: Iterator[Span]) -> Iterator[Span]:
    for start, end in spans:
        piece = text[start:end]
        left = len(piece) - len(piece.lstrip())
        if left < len(piece):
            yield start + left, start + len(piece.rstrip())
