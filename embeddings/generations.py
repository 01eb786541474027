"""A folder that changes only whole: each write is a new generation, published by one atomic rename.

    FOLDER/CURRENT               name of the published generation
    FOLDER/LOCK                  held by the one writer
    FOLDER/generations/000042/   a whole index; never changed once published

A crash at any moment leaves the old generation or the new one. Readers take no lock: the last two
generations are kept, so that one that is being opened or read is not taken away.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from embeddings.errors import IndexBusyError, NoIndexError, QAError

_KEEP = 2


@dataclass(slots=True)
class Draft:
    """A generation being written in `folder`; it is published when `publish` is set at the end."""

    folder: Path
    previous: Path | None
    publish: bool = False


class Generations:
    """The generations of one index folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._all = folder / "generations"
        self._current = folder / "CURRENT"

    def current(self) -> Path:
        """Folder of the published generation. Raises NoIndexError where there is none."""
        try:
            name = self._current.read_text("ascii").strip()
        except FileNotFoundError:
            raise NoIndexError(f"there is no index in {self.folder}: {self._remedy}") from None
        except NotADirectoryError:
            raise NoIndexError(f"{self.folder} is a file, expected the folder of an index") from None
        except (OSError, ValueError) as error:
            raise NoIndexError(f"{self._current} cannot be read ({error}): {self._remedy}") from None
        if not (name.isdigit() and len(name) < 20):
            raise NoIndexError(f"{self._current} names no generation: {self._remedy}")
        return self._all / name

    @property
    def _remedy(self) -> str:
        return f"run `qa index SOURCE --index {self.folder}`"

    @contextmanager
    def write(self) -> Iterator[Draft]:
        """A new generation to fill, under the writer's lock; published at the end if the draft says so.

        Raises IndexBusyError where another process is writing, QAError where the folder is not an index's.
        """
        self._claim()
        lock = FileLock(self.folder / "LOCK", blocking=False)
        try:
            lock.acquire()
        except Timeout:
            raise IndexBusyError(
                f"another process is writing the index {self.folder}: wait until it has finished"
            ) from None
        try:
            yield from self._write()
        finally:
            lock.release()

    def _write(self) -> Iterator[Draft]:
        try:
            previous = self.current()
        except NoIndexError:
            previous = None
        self._sweep(previous)
        number = max((int(p.name) for p in self._published()), default=0) + 1
        aside = self._all / f"{number:06}.part"
        aside.mkdir()
        try:
            draft = Draft(aside, previous)
            yield draft
            if draft.publish:
                self._publish(aside, self._all / f"{number:06}")
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def _publish(self, aside: Path, final: Path) -> None:
        _sync_tree(aside)
        aside.rename(final)
        _sync(self._all)
        part = self._current.with_suffix(".part")
        part.write_text(final.name + "\n", "ascii")
        _sync(part)
        part.replace(self._current)
        _sync(self.folder)
        self._sweep(final)

    def _published(self) -> list[Path]:
        return sorted(p for p in self._all.iterdir() if p.name.isdigit())

    def _sweep(self, current: Path | None) -> None:
        """Remove what a crash left, and generations older than the last two."""
        older = [p for p in self._published() if current and p.name < current.name]
        keep = {current, *older[-(_KEEP - 1) :]}
        for path in self._all.iterdir():
            if path not in keep:
                shutil.rmtree(path, ignore_errors=True)

    def _claim(self) -> None:
        try:
            if (
                self.folder.is_dir()
                and not self._all.is_dir()
                and any(path.name != "LOCK" for path in self.folder.iterdir())
            ):
                raise QAError(f"{self.folder} is not an index and not empty: give --index another folder")
            self._all.mkdir(parents=True, exist_ok=True)
            if not os.access(self.folder, os.W_OK):
                raise PermissionError(13, "Permission denied")
        except OSError as error:
            raise QAError(
                f"cannot write an index in {self.folder} ({error.strerror}): give --index another folder"
            ) from None


def _sync_tree(folder: Path) -> None:
    for parent, _, names in os.walk(folder, topdown=False):
        for name in names:
            _sync(Path(parent, name))
        _sync(Path(parent))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
