"""Articles cut into passages: exact spans that end with sentences and fit the encoder."""

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from embeddings.text.analysis import EAST, SOUTH_EAST
from embeddings.text.sentences import Span, sentence_spans
from embeddings.types import Article, Encoder

_WORD = re.compile(r"\S+")
_WORDS = {
    **dict.fromkeys(("zh", "ja"), re.compile(rf"[{EAST}]{{1,2}}|[^\s{EAST}]+")),
    **dict.fromkeys(("th", "lo", "my", "km"), re.compile(rf"[{SOUTH_EAST}]{{1,5}}|[^\s{SOUTH_EAST}]+")),
}
"""About as many as there are words, in languages that put no spaces between them."""
_MAX_CHARACTERS = 2_000
"""Of a passage, whatever its words and tokens say: a word without end can be one token."""
_BLOCK = 1_000
"""Sentences that are packed together; what is longer, a book, is cut block by block to spare memory."""


@dataclass(frozen=True, slots=True)
class PassageSettings:
    """How articles are cut; stored with an index, and part of what makes its vectors valid."""

    words: int = 160
    """Words a passage aims at; it ends with the last sentence that fits."""
    overlap: int = 1
    """Sentences that a passage repeats from the one before."""
    title_tokens: int = 64
    """Tokens of the title that stand in front of a passage, at most."""


DEFAULT_SETTINGS = PassageSettings()


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    words: int
    tokens: int


def document(title: str, passage: str) -> str:
    """What the encoder reads of a passage: `title. passage`."""
    return f"{title}. {passage}" if title else passage


def documents(
    article: Article, spans: Sequence[Span], encoder: Encoder, settings: PassageSettings
) -> list[str]:
    """What the encoder reads of each passage of `article`, in order."""
    title = short_title(article.title, encoder, settings)
    return [document(title, article.text[start:end]) for start, end in spans]


def short_title(title: str, encoder: Encoder, settings: PassageSettings) -> str:
    """The words of `title` that fit in front of a passage."""
    if encoder.count_tokens([title])[0] <= settings.title_tokens and len(title) <= _MAX_CHARACTERS:
        return title
    room = min(settings.title_tokens, encoder.max_tokens // 4)
    first = next(
        iter(_split(title[:_MAX_CHARACTERS], 0, min(_MAX_CHARACTERS, len(title)), encoder, room)), None
    )
    return title[first.start : first.end] if first else ""


def cut(article: Article, encoder: Encoder, settings: PassageSettings) -> list[Span]:
    """Spans of the passages of `article`, in order.

    Together they hold every character of the text that is not white space. With the title in front
    (see `document`) none has more tokens than the encoder reads. A passage ends where a sentence ends,
    except inside a sentence that is too long for one passage: that one is split at words, and a word
    too long is split at characters.
    """
    title = short_title(article.title, encoder, settings)
    title_tokens = encoder.count_tokens([document(title, "")])[0]
    budget = max(1, encoder.max_tokens - title_tokens)
    sentences = sentence_spans(article.text, article.language)
    word = _WORDS.get(article.language, _WORD)
    spans: list[Span] = []
    while block := list(islice(sentences, _BLOCK)):
        spans.extend(_cut(article.text, block, title, encoder, settings, budget, word))
    return spans


def _cut(
    text: str,
    sentences: list[Span],
    title: str,
    encoder: Encoder,
    settings: PassageSettings,
    budget: int,
    word: re.Pattern[str],
) -> list[Span]:
    while True:
        pieces = _pieces(text, sentences, encoder, budget, word)
        runs = _pack(pieces, settings.words, settings.overlap, budget)
        spans = [(run[0].start, run[-1].end) for run in runs]
        counts = encoder.count_tokens([document(title, text[a:b]) for a, b in spans])
        over = max(counts, default=0) - encoder.max_tokens
        if over <= 0 or budget == 1:
            return spans
        # Only where tokens of parts do not add up to tokens of the whole (byte-pair vocabularies).
        budget = max(1, budget - over)


def _pieces(
    text: str, spans: list[Span], encoder: Encoder, budget: int, word: re.Pattern[str]
) -> list[_Piece]:
    counts = encoder.count_tokens([text[a:b] for a, b in spans])
    pieces: list[_Piece] = []
    for (start, end), tokens in zip(spans, counts, strict=True):
        if tokens > budget or end - start > _MAX_CHARACTERS:
            pieces.extend(_split(text, start, end, encoder, budget))
        else:
            pieces.append(_Piece(start, end, sum(1 for _ in word.finditer(text, start, end)), tokens))
    return pieces


def _split(text: str, start: int, end: int, encoder: Encoder, budget: int) -> Iterator[_Piece]:
    """Pieces of a sentence that is too long: as many words each as fit."""
    for words in _pack(_words(text, start, end, encoder, budget), sys.maxsize, 0, budget):
        yield _Piece(words[0].start, words[-1].end, len(words), sum(word.tokens for word in words))


def _words(text: str, start: int, end: int, encoder: Encoder, budget: int) -> list[_Piece]:
    spans = [
        (at, min(at + _MAX_CHARACTERS, match.end()))
        for match in _WORD.finditer(text, start, end)
        for at in range(match.start(), match.end(), _MAX_CHARACTERS)
    ]
    while True:
        counts = encoder.count_tokens([text[a:b] for a, b in spans])
        long = [n > budget and b - a > 1 for (a, b), n in zip(spans, counts, strict=True)]
        if not any(long):
            return [_Piece(a, b, 1, n) for (a, b), n in zip(spans, counts, strict=True)]
        spans = [half for span, split in zip(spans, long, strict=True) for half in _halves(span, split)]


def _halves(span: Span, split: bool) -> list[Span]:
    start, end = span
    middle = (start + end) // 2
    return [(start, middle), (middle, end)] if split else [span]


def _pack(pieces: Sequence[_Piece], words: int, overlap: int, budget: int) -> Iterator[Sequence[_Piece]]:
    """Runs of pieces, each as long as fits, that begin with the last `overlap` pieces of the one before."""
    first = end = 0
    while end < len(pieces):
        end = _end(pieces, first, words, budget)
        yield pieces[first:end]
        repeat = max(first + 1, end - overlap)
        # No repetition where it would leave no room for anything new.
        first = repeat if _end(pieces, repeat, words, budget) > end else end


def _end(pieces: Sequence[_Piece], first: int, words: int, budget: int) -> int:
    """One past the last piece that fits into a run from `first` on; the first one always does."""
    tokens = 0
    for at in range(first, len(pieces)):
        words -= pieces[at].words
        tokens += pieces[at].tokens
        full = words < 0 or tokens > budget or pieces[at].end - pieces[first].start > _MAX_CHARACTERS
        if full and at > first:
            return at
    return len(pieces)
