"""Makes what the reader is taught with: questions, each with like passages that do not answer it.

python -m training.prepare ARTICLES.jsonl.gz OUT.jsonl WRITTEN.jsonl[:PASSAGES.jsonl] ... --quizzes QUIZ.jsonl
"""

import argparse
import random
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from embeddings.backends.folder.words import WordIndex, WordWriter
from embeddings.encoders.load import load_encoder
from embeddings.text.passages import PassageSettings, cut
from embeddings.types import Article, Encoder, Filter
from training.examples import (
    Example,
    Quiz,
    Span,
    Written,
    answer_place,
    plain,
    positive,
    read_articles,
    read_quizzes,
    read_written,
    write,
)

NEGATIVES = 4
"""Like passages that are kept for a question; one is drawn for each pass."""
_READ = 12
"""Of the passages whose words fit a question best."""
_LOOKED_AT = 60
"""Passages in which the answer of a quiz is looked for."""
_TIMES = 3
"""How often a quiz is read for each time that a written question is: there are few, and they are hard."""
_HOLDING = 2
"""Passages with its answer that are kept for a quiz."""

Passage = tuple[str, Span]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("articles", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("sets", nargs="*", help="written questions; with a file of passages after a colon")
    parser.add_argument(
        "--quizzes", type=Path, help="questions whose answers stand somewhere in some articles"
    )
    parser.add_argument("--held-out", type=Path, help="ids of quizzes that are left out")
    options = parser.parse_args()
    written = [row for one in options.sets for row in read_written(*map(Path, one.split(":")))]
    held_out = frozenset(options.held_out.read_text("utf-8").split()) if options.held_out else frozenset()
    quizzes = (
        [row for row in read_quizzes(options.quizzes) if row.id not in held_out] if options.quizzes else []
    )
    wanted = {row.article for row in written} | {id for row in quizzes for id in row.relevant}
    records = read_articles(options.articles, frozenset(wanted))
    encoder = load_encoder()
    cuts = {id: _cut(record, encoder) for id, record in records.items()}
    passages = [(id, span) for id, spans in cuts.items() for span in spans]
    print(
        f"{len(written)} questions, {len(quizzes)} quizzes, {len(records)} articles, {len(passages)} passages"
    )
    with tempfile.TemporaryDirectory() as folder:
        words = _words(Path(folder) / "words", passages, records)
        chance = random.Random(0)  # noqa: S311
        groups = [_group(row, records, cuts, passages, words, chance) for row in written]
        taught = [_quiz_group(row, records, passages, words) for row in quizzes]
        write(options.out, [*groups, *_TIMES * [group for group in taught if group]])


def _cut(record: dict[str, Any], encoder: Encoder) -> list[Span]:
    return cut(Article(record["id"], record["title"], record["text"]), encoder, PassageSettings())


def _words(folder: Path, passages: Sequence[Passage], records: dict[str, dict[str, Any]]) -> WordIndex:
    writer = WordWriter(folder)
    for number, (id, (start, end)) in enumerate(passages):
        writer.add(number, records[id]["title"], records[id]["text"][start:end], None, None)
    writer.close()
    return WordIndex.open(folder)


def _group(
    row: Written,
    records: dict[str, dict[str, Any]],
    cuts: dict[str, list[Span]],
    passages: Sequence[Passage],
    words: WordIndex,
    chance: random.Random,
) -> list[Example]:
    """The passage of `row`, then like ones that do not hold its answer.

    Of a question that its passage does not answer another passage of the article may hold the answer.
    """
    group = [positive(row, records[row.article], cuts[row.article], chance)]
    answer = plain(records[row.article]["text"][slice(*row.answer)]) if row.answer else None
    numbers, _ = words.search(row.question, _READ, Filter())
    for number in numbers:
        id, (start, end) = passages[int(number)]
        text = records[id]["text"][start:end]
        if answer is None:
            unlike = id == row.article
        else:
            overlaps = id == row.article and start < row.stretch[1] and row.stretch[0] < end
            unlike = overlaps or answer in plain(text)
        if not unlike and len(group) <= NEGATIVES:
            group.append(Example(row.question, records[id]["title"], text, None))
    return group


def _quiz_group(
    row: Quiz, records: dict[str, dict[str, Any]], passages: Sequence[Passage], words: WordIndex
) -> list[Example]:
    """The likeliest passages of its articles that hold the answer, then like ones of any that do not."""
    holding: list[Example] = []
    like: list[Example] = []
    numbers, _ = words.search(row.question, _LOOKED_AT, Filter())
    for rank, number in enumerate(numbers):
        id, (start, end) = passages[int(number)]
        example = Example(row.question, records[id]["title"], records[id]["text"][start:end], None)
        if any(plain(answer) in plain(example.text) for answer in row.answers):
            place = answer_place(row, example.text) if id in row.relevant else None
            if place and len(holding) < _HOLDING:
                holding.append(replace(example, answer=place))
        elif rank < _READ and len(like) < NEGATIVES:
            like.append(example)
    return holding + like if holding else []


if __name__ == "__main__":
    main()
