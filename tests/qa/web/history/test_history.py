"""Conversations and pins in a file: what is kept comes back, to its owner alone."""

import json
import os
import sqlite3
import stat
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from embeddings.types import Filter
from qa.web.history.database import HistoryError
from qa.web.history.history import History, may_keep, open_history
from qa.web.history.records import Packing
from qa.web.history.shelf import Shelf
from qa.web.security.login import Credentials
from qa.web.turns import KEPT, Turn
from tests.qa.web.history.kept import BRIDGE, hostile, ranked, turn

ADA, BOB = (Credentials(name, "a good word") for name in ("ada", "bob"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "history.sqlite"


@pytest.fixture
def history(file: Path) -> History:
    return open_history("made.qa", file)


@pytest.fixture
def shelf(history: History) -> Shelf:
    return history.shelf("ada")


def turns(history: History, shelf: Shelf, id: str) -> list[Turn]:
    return [asked.turn for asked in history.conversations.asked(shelf, id)]


def test_what_was_asked_comes_back_whole_after_a_restart(history: History, shelf: Shelf, file: Path) -> None:
    first, second = turn(), turn("Who was hurt?")
    failed = Turn("?", Filter(), error="the question is empty: ask in words")
    id = history.conversations.keep(shelf, "", (first,))
    assert history.conversations.keep(shelf, id, (first, second)) == id
    assert history.conversations.keep(shelf, id, (first, second, failed)) == id
    again = open_history("made.qa", file)
    assert turns(again, shelf, id) == [first, second, failed]
    [listed] = again.conversations.conversations(shelf)
    assert (listed.id, listed.title, listed.questions) == (id, "When did the bridge fall?", 3)


def test_what_was_kept_before_articles_had_pages_has_the_same_sum() -> None:
    packed = Packing(Turn).pack(turn())
    [whole] = [json.loads(zlib.decompress(article)) for article in packed.articles.values()]
    assert "pages" not in whole
    paged = turn(article=replace(BRIDGE, pages=(0, 39)))
    packed = Packing(Turn).pack(paged)
    assert Packing(Turn).unpack(packed.record, packed.articles) == paged


def test_what_was_kept_before_there_were_several_corpora_is_not_kept_again() -> None:
    record = Packing(Turn).pack(turn()).record
    assert '"corpus"' not in record
    assert '"corpora"' not in record


def test_nothing_is_kept_twice(history: History, shelf: Shelf) -> None:
    keep = history.conversations.keep
    id = keep(shelf, "", (turn(),))
    keep(shelf, id, (turn(),))
    keep(shelf, id, tuple(turns(history, shelf, id)))
    assert turns(history, shelf, id) == [turn()]
    keep(shelf, id, (turn(), turn(ms=2.0)))
    assert len(turns(history, shelf, id)) == 2, "the same question asked again is another turn"
    assert keep(shelf, "", ()) == ""


def test_tabs_do_not_disturb_one_another(history: History, shelf: Shelf) -> None:
    keep = history.conversations.keep
    id = keep(shelf, "", (turn("a"),))
    keep(shelf, id, (turn("a"), turn("b")))
    keep(shelf, id, (turn("a"), turn("c")))
    keep(shelf, id, (turn("a"), turn("b"), turn("d"), turn("e")))
    assert [one.question for one in turns(history, shelf, id)] == ["a", "b", "c", "d", "e"]
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda n: keep(shelf, "", (turn(f"question {n}"),)), range(16)))
    assert [turns(history, shelf, id)[0].question for id in ids] == [f"question {n}" for n in range(16)]


def test_a_long_conversation_comes_back_as_the_page_remembers_it(history: History, shelf: Shelf) -> None:
    every = [turn(f"question {n}") for n in range(KEPT + 5)]
    id = ""
    for at in range(len(every)):
        id = history.conversations.keep(shelf, id, every[max(at + 1 - KEPT, 0) : at + 1])
    assert turns(history, shelf, id) == every[-KEPT:]
    assert len(history.conversations.asked(shelf, id, 1000)) == len(every)


def test_it_is_found_by_any_of_its_words(history: History, shelf: Shelf) -> None:
    found = history.conversations.conversations
    first = history.conversations.keep(shelf, "", (turn(), turn("Who was HURT?")))
    second = history.conversations.keep(
        shelf, "", (turn("Which bread?", replace(BRIDGE, title="Bread of Zürich")),)
    )
    assert [talk.id for talk in found(shelf)] == [second, first]
    for words, expected in (
        ("hurt", [first]),
        ("MARLOW", [second, first]),
        ("bread zürich", [second]),
        ("fall who", [first]),
        ("bread hurt", []),
        ("100%", []),
    ):
        assert [talk.id for talk in found(shelf, words)] == expected, words
    history.conversations.rename(shelf, first, "  Storms   of\nautumn ")
    assert [talk.title for talk in found(shelf, "autumn")] == ["Storms of autumn"]
    history.conversations.rename(shelf, first, "  ")
    assert history.conversations.title(shelf, first) == "Without a name"


def test_nobody_reads_or_changes_what_is_anothers(history: History, shelf: Shelf) -> None:
    id = history.conversations.keep(shelf, "", (turn(),))
    history.reading.pin(shelf, "When?", ranked(turn()))
    [pin] = history.reading.pins(shelf)
    for other in (history.shelf("bob"), history.shelf(""), Shelf("ada", "/another.qa")):
        assert history.conversations.conversations(other) == []
        assert history.conversations.conversations(other, "bridge") == []
        assert history.conversations.asked(other, id) == []
        assert history.conversations.title(other, id) is None
        history.conversations.rename(other, id, "stolen")
        history.conversations.delete(other, id)
        assert history.conversations.keep(other, id, (turn(), turn("mine"))) != id
        assert history.reading.pins(other) == []
        assert history.reading.pinned(other, ranked(turn())) is None
        history.reading.unpin(other, pin.number)
    assert turns(history, shelf, id) == [turn()]
    assert history.conversations.title(shelf, id) == "When did the bridge fall?"
    assert len(history.reading.pins(shelf)) == 1


def test_what_is_deleted_is_gone_from_the_file_too(history: History, shelf: Shelf, file: Path) -> None:
    id = history.conversations.keep(shelf, "", (turn("What is the password?"), turn("second")))
    history.reading.pin(shelf, "When?", ranked(turn()))
    assert b"the password" in file.read_bytes()
    history.conversations.delete(shelf, id)
    assert b"the password" not in file.read_bytes()
    assert history.conversations.conversations(shelf) == []
    later = history.conversations.keep(shelf, id, (turn("What is the password?"), turn("third")))
    assert [one.question for one in turns(history, shelf, later)] == ["third"], (
        "another tab brings nothing back"
    )
    history.conversations.delete(shelf, later)
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT count(*) FROM articles").fetchone() == (1,), "a pin names it"
    connection.close()
    history.reading.unpin(shelf, history.reading.pins(shelf)[0].number)
    with sqlite3.connect(file) as connection:
        for table in ("articles", "uses", "turns", "pins", "conversations"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
    connection.close()


def test_an_article_is_kept_once(history: History, shelf: Shelf, file: Path) -> None:
    id = ""
    for n in range(9):
        id = history.conversations.keep(shelf, id, (turn(f"question {n}"),))
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT count(*) FROM articles").fetchone() == (1,)
    connection.close()


def test_a_pin_stays_as_it_was_when_it_was_pinned(history: History, shelf: Shelf) -> None:
    of = turn()
    assert of.result
    for place in (1, 0, 1):
        history.reading.pin(shelf, of.question, ranked(of, place), of.result.answer)
    second, first = history.reading.pins(shelf)
    assert first.excerpt.article == BRIDGE
    assert first.excerpt.text == BRIDGE.text
    assert first.excerpt.answer == of.result.answer
    assert (second.excerpt.text, second.excerpt.answer) == (BRIDGE.text[39:68], None)
    assert history.reading.pinned(shelf, ranked(of)) == first.number
    history.reading.unpin(shelf, first.number)
    assert history.reading.pinned(shelf, ranked(of)) is None
    assert history.reading.pins(shelf) == [second]


def test_anything_at_all_can_be_kept(history: History, shelf: Shelf) -> None:
    id = history.conversations.keep(
        shelf, "", (hostile(), turn("Half \ud83d a \0 character?", ms=float("nan")))
    )
    first, second = turns(history, shelf, id)
    assert first == hostile()
    assert second.question == "Half ? a \0 character?"
    assert history.conversations.conversations(shelf, "\ud83d") != []
    assert history.conversations.asked(shelf, "\ud83d") == []


@pytest.mark.skipif(os.name != "posix", reason="rights of files are POSIX's")
def test_only_the_user_can_read_the_file(history: History, file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def _newer(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda file: file.write_bytes(b"no history at all" * 100), "file is not a database"),
        (_newer, "another version of this program"),
        (lambda file: (file.unlink(), file.mkdir()), "directory"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_remedy(
    history: History, file: Path, spoil: Callable[[Path], object], why: str
) -> None:
    spoil(file)
    with pytest.raises(HistoryError, match=why) as refused:
        open_history("made.qa", file)
    assert str(file) in str(refused.value)
    assert "--no-history" in str(refused.value)


def test_what_fails_half_way_keeps_nothing(
    history: History, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = history.conversations.keep(shelf, "", (turn(),))

    def full(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("qa.web.history.conversations.use", full)
    with pytest.raises(HistoryError, match="disk is full"):
        history.conversations.keep(shelf, id, (turn(), turn("second")))
    assert turns(history, shelf, id) == [turn()]


def test_an_index_is_known_by_its_place(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert open_history("a.qa", file).corpus == open_history(str(tmp_path / "b" / ".." / "a.qa"), file).corpus
    assert open_history("milvus+http://127.0.0.1/news", file).corpus == "milvus+http://127.0.0.1/news"


def test_nothing_is_kept_where_nobody_says_who_they_are() -> None:
    assert may_keep("127.0.0.1", ())
    assert may_keep("0.0.0.0", (ADA, BOB), ["news.example"], ["10.0.0.1"])
    assert not may_keep("0.0.0.0", ())
    assert not may_keep("192.168.1.5", ())
    assert not may_keep("127.0.0.1", (), ["news.example"])
    assert not may_keep("127.0.0.1", (), (), ["127.0.0.1"])
