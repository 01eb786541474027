"""Sentences as spans of a text."""

from collections.abc import Iterator

import sentencex

Span = tuple[int, int]


def sentence_spans(text: str) -> list[Span]:
    """Spans `(start, end)` of the sentences of `text`, in order, without surrounding white space.

    Together they hold every character of `text` that is not white space. A paragraph break
    (an empty line) always ends a sentence.
    """
    return list(_trimmed(text, _covering(text)))


def _covering(text: str) -> Iterator[Span]:
    """The splitter's spans, and whatever it leaves between them (paragraph breaks, at times)."""
    at = 0
    for boundary in sentencex.get_sentence_boundaries("en", text):
        start, end = boundary["start_index"], boundary["end_index"]
        yield at, start
        yield max(at, start), end
        at = max(at, end)
    yield at, len(text)


def _trimmed(text: str, spans: Iterator[Span]) -> Iterator[Span]:
    for start, end in spans:
        piece = text[start:end]
        left = len(piece) - len(piece.lstrip())
        if left < len(piece):
            yield start + left, start + len(piece.rstrip())
