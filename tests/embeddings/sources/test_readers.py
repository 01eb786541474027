"""Any bytes at all: readers give articles of clean text and remarks, and fail in no other way."""

import gzip
import io
import json
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embeddings.sources.readers.base import Origin, Unreadable
from embeddings.sources.readers.by_ending import reader
from embeddings.sources.readers.fields import decode
from embeddings.types import Article, Skipped
from tests.embeddings.sources.test_corpus import HTML, pdf

SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
QUICK = settings(max_examples=100, deadline=None)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
FIELDS = ("text", "id", "title", "url", "date", "source")
RECORDS = st.dictionaries(st.sampled_from(FIELDS) | st.text(), JSON, max_size=6).map(json.dumps)
LINES = st.lists(RECORDS.map(str.encode) | st.binary(max_size=40), max_size=6).map(b"\n".join)
PARTS = (
    *("---", "...", "title: ", "date: ", "url: ", "2022-02-30", "2022-6-3", "&a ", "*a", "<<: ", "[", "]"),
    *(
        "{",
        "}",
        "\n",
        "'",
        '"',
        "|",
        ">",
        "\t",
        "  ",
        "- ",
        "? ",
        "!!python/object:os.system ",
        "%",
        "#",
        "~",
    ),
)
YAML = st.lists(st.sampled_from(PARTS) | st.text(max_size=5), max_size=25).map(
    lambda parts: ("---\n" + "".join(parts)).encode("utf-8", "surrogatepass")
)


def read(name: str, data: bytes) -> list[Article | Skipped]:
    """What the reader for `name` makes of `data`, each article checked."""
    found: list[Article | Skipped] = []
    with suppress(Unreadable):
        for item in reader(name)(io.BytesIO(data), Origin(name, name, 0.001)):
            found.append(item)
            if isinstance(item, Article):
                check(item)
    return found


def check(article: Article) -> None:
    assert article.text.strip() == article.text != ""
    for value in (article.id, article.title, article.text, article.url, article.source):
        (value or "").encode()
        assert "\0" not in (value or "")
    assert "\r" not in article.text
    assert len(article.title) <= 1_000
    assert article.date is None or len(article.date) == 10


@QUICK
@given(st.binary(max_size=300))
@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.jsonl", "a.jsonl.gz"])
def test_any_bytes(name: str, data: bytes) -> None:
    read(name, data)


@QUICK
@given(YAML)
def test_any_front_matter(data: bytes) -> None:
    read("a.md", data)


@QUICK
@given(LINES)
def test_any_lines(data: bytes) -> None:
    plain = read("a.jsonl", data)
    packed = read("a.jsonl.gz", gzip.compress(data))
    texts = [item.text for item in plain if isinstance(item, Article)]
    assert texts == [item.text for item in packed if isinstance(item, Article)]


@QUICK
@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40), max_size=5))
def test_every_good_line_is_read_beside_broken_ones(texts: list[str]) -> None:
    good = [text for text in texts if text.strip() and "\0" not in text]
    data = b"".join(json.dumps({"text": text}).encode() + b"\n{broken\n" for text in good)
    found = [item for item in read("a.jsonl", data) if isinstance(item, Article)]
    assert [item.path for item in found] == [f"a.jsonl:{1 + 2 * n}" for n in range(len(good))]
    for item, text in zip(found, good, strict=True):
        assert item.text == text.replace("\r\n", "\n").replace("\r", "\n").strip()


@QUICK
@given(st.binary(max_size=200), st.integers(0, 200))
def test_any_damage_to_gzip(data: bytes, place: int) -> None:
    packed = bytearray(gzip.compress(b'{"text": "First."}\n' + data))
    packed[place % len(packed)] ^= 0xFF
    read("a.jsonl.gz", bytes(packed))


@SLOW
@given(st.binary(max_size=200), st.integers(0, 10_000), st.booleans())
@pytest.mark.parametrize(("name", "whole"), [("a.html", HTML.encode()), ("a.pdf", pdf("One.", "Two."))])
def test_any_damage_to_pages(name: str, whole: bytes, data: bytes, place: int, cut: bool) -> None:
    place %= len(whole)
    read(name, whole[:place] + data + (b"" if cut else whole[place + len(data) :]))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1))
def test_marked_text_comes_back(text: str) -> None:
    for encoding in ("utf-8-sig", "utf-16", "utf-32"):
        assert decode(text.encode(encoding), "a.txt") == text.removeprefix("\ufeff") or text[0] in "\0\ufeff"


def test_a_bomb_is_not_held_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embeddings.sources.readers.jsonl.LARGEST", 2_000_000)
    packed = gzip.compress(b'{"text": "First."}\n' + b"\0" * 20_000_000, 1)
    tracemalloc.start()
    first, *left_out = reader("a.jsonl.gz")(io.BytesIO(packed), Origin("a.jsonl.gz", "a", 0.015))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(first, Article)
    assert [item.path for item in left_out if isinstance(item, Skipped)] == ["a.jsonl.gz:2", "a.jsonl.gz"]
    assert peak < 10_000_000
