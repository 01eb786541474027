"""An extractive question-answering model, run by OpenVINO: the default one or any of transformers."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from embeddings.text.passages import document
from embeddings.types import Passage, Vectors
from qa.answer.reader import Span

if TYPE_CHECKING:
    from tokenizers import Tokenizer

LIMIT = 384
"""Tokens of question, title and passage, at most; a passage that is longer loses its end."""
_LONGEST = 30
"""Tokens of an answer, at most, as SQuAD's evaluation has it."""
_SPANS = 4
"""Of a passage."""


_WORD = re.compile(r"[$£€¥]?\d[\d.,:]*\d%?|[$£€¥]?\d%?|[^\W_]+")


Forward: TypeAlias = "Callable[[Sequence[Any]], Iterator[tuple[list[int], list[Vectors]]]]"
"""What a tokenizer made of some texts, to start and end logits `(rows, tokens)` of some rows at a time."""


class ExtractiveReader:
    """A Reader over a model's forward pass and its tokenizer."""

    def __init__(
        self, name: str, fingerprint: str, tokenizer: "Tokenizer", forward: Forward, limit: int = LIMIT
    ) -> None:
        self.name = name
        self.fingerprint = fingerprint
        self._forward = forward
        self._tokenizer = tokenizer
        self._limit = limit
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(limit, strategy="only_second")

    def read(self, question: str, passages: Sequence[Passage]) -> list[list[Span]]:
        question = self._fitting(question)
        heads = [len(document(passage.article.title, "")) for passage in passages]
        pairs = [(question, document(passage.article.title, passage.text)) for passage in passages]
        encodings = self._tokenizer.encode_batch(pairs)
        found: list[list[Span]] = [[] for _ in passages]
        for rows, (starts, ends) in self._forward(encodings):
            for at, row in enumerate(rows):
                size = len(encodings[row].ids)
                logits = starts[at, :size], ends[at, :size]
                found[row] = _spans(encodings[row], *logits, heads[row], passages[row].text)
        return found

    def _fitting(self, question: str) -> str:
        """As much of `question` as leaves half of what the model reads to the passage."""
        room = self._limit // 2
        if len(question) <= room:
            return question
        self._tokenizer.no_truncation()
        offsets = self._tokenizer.encode(question, add_special_tokens=False).offsets
        self._tokenizer.enable_truncation(self._limit, strategy="only_second")
        return question if len(offsets) <= room else question[: offsets[room - 1][1]]


def _spans(encoding: Any, starts: Vectors, ends: Vectors, head: int, text: str) -> list[Span]:
    """The best spans that do not overlap, in characters of the passage, whose text begins at `head`."""
    own = [
        at
        for at, (part, (start, end)) in enumerate(zip(encoding.sequence_ids, encoding.offsets, strict=True))
        if part == 1 and start >= head and end > start
    ]
    if not own:
        return []
    first, last = own[0], own[-1] + 1
    sums = starts[first:last, None] + ends[None, first:last]
    open_ = np.triu(np.ones(sums.shape, np.bool_)) & ~np.triu(np.ones(sums.shape, np.bool_), _LONGEST)
    sums = np.where(open_, sums, -np.inf)
    none = float(starts[0] + ends[0])
    found: list[Span] = []
    for _ in range(_SPANS):
        a, b = np.unravel_index(int(sums.argmax()), sums.shape)
        if not np.isfinite(sums[a, b]):
            break
        start, end = encoding.offsets[first + a][0] - head, encoding.offsets[first + b][1] - head
        start, end = whole_words(text, start, end)
        if all(end <= other.start or other.end <= start for other in found):
            found.append(Span(start, end, float(sums[a, b]) - none))
        sums[: b + 1, a:] = -np.inf  # every span that shares a token with this one
    return found


def whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """`start` and `end` moved out to the ends of words and numbers: a token can be a part of one."""
    found = next((match for match in _WORD.finditer(text) if match.start() <= start < match.end()), None)
    if found:
        start = found.start()
    found = next((match for match in _WORD.finditer(text) if match.start() < end <= match.end()), None)
    return start, found.end() if found else end
