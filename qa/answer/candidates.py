"""Sentences that may answer, each around a span that a reader marked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from embeddings.text.sentences import sentence_spans
from embeddings.types import Passage
from qa.answer.reader import Span
from qa.types import Answer, Short

_MAIL = re.compile(r"\S+@\S+\.\w")
_CREDIT = re.compile(
    r"\b(?:getty images|photograph(?:s|er)?:|photos?:|image:|afp via|via ap\b|/ ?(?:ap|afp|reuters)\)?\s*$)"
    r"|^\W*(?:credit|source|photo|image|caption|file)\s*:"
    r"|^\W*(?:by|from) [A-Z][\w.’'-]+(?: [A-Z][\w.’'-]+){1,3}(?:,? (?:and|for) .{0,60})?\W*$",
    re.IGNORECASE | re.MULTILINE,
)
_END = re.compile(r"[.!…:;,\"”’')\]%\d]\s*$")
_DATA = re.compile(r"[\d:]")
_CAPTION = 45
"""Words of a caption with its credit, at most."""
_HEADING = 14
"""Words of a line that can be a heading, at most."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence with a span of it, and what speaks for them."""

    answer: Answer
    span: float
    """The reader's score of the span."""
    passage: float
    """The score of its passage, before it was read."""


def candidates(
    passages: Sequence[Passage], scores: Sequence[float], spans: Sequence[Sequence[Span]]
) -> list[Candidate]:
    """Sentences of `passages` with their best span, each once; ranks are places in `passages`, from 1."""
    best: dict[tuple[str, int], Candidate] = {}
    for rank, (passage, score, marked) in enumerate(zip(passages, scores, spans, strict=True), 1):
        sentences = list(sentence_spans(passage.text, passage.article.language)) if marked else []
        for span in marked:
            start, end = _around(span, sentences)
            if not _states(passage.text, start, end):
                continue
            at = passage.start
            short = Short(at + span.start, at + span.end)
            answer = Answer(passage.article, at + start, at + end, rank, short)
            one = Candidate(answer, span.score, score)
            key = (passage.article.id, answer.start)
            if key not in best or best[key].span < one.span:
                best[key] = one
    return list(best.values())


def _around(span: Span, sentences: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """From the first to the last sentence that `span` touches."""
    touched = [(a, b) for a, b in sentences if a < span.end and span.start < b]
    return (touched[0][0], touched[-1][1]) if touched else (span.start, span.end)


def _states(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` can answer: no question, heading, credit, by-line or address does."""
    sentence = text[start:end]
    line = text[text.rfind("\n", 0, start) + 1 :].partition("\n")[0]
    credited = line if len(line.split()) <= _CAPTION else sentence
    if sentence.rstrip("\"”’') ").endswith("?") or _MAIL.search(sentence) or _CREDIT.search(credited):
        return False
    alone = sentence != text and text[:start][-1:] in ("", "\n") and text[end:][:1] in ("", "\n")
    ends = _END.search(sentence) or _DATA.search(sentence)
    return bool(ends) or not alone or len(sentence.split()) > _HEADING
