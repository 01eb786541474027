"""Spans from logits, checked against every span there is."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

from embeddings.types import Article, Passage, Vectors
from qa.answer.extractive_reader import ExtractiveReader, whole_words

TEXT = "Ada Moll won the race on Friday. The prize was 1,200 euros. Nobody was hurt."
FEW = Article("a", "The race", TEXT)


def tokenizer() -> Tokenizer:
    """Words are tokens: [CLS] question [SEP] text [SEP]."""
    made = Tokenizer(WordLevel({"[UNK]": 0, "[CLS]": 1, "[SEP]": 2}, unk_token="[UNK]"))
    made.pre_tokenizer = Whitespace()
    made.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 1), ("[SEP]", 2)],
    )
    return made


Scores = Callable[[list[str]], tuple[list[float], list[float]]]


def reader(scores: Scores, limit: int = 384) -> ExtractiveReader:
    def forward(encodings: Sequence[Any]) -> Iterator[tuple[list[int], list[Vectors]]]:
        for row in reversed(range(len(encodings))):  # the order of batches must not matter
            starts, ends = scores(encodings[row].tokens)
            yield [row], [np.array([starts], np.float32), np.array([ends], np.float32)]

    return ExtractiveReader("fake", "0", tokenizer(), forward, limit)


def at(**wanted: tuple[int, float, float]) -> Scores:
    """Logits of 0 but for tokens at these places."""

    def scores(tokens: list[str]) -> tuple[list[float], list[float]]:
        starts, ends = [0.0] * len(tokens), [0.0] * len(tokens)
        for place, start, end in wanted.values():
            starts[place], ends[place] = start, end
        return starts, ends

    return scores


# [CLS] Who won ? [SEP] The race . Ada Moll won the race on Friday . The prize was 1 , 200 euros . ...
FIRST = 8
"""The token `Ada`."""


def test_the_best_span_is_an_exact_stretch_of_the_passage() -> None:
    passage = Passage(0, FEW, 0, len(TEXT))
    scores = at(none=(0, 1.0, 0.5), ada=(FIRST, 4.0, 0.0), moll=(FIRST + 1, 0.0, 3.0))
    [[best, *_]] = reader(scores).read("Who won?", [passage])
    assert TEXT[best.start : best.end] == "Ada Moll"
    assert best.score == pytest.approx(4 + 3 - 1.5)


def test_a_title_is_never_marked() -> None:
    scores = at(title=(5, 9.0, 9.0), race=(6, 9.0, 9.0), ada=(FIRST, 1.0, 1.0))
    [[best, *_]] = reader(scores).read("Who won?", [Passage(0, FEW, 0, len(TEXT))])
    assert TEXT[best.start : best.end] == "Ada"


def test_a_passage_inside_its_article() -> None:
    start = TEXT.index("The prize")
    scores = at(prize=(FIRST, 5.0, 5.0))
    [[best, *_]] = reader(scores).read("What?", [Passage(0, FEW, start, len(TEXT))])
    assert TEXT[start:][best.start : best.end] == "prize"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=40, max_size=40))
def test_spans_are_the_best_of_all_and_share_nothing(logits: list[tuple[float, float]]) -> None:
    def scores(tokens: list[str]) -> tuple[list[float], list[float]]:
        some = [*logits, *[(0.0, 0.0)] * len(tokens)][: len(tokens)]
        return [s for s, _ in some], [e for _, e in some]

    [spans] = reader(scores).read("Who won?", [Passage(0, FEW, 0, len(TEXT))])
    tokens = tokenizer().encode("Who won?", f"The race. {TEXT}")
    own = range(FIRST, len(tokens.ids) - 1)
    none = np.float32(logits[0][0]) + np.float32(logits[0][1])
    best = max(
        np.float32(logits[a][0]) + np.float32(logits[b][1]) for a in own for b in own if a <= b < a + 30
    )
    assert spans[0].score == pytest.approx(float(best - none), abs=1e-4)
    assert [span.score for span in spans] == sorted((span.score for span in spans), reverse=True)
    taken = sorted((span.start, span.end) for span in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(taken))


def test_what_is_cut_off_is_not_marked() -> None:
    [spans] = reader(at(x=(0, 1.0, 1.0)), limit=8).read("Who won?", [Passage(0, FEW, 0, len(TEXT))])
    assert spans == []


def test_a_question_longer_than_the_model_reads_leaves_room_for_the_passage() -> None:
    seen: list[list[str]] = []

    def scores(tokens: list[str]) -> tuple[list[float], list[float]]:
        seen.append(tokens)
        return [0.0] * len(tokens), [0.0] * len(tokens)

    [spans] = reader(scores, limit=24).read("who " * 500, [Passage(0, FEW, 0, len(TEXT))])
    assert len(seen[0]) == 24
    assert spans


def test_no_passages() -> None:
    assert reader(at()).read("Who won?", []) == []


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("874", "$1,874"),
        ("oll", "Moll"),
        ("1", "$1,874"),
        ("40", "40%"),
        ("Ada Mo", "Ada Moll"),
        ("wo", "two"),
    ],
)
def test_words_and_numbers_are_marked_whole(part: str, whole: str) -> None:
    text = "Ada Moll paid $1,874, or 40%, for two."
    start = text.index(part)
    a, b = whole_words(text, start, start + len(part))
    assert text[a:b] == whole
