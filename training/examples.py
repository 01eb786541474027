"""Questions with passages to read: those that were written, and like passages that do not answer them."""

import gzip
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from embeddings.text.sentences import sentence_spans

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Written:
    """A question that was written about a stretch of an article, with its answer there or None."""

    id: str
    question: str
    article: str
    stretch: Span
    answer: Span | None


@dataclass(frozen=True, slots=True)
class Quiz:
    """A question whose answer, one of `answers`, stands somewhere in the articles called `relevant`."""

    id: str
    question: str
    answers: tuple[str, ...]
    relevant: frozenset[str]


@dataclass(frozen=True, slots=True)
class Example:
    """One thing to read: a question with a passage, and where in the passage its answer stands, or None."""

    question: str
    title: str
    text: str
    answer: Span | None


def read_written(questions: Path, passages: Path | None = None) -> list[Written]:
    """The questions of one set; places are characters of the article's text.

    Where `passages` is a file of its own, each names its passage there; else its start and end stand with it.
    """
    stretches = {row["p"]: row for row in _rows(passages)} if passages else {}
    made = []
    for row in _rows(questions):
        stretch = stretches[row["passage"]] if passages else row
        answer = (row["answer"]["start"], row["answer"]["end"]) if row["answer"] else None
        place = (stretch["start"], stretch["end"])
        made.append(Written(row["id"], row["question"], row["article"], place, answer))
    return made


def read_quizzes(path: Path) -> list[Quiz]:
    """Quizzes with an answer of three letters or more: a shorter one stands anywhere by chance."""
    made = []
    for row in _rows(path):
        answers = tuple(answer for answer in row["answers"] if len(plain(answer).strip()) > 2)
        if answers:
            made.append(Quiz(row["id"], row["question"], answers, frozenset(row["relevant"])))
    return made


def answer_place(quiz: Quiz, text: str) -> Span | None:
    """Where `text` answers: the answer in the sentence that shares most words with the question."""
    asked = set(plain(quiz.question).split())
    best: tuple[int, Span] | None = None
    for start, end in sentence_spans(text):
        shared = len(asked & set(plain(text[start:end]).split()))
        for answer in quiz.answers:
            pattern = r"(?<!\w)" + r"\s+".join(map(re.escape, answer.split())) + r"(?!\w)"
            found = re.search(pattern, text[start:end], re.IGNORECASE)
            if found and (best is None or shared > best[0]):
                best = shared, (start + found.start(), start + found.end())
    return best[1] if best else None


def read_articles(path: Path, ids: frozenset[str]) -> dict[str, dict[str, Any]]:
    """Records of the articles called `ids`."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return {row["id"]: row for row in map(json.loads, lines) if row["id"] in ids}


def positive(
    written: Written, article: dict[str, Any], cut: Sequence[Span], chance: random.Random
) -> Example:
    """`written` with its stretch, or as often with the passage of `cut` that holds its answer."""
    start, end = written.stretch
    if written.answer and chance.random() < 0.5:
        a, b = written.answer
        holding = [span for span in cut if span[0] <= a and b <= span[1]]
        if holding:
            start, end = max(holding, key=lambda span: min(span[1], end) - max(span[0], start))
    answer = written.answer and (written.answer[0] - start, written.answer[1] - start)
    return Example(written.question, article["title"], article["text"][start:end], answer)


def shorter(example: Example, words: int, chance: random.Random) -> Example:
    """A run of sentences of `example` of about `words` words: quicker to learn from.

    It holds the answer, or without one the sentence that shares most words with the question.
    """
    spans = list(sentence_spans(example.text))
    counts = [len(example.text[a:b].split()) for a, b in spans]
    if sum(counts) <= words or len(spans) < 2:
        return example
    if example.answer:
        a, b = example.answer
        first = next(i for i, span in enumerate(spans) if span[1] > a)
        last = next(i for i, span in enumerate(spans) if span[1] >= b)
    else:
        asked = set(plain(example.question).split())
        shared = [len(asked & set(plain(example.text[a:b]).split())) for a, b in spans]
        first = last = shared.index(max(shared))
    while sum(counts[first : last + 1]) < words:
        sides = [side for side, room in ((-1, first > 0), (1, last < len(spans) - 1)) if room]
        if chance.choice(sides) < 0:
            first -= 1
        else:
            last += 1
    start, end = spans[first][0], spans[last][1]
    answer = example.answer and (example.answer[0] - start, example.answer[1] - start)
    return Example(example.question, example.title, example.text[start:end], answer)


def plain(text: str) -> str:
    """Letters and digits only, in lower case, with one blank before, between and after words."""
    return f" {' '.join(re.findall(r'[a-z0-9$%£€.]+', text.lower()))} "


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def write(path: Path, groups: Sequence[Sequence[Example]]) -> None:
    """A JSON line for each group: what is read for one question, the passage with its answer first."""
    with path.open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps([asdict(r) for r in group]) + "\n" for group in groups)


def read_groups(path: Path) -> list[list[Example]]:
    """What `write` wrote."""
    with path.open(encoding="utf-8") as lines:
        return [[_example(record) for record in json.loads(line)] for line in lines]


def _example(record: dict[str, Any]) -> Example:
    answer = tuple(record["answer"]) if record["answer"] else None
    return Example(record["question"], record["title"], record["text"], answer)
