import json
import logging
import random
from pathlib import Path

import pytest

from embeddings.engines.ray.units import Part, known_marks, read_parts, units
from embeddings.engines.ray.wire import Record, Warned, pack, unpack
from embeddings.index.records import content_hash
from embeddings.sources.corpus import Corpus
from embeddings.sources.files import File
from embeddings.sources.readers.base import Reading
from embeddings.types import Article


def parts(corpus: Corpus, known: frozenset[bytes] = frozenset()) -> list[list[Part]]:
    found = []
    for unit in units(corpus.files):
        files = [(number, corpus.files[number], corpus.files[number].path) for number in unit]
        found.append(list(read_parts(files, corpus.reading, known_marks(known))))
    return found


def records(corpus: Corpus) -> list[Record]:
    return [record for unit in parts(corpus) for part in unit for record in part.records]


def test_units_hold_every_file_once_in_order() -> None:
    chance = random.Random(3)  # noqa: S311
    for _ in range(50):
        sizes = [chance.choice([0, 10, 3_000_000, 9_000_000]) for _ in range(chance.randrange(600))]
        found = list(units([File(Path(str(n)), str(n), "", size) for n, size in enumerate(sizes)]))
        assert [number for unit in found for number in unit] == list(range(len(sizes)))
        for unit in found:
            assert len(unit) == 1 or (len(unit) <= 256 and sum(sizes[n] for n in unit) <= 4_000_000)


def test_many_small_files_are_few_units() -> None:
    assert len(list(units([File(Path("x"), "x", "", 2_000)] * 100_000))) < 500


def test_what_the_parts_hold_is_settled_as_the_corpus_is(sources: Path) -> None:
    lines = ['{"id": "flood.txt", "text": "x"}', "{broken", *["[1]"] * 1_500, '{"text": "y"}', '{"id": 1}']
    (sources / "a.jsonl").write_text("\n".join([*lines, *['{"id": "same", "text": "z"}'] * 700]))
    (sources / "b.png").write_text("x")
    corpus = Corpus([sources])
    settled = list(corpus.settle((record.file, record.item) for record in records(corpus)))  # type: ignore[misc]
    assert settled == list(Corpus([sources]))
    assert len(settled) > 1_000


def test_parts_are_small_and_bytes_add_up(tmp_path: Path) -> None:
    text = "word " * 20_000
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"text": f"{n} {text}"}) + "\n" for n in range(23)))
    corpus = Corpus([tmp_path])
    [unit] = parts(corpus)
    assert [len(part.records) for part in unit] == [5, 5, 5, 5, 3]
    assert [part.last for part in unit] == [False] * 4 + [True]
    assert sum(part.read for part in unit) == corpus.files[0].size


def test_a_unit_without_records_is_one_part() -> None:
    assert list(read_parts([], Reading(), known_marks([]))) == [Part([], 0, last=True)]


def test_known_articles_are_marked(sources: Path) -> None:
    articles = [item for item in Corpus([sources]) if isinstance(item, Article)]
    known = frozenset(content_hash(article) for article in articles[:2])
    [[part]] = parts(Corpus([sources]), known)
    assert [record.known for record in part.records] == [True, True, False]


def test_warnings_travel(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "x", "date": "2022-02-30"}\n{"text": "y"}')
    found = [record.item for record in unpack(pack(records(Corpus([tmp_path]))))]
    [warned] = [item for item in found if isinstance(item, Warned)]
    caplog.clear()
    caplog.set_level(logging.WARNING)
    warned.log()
    [message] = caplog.messages
    assert message.startswith(f"{tmp_path}/a.jsonl:1: the date '2022-02-30' names no day")
    assert caplog.records[0].name == "embeddings.sources.readers.fields"
