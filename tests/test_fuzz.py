"""Anything at all as a file, a manifest, a journal or a request: a remark or a refusal, never another error.

`make fuzz` goes on for FUZZ seconds a test; what it finds becomes a case.
"""

import json
import os
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embeddings.build.journal import JOURNAL, Journal, resumable
from embeddings.errors import IndexMismatchError
from embeddings.index.manifest import UNREADABLE, Manifest
from embeddings.sources.files import File
from embeddings.sources.one_file import read_file
from embeddings.sources.readers.base import Reading
from embeddings.sources.readers.by_ending import ENDINGS
from embeddings.text.passages import PassageSettings
from embeddings.types import Article, Skipped
from qa.web.security.guard import names_an_address
from qa.wording.safe_text import json_text, one_line
from tests.fakes import WordEncoder

SECONDS = float(os.environ.get("FUZZ", "1"))
BEGINNINGS = (
    *(
        b"",
        b"---\ntitle: ",
        b'{"text": "',
        b"<html><meta charset=",
        b"%PDF-1.4\n",
        b"\x1f\x8b\x08",
        b"PK\x03\x04",
    ),
    *(
        b"\xff\xfe",
        b"\xff\xfe\0\0",
        b"{\\rtf1 ",
        b"<?xml version='1.0'?><rss><channel><item>",
        b"WARC/1.0\r\n",
    ),
    *(b"From a@b Mon Jan  1 00:00:00 2024\n", b"title,text\n", b"Subject: =?x?q?"),
)
T = TypeVar("T")
NAMES = st.sampled_from(["path", "format", "files"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["path", "format", "files"]), inner)
    ),
)


def fuzz(strategy: st.SearchStrategy[T]) -> Callable[[Callable[[T], None]], Callable[[], None]]:
    """A test of what `strategy` makes, for so many seconds."""

    def decorate(check: Callable[[T], None]) -> Callable[[], None]:
        def test() -> None:
            end = time.monotonic() + SECONDS

            @settings(
                max_examples=int(200 * SECONDS),
                deadline=None,
                suppress_health_check=list(HealthCheck),
                database=None,
            )
            @given(strategy)
            def example(value: T) -> None:
                if time.monotonic() < end:
                    check(value)

            example()

        return test

    return decorate


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("ending", ENDINGS)
def test_any_file(ending: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, f"a{ending}")

        @fuzz(st.tuples(st.sampled_from(BEGINNINGS), st.binary(max_size=2_000)))
        def read(parts: tuple[bytes, bytes]) -> None:
            path.write_bytes(b"".join(parts))
            file = File(path, path.name, "x", path.stat().st_size)
            for item in read_file(file, Reading(max_unpacked=0.01)):
                assert isinstance(item, Article | Skipped)
                if isinstance(item, Article):
                    f"{item.title}{item.text}{item.url}{item.source}".encode()

        read()


@fuzz(JSON)
def test_any_manifest(value: object) -> None:
    try:
        Manifest.parse(json.dumps(value), "x", "mend it")
    except (IndexMismatchError, *UNREADABLE):
        pass


@fuzz(st.tuples(st.booleans(), st.binary(max_size=1_500)))
def test_any_journal(parts: tuple[bool, bytes]) -> None:
    """Whatever an interrupted build left: vectors are those of the encoder, and the next build goes on."""
    headed, data = parts
    encoder = WordEncoder()
    with TemporaryDirectory() as folder:
        with closing(Journal(Path(folder), encoder, PassageSettings())):
            head = Path(folder, JOURNAL).read_bytes()
        Path(folder, JOURNAL).write_bytes((head if headed else b"") + data)
        resumable(Path(folder))
        for _ in range(2):
            with closing(Journal(Path(folder), encoder, PassageSettings())) as journal:
                assert (journal.encode(["The otter."]) == encoder.encode_query(["The otter."])).all()
        assert journal.reused == 1


@fuzz(JSON)
def test_any_request(value: object) -> None:
    assert names_an_address(json.dumps(value).encode()) in (True, False)


@fuzz(st.text())
def test_any_text(text: str) -> None:
    assert "\n" not in one_line(text)
    assert json.loads(json_text({"a": text})) == {"a": text}
