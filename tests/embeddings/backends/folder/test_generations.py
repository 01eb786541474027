import fcntl
import multiprocessing
from pathlib import Path

import pytest

from embeddings.backends.folder.generations import Check, Generations
from embeddings.errors import IndexBusyError, IndexMismatchError, NoIndexError, QAError
from embeddings.index.manifest import MANIFEST


def nothing(_: Path) -> None:
    pass


def publish(folder: Path, text: str, check: Check = nothing) -> None:
    with Generations(folder).write() as draft:
        (draft.folder / "data").write_text(text)
        (draft.folder / MANIFEST).touch()
        draft.publish(check)


def _fail_to_write(folder: Path) -> None:
    with Generations(folder).write() as draft:
        (draft.folder / "data").write_text("half")
        (draft.folder / "absent").read_text()


def current(folder: Path) -> str:
    return (Generations(folder).current() / "data").read_text()


def test_each_write_is_a_generation_and_two_are_kept(tmp_path: Path) -> None:
    for text in ("one", "two", "three"):
        publish(tmp_path / "qa", text)
        assert current(tmp_path / "qa") == text
    assert sorted(p.name for p in (tmp_path / "qa/generations").iterdir()) == ["000002", "000003"]


def test_a_failed_write_changes_nothing(tmp_path: Path) -> None:
    publish(tmp_path, "one")
    with pytest.raises(FileNotFoundError):
        _fail_to_write(tmp_path)
    assert current(tmp_path) == "one"
    assert [p.name for p in (tmp_path / "generations").iterdir()] == ["000001"]


def test_what_a_crash_left_is_swept_by_the_next_writer(tmp_path: Path) -> None:
    publish(tmp_path, "one")
    for left in ("000002", "000003.part", "000000.gone"):  # not yet current; half-written; half-removed
        (tmp_path / "generations" / left).mkdir()
    assert current(tmp_path) == "one"
    publish(tmp_path, "two")
    assert current(tmp_path) == "two"
    assert len(list((tmp_path / "generations").iterdir())) == 2


def kept(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "generations").iterdir())


def test_rollback_goes_to_the_generation_before_and_numbers_go_on(tmp_path: Path) -> None:
    for text in ("one", "two", "three"):
        publish(tmp_path, text)
    assert Generations(tmp_path).rollback(nothing).name == "000002"
    assert current(tmp_path) == "two"
    with pytest.raises(QAError, match="no generation before 000002"):
        Generations(tmp_path).rollback(nothing)
    assert current(tmp_path) == "two"
    with pytest.raises(FileNotFoundError):  # the number 3 stays taken when a build fails
        _fail_to_write(tmp_path)
    publish(tmp_path, "four")
    assert current(tmp_path) == "four"
    assert kept(tmp_path) == ["000002", "000004"]
    assert Generations(tmp_path).rollback(nothing).name == "000002"


def test_a_rollback_goes_to_what_was_published_not_to_what_a_crash_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path, "one")

    def killed(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as crash:  # between the two renames, and nothing is cleaned up
        crash.setattr(Generations, "_point", killed)
        crash.setattr("embeddings.backends.folder.generations._remove", lambda path: None)
        with pytest.raises(SystemExit):
            publish(tmp_path, "two")
    with monkeypatch.context() as crash:  # after the second rename, before the sweep
        crash.setattr(Generations, "_sweep", lambda *_: None)
        publish(tmp_path, "three")
    assert (current(tmp_path), kept(tmp_path)) == ("three", ["000001", "000002", "000003"])
    Generations(tmp_path).rollback(nothing)
    assert current(tmp_path) == "one"


def test_a_rollback_to_a_damaged_generation_is_refused(tmp_path: Path) -> None:
    publish(tmp_path, "one")
    publish(tmp_path, "two")

    def refuse(generation: Path) -> None:
        raise IndexMismatchError(f"{generation.name} is damaged")

    with pytest.raises(IndexMismatchError, match="000001 is damaged"):
        Generations(tmp_path).rollback(refuse)
    assert current(tmp_path) == "two"


def test_a_rollback_where_there_is_no_index_makes_no_folder(tmp_path: Path) -> None:
    with pytest.raises(NoIndexError, match="there is no index"):
        Generations(tmp_path / "qa").rollback(nothing)
    assert not (tmp_path / "qa").exists()


def test_what_fails_its_check_is_not_published(tmp_path: Path) -> None:
    publish(tmp_path, "one")

    def refuse(generation: Path) -> None:
        assert (generation / "data").read_text() == "two"
        raise IndexMismatchError("read back otherwise")

    with pytest.raises(IndexMismatchError, match="read back"):
        publish(tmp_path, "two", refuse)
    assert (current(tmp_path), kept(tmp_path)) == ("one", ["000001"])


def test_a_full_disk_at_the_last_step_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(tmp_path, "one")

    def full(self: Generations, generation: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Generations, "_point", full)
    with pytest.raises(OSError, match="No space left"):
        publish(tmp_path, "two")
    assert (current(tmp_path), kept(tmp_path)) == ("one", ["000001"])


def test_a_generation_that_is_being_opened_is_left_to_the_next_writer(tmp_path: Path) -> None:
    publish(tmp_path, "one")
    with Generations(tmp_path).read() as opening:
        publish(tmp_path, "two")
        publish(tmp_path, "three")
        assert (opening / "data").read_text() == "one"
        assert kept(tmp_path) == ["000001", "000002", "000003"]
    publish(tmp_path, "four")
    assert kept(tmp_path) == ["000003", "000004"]


def test_a_reader_goes_to_the_new_generation_where_its_own_is_being_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path, "one")
    real = Generations.current
    old = real(Generations(tmp_path))
    publish(tmp_path, "two")
    answers = iter([old])
    monkeypatch.setattr(Generations, "current", lambda self: next(answers, None) or real(self))
    with (old / MANIFEST).open("r+b") as removing:
        fcntl.flock(removing, fcntl.LOCK_EX)
        with Generations(tmp_path).read() as opened:
            assert (opened / "data").read_text() == "two"
    answers = iter([old])
    (old / MANIFEST).unlink()
    with Generations(tmp_path).read() as opened:
        assert (opened / "data").read_text() == "two"


def test_readers_do_not_keep_one_another_out(tmp_path: Path) -> None:
    publish(tmp_path, "one")
    with Generations(tmp_path).read() as first, Generations(tmp_path).read() as second:
        assert first == second


def test_a_lost_current_file_loses_no_generation(tmp_path: Path) -> None:
    publish(tmp_path, "one")
    publish(tmp_path, "two")
    (tmp_path / "CURRENT").write_bytes(bytes(7))
    with pytest.raises(FileNotFoundError):
        _fail_to_write(tmp_path)
    assert kept(tmp_path) == ["000001", "000002"]
    publish(tmp_path, "three")
    assert kept(tmp_path) == ["000003"]


def _try_to_write(folder: Path, said: "multiprocessing.Queue[str]") -> None:
    try:
        publish(folder, "second")
    except IndexBusyError as error:
        said.put(str(error))


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    said: multiprocessing.Queue[str] = multiprocessing.Queue()
    with Generations(tmp_path).write():
        other = multiprocessing.Process(target=_try_to_write, args=(tmp_path, said))
        other.start()
        assert "another process is writing" in said.get(timeout=100)
        other.join()


def test_no_index(tmp_path: Path) -> None:
    with pytest.raises(NoIndexError, match="qa index SOURCE"):
        Generations(tmp_path / "qa").current()
    (tmp_path / "file").write_text("x")
    with pytest.raises(NoIndexError, match="is a file"):
        Generations(tmp_path / "file").current()
    (tmp_path / "CURRENT").write_text("../../etc")
    with pytest.raises(NoIndexError, match="names no generation"):
        Generations(tmp_path).current()


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(QAError, match="not an index and not empty"), Generations(tmp_path).write():
        pass
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]
    (tmp_path / "qa").write_text("a file")
    with pytest.raises(QAError, match="cannot write an index"), Generations(tmp_path / "qa").write():
        pass
