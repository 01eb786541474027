"""A folder that changes only whole: each write is a new generation, published by one atomic rename.

    FOLDER/CURRENT               name of the published generation
    FOLDER/LOCK                  held by the one writer
    FOLDER/generations/000042/   a whole index; never changed once published
        BEFORE                   name of the generation that was published when this one was made

A crash at any moment leaves the old generation or the new one. Two are kept, the published one and the one
before it. Readers wait for nobody: each holds a shared lock on the manifest of the generation that it is
opening, and a writer that finds it held leaves that generation to the next writer.
"""

import os
import shlex
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from embeddings.backends.locks import only_writer, reading, removing
from embeddings.errors import NoIndexError, QAError
from embeddings.index.manifest import MANIFEST

_BEFORE = "BEFORE"

Check = Callable[[Path], object]
"""Looks at a generation that is wholly on disk; raises where it must not be published."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A generation being written in `folder`, beside `previous`, the published one."""

    folder: Path
    previous: Path | None
    publish: Callable[[Check], None]
    """Makes it the published one, once it is on disk and the check has passed."""


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
        except IsADirectoryError:
            raise NoIndexError(self._a_folder) from None
        except (OSError, ValueError) as error:
            raise NoIndexError(f"{self._current} cannot be read ({error}): {self._remedy}") from None
        if not (name.isdigit() and len(name) < 20):
            raise NoIndexError(f"{self._current} names no generation: {self._remedy}")
        return self._all / name

    @property
    def _a_folder(self) -> str:
        current = shlex.quote(str(self._current))
        return f"{self._current} is a folder, expected a file: run `rm -r {current}`, then {self._remedy}"

    @property
    def _remedy(self) -> str:
        return f"run `qa index SOURCE --index {shlex.quote(str(self.folder))}`"

    @contextmanager
    def read(self) -> Iterator[Path]:
        """Folder of the published generation, which no writer removes meanwhile. Raises NoIndexError."""
        with ExitStack() as held:
            generation = self.current()
            while not held.enter_context(reading(generation / MANIFEST)):
                published = self.current()
                if published == generation:
                    break  # not taken away but damaged: whoever opens it says so
                generation = published
            yield generation

    @contextmanager
    def write(self) -> Iterator[Draft]:
        """A new generation to fill, under the writer's lock; it is thrown away unless it is published.

        Raises IndexBusyError where another process is writing, QAError where the folder is not an index's.
        """
        self._claim()
        with self._locked():
            previous = self._published()
            number = max((_number(path) for path in self._all.iterdir()), default=0) + 1
            self._sweep(self._worth_keeping(previous))
            aside = self._all / f"{number:06}.part"
            aside.mkdir()
            try:
                yield Draft(aside, previous, lambda check: self._publish(aside, previous, check))
            finally:
                shutil.rmtree(aside, ignore_errors=True)

    def rollback(self, check: Check) -> Path:
        """Publish the generation before the published one, which stays until the next one is published.

        Raises QAError where there is none before it, IndexBusyError where another process is writing.
        """
        self.current()
        with self._locked():
            current = self.current()
            before = self._before(current)
            if not before:
                raise QAError(
                    f"{self.folder} has no generation before {current.name}: nothing to go back to; "
                    f"to make the index anew, {self._remedy}"
                )
            check(before)
            self._point(before)
            self._sweep(self._worth_keeping(before))
            return before

    def _publish(self, aside: Path, previous: Path | None, check: Check) -> None:
        if previous:
            (aside / _BEFORE).write_text(previous.name + "\n", "ascii")
        _sync_tree(aside)
        check(aside)
        final = aside.with_suffix("")
        aside.rename(final)
        try:
            _sync(self._all)
            self._point(final)
        except BaseException:
            if self._published() != final:
                _remove(final)
            raise
        self._sweep({final, previous})

    def _point(self, generation: Path) -> None:
        part = self._current.with_suffix(".part")
        part.write_text(generation.name + "\n", "ascii")
        _sync(part)
        part.replace(self._current)
        _sync(self.folder)

    def _published(self) -> Path | None:
        try:
            return self.current()
        except NoIndexError:
            return None

    def _before(self, generation: Path) -> Path | None:
        """By its record, not its number: one that a crash left unpublished may lie between them."""
        try:
            name = (generation / _BEFORE).read_text("ascii").strip()
        except (OSError, ValueError):
            return None
        before = self._all / name
        return before if name.isdigit() and before.is_dir() else None

    def _whole(self) -> list[Path]:
        """Every generation that was finished, oldest first."""
        return sorted((path for path in self._all.iterdir() if path.name.isdigit()), key=_number)

    def _worth_keeping(self, current: Path | None) -> set[Path]:
        """The published generation, the one before it, and the newest.

        The newest is the published one, but after a rollback; it stays because a number is never used twice.
        Where CURRENT is lost, the newest two are kept until another is published.
        """
        whole = self._whole()
        if current is None:
            return set(whole[-2:])
        before = self._before(current)
        return {current, *whole[-1:], *([before] if before else [])}

    def _sweep(self, keep: Iterable[Path | None]) -> None:
        """Remove all other generations and what a crash left, but for those that are being opened."""
        for path in set(self._all.iterdir()) - set(keep):
            with removing(path / MANIFEST) as free:
                if free:
                    _remove(path)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with ExitStack() as held:
            try:
                held.enter_context(only_writer(self.folder, str(self.folder)))
            except OSError as error:
                raise self._unwritable(error) from None
            yield

    def _claim(self) -> None:
        try:
            if (
                self.folder.is_dir()
                and not self._all.is_dir()
                and any(path.name != "LOCK" for path in self.folder.iterdir())
            ):
                raise QAError(f"{self.folder} is not an index and not empty: give --index another folder")
            if self._current.is_dir():
                raise QAError(self._a_folder)
            self._all.mkdir(parents=True, exist_ok=True)
            if not os.access(self.folder, os.W_OK):
                raise PermissionError(13, "Permission denied")
        except OSError as error:
            raise self._unwritable(error) from None

    def _unwritable(self, error: OSError) -> QAError:
        return QAError(
            f"cannot write an index in {self.folder} ({error.strerror}): give --index another folder"
        )


def _number(path: Path) -> int:
    """Of `000042` as of `000042.part`; 0 where something else lies there."""
    digits = path.name.partition(".")[0]
    return int(digits) if digits.isdigit() else 0


def _remove(path: Path) -> None:
    """Renamed first: half of a generation never goes by the name of a whole one."""
    gone = path if path.suffix == ".gone" else path.with_name(f"{path.name}.gone")
    with suppress(OSError):
        path.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)


def _sync_tree(folder: Path) -> None:
    for parent, _, names in os.walk(folder, topdown=False):
        for name in names:
            _sync(Path(parent, name))
        _sync(Path(parent))


def _sync(path: Path) -> None:
    """On disk before anything that is done after it."""
    if os.name == "nt":  # which opens no folders, and flushes only what is open for writing
        if path.is_dir():
            return
        handle = os.open(path, os.O_RDWR)
    else:
        handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
        if hasattr(os, "posix_fadvise"):  # what is read from now on comes from the disk, not from memory
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(handle)
