import multiprocessing
from pathlib import Path

import pytest

from embeddings.errors import IndexBusyError, NoIndexError, QAError
from embeddings.generations import Generations


def publish(folder: Path, text: str) -> None:
    with Generations(folder).write() as draft:
        (draft.folder / "data").write_text(text)
        draft.publish(lambda _: None)


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
    for left in ("000002", "000003.part"):  # renamed but not yet current; half-written
        (tmp_path / "generations" / left).mkdir()
    assert current(tmp_path) == "one"
    publish(tmp_path, "two")
    assert current(tmp_path) == "two"
    assert len(list((tmp_path / "generations").iterdir())) == 2


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
        assert "another process is writing" in said.get(timeout=20)
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
