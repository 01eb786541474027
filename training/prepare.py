"""Makes what the reader is taught with: written questions, each with like passages that do not answer it.

python -m training.prepare NEWSQA/train/articles.jsonl.gz OUT.jsonl PASSAGES.jsonl QUESTIONS.jsonl ...
"""

import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from embeddings.backends.folder.words import WordIndex, WordWriter
from embeddings.encoders.load import load_encoder
from embeddings.text.passages import PassageSettings, cut
from embeddings.types import Article, Encoder, Filter
from training.examples import Example, Span, Written, plain, positive, read_articles, read_written, write

NEGATIVES = 4
"""Like passages that are kept for a question; one is drawn for each pass."""
_READ = 12
"""Of the passages whose words fit a question best."""

Passage = tuple[str, Span]


def main(articles: str, out: str, *sets: str) -> None:
    written = [row for one in sets for row in read_written(*map(Path, one.split(":")))]
    records = read_articles(Path(articles), frozenset(row.article for row in written))
    encoder = load_encoder()
    cuts = {id: _cut(record, encoder) for id, record in records.items()}
    passages = [(id, span) for id, spans in cuts.items() for span in spans]
    print(f"{len(written)} questions, {len(records)} articles, {len(passages)} passages")
    with tempfile.TemporaryDirectory() as folder:
        words = _words(Path(folder) / "words", passages, records)
        chance = random.Random(0)  # noqa: S311
        write(Path(out), [_group(row, records, cuts, passages, words, chance) for row in written])


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
    """The passage of `row`, then, where it has an answer, like ones that do not hold it."""
    group = [positive(row, records[row.article], cuts[row.article], chance)]
    if not row.answer:
        return group
    answer = plain(records[row.article]["text"][slice(*row.answer)])
    numbers, _ = words.search(row.question, _READ, Filter())
    for number in numbers:
        id, (start, end) = passages[int(number)]
        overlaps = id == row.article and start < row.stretch[1] and row.stretch[0] < end
        text = records[id]["text"][start:end]
        if not overlaps and answer not in plain(text) and len(group) <= NEGATIVES:
            group.append(Example(row.question, records[id]["title"], text, None))
    return group


if __name__ == "__main__":
    main(*sys.argv[1:])
