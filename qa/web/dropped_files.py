"""Articles that visitors add and take away: files in the index's own folder, which every build reads."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from filecmp import cmp
from pathlib import Path
from typing import TypeVar

from embeddings.errors import QAError
from embeddings.sources.corpus import Corpus
from embeddings.sources.readers.by_ending import ENDINGS, ending
from embeddings.sources.uploads import ADDED, added_files
from embeddings.types import Article, Skipped

TAKEN, REPLACED, UNCHANGED, SKIPPED = "taken", "replaced", "unchanged", "skipped"
T = TypeVar("T")
_REMOVED = ".removed"
"""The folder in the index, hidden from whoever reads folders, for files that may be put back."""
_REASONS = 3
"""Remarks on one file that are repeated."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """What is to become of a file that was dropped."""

    path: Path
    what: str
    why: str

    @property
    def is_taken(self) -> bool:
        """Whether it is added to the index."""
        return self.what in (TAKEN, REPLACED)

    @property
    def row(self) -> list[str]:
        """Name, fate and reason, as the page lists them."""
        return [self.path.name, self.what, self.why]


def looked_at(paths: Sequence[Path], folder: Path) -> list[Dropped]:
    """What would become of each file, were it added to the index in `folder`; each is read."""
    return [_look(path, folder / ADDED / path.name) for path in paths]


def _look(path: Path, place: Path) -> Dropped:
    if not path.is_file():
        return Dropped(path, SKIPPED, "it did not arrive: drop it again")
    if ending(path.name) is None:
        return Dropped(path, SKIPPED, f"not a kind that is read: expected {', '.join(ENDINGS)}")
    if path.name.startswith("."):
        return Dropped(path, SKIPPED, "a hidden file")
    if place.exists() and cmp(path, place, shallow=False):
        return Dropped(path, UNCHANGED, "it was added before")
    found = list(_read(path))
    count = sum(isinstance(item, Article) for item in found)
    remarks = [item for item in found if isinstance(item, Skipped)]
    said = _said(remarks, path)
    if not count:
        return Dropped(path, SKIPPED, said or "no article in it")
    articles = f"{count:,} article{'s' if count > 1 else ''}"
    return Dropped(path, REPLACED if place.exists() else TAKEN, f"{articles}; {said}" if said else articles)


def _read(path: Path) -> Iterator[Article | Skipped]:
    try:
        yield from Corpus([path])
    except QAError as error:
        yield Skipped(str(path), str(error))


def _said(remarks: Sequence[Skipped], path: Path) -> str:
    reasons = [remark.reason for remark in remarks[:_REASONS]]
    more = f"and {len(remarks) - _REASONS} more" if len(remarks) > _REASONS else None
    return "; ".join([*reasons, *([more] if more else [])]).replace(f"{path.parent}{os.sep}", "")


def add(dropped: Sequence[Dropped], folder: Path, build: Callable[[], T]) -> T:
    """Put the files that are taken into the index in `folder` and build it; what `build` returns.

    Raises what `build` raises; then the files are as they were before.
    """
    taken = [one for one in dropped if one.is_taken]
    with _kept_or_put_back(folder, [one.path.name for one in taken]):
        for one in taken:
            place = folder / ADDED / one.path.name
            shutil.copyfile(one.path, place.with_name(f".{place.name}"))
            place.with_name(f".{place.name}").replace(place)
        return build()


def remove(names: Sequence[str], folder: Path, build: Callable[[], T]) -> T:
    """Take the files of these names out of the index in `folder` and build it; what `build` returns.

    They stay aside until others are removed, so that they can be put back. Raises QAError where there is no
    such file, and what `build` raises; then all is as it was before.
    """
    known = {path.name for path in added_files(folder)}
    for name in names:
        if name not in known:
            raise QAError(f"{name} is not among the files that were added")
    with _kept_or_put_back(folder, names, folder / _REMOVED):
        return build()


def removed_files(folder: Path) -> list[Path]:
    """The files that were removed last from the index in `folder`."""
    return sorted((folder / _REMOVED).iterdir()) if (folder / _REMOVED).is_dir() else []


def put_back(folder: Path, go_back: Callable[[], T]) -> T:
    """Add the files again that were removed last, and let `go_back` undo the build; what it returns.

    Raises QAError where there is none, and what `go_back` raises; then they stay aside.
    """
    aside = removed_files(folder)
    if not aside:
        raise QAError("no file was removed that could be put back")
    done = go_back()  # from now on the index has their articles again: a build would find the files
    for file in aside:
        file.replace(folder / ADDED / file.name)
    (folder / _REMOVED).rmdir()
    return done


def discard(files: Sequence[Path], uploads: set[str]) -> None:
    """Remove those of `files` that stand in `uploads`, the files that this process wrote; they leave it.

    What a visitor names is only a text: a file, or a folder, that nobody uploaded stays.
    """
    for file in files:
        if str(file) in uploads:
            uploads.discard(str(file))
            with suppress(OSError):
                file.unlink(missing_ok=True)
                file.parent.rmdir()  # the upload's own folder, where it is empty now


@contextmanager
def _kept_or_put_back(folder: Path, names: Sequence[str], after: Path | None = None) -> Iterator[None]:
    """Takes the files of these names aside; where what follows fails, they are put back and new ones go.

    Where it does not, they are laid in `after`, in place of what lies there.
    """
    (folder / ADDED).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="aside-", dir=folder) as aside:
        for name in names:
            with suppress(FileNotFoundError):
                (folder / ADDED / name).replace(Path(aside, name))
        try:
            yield
        except BaseException:
            for name in names:
                (folder / ADDED / name).unlink(missing_ok=True)
                with suppress(FileNotFoundError):
                    Path(aside, name).replace(folder / ADDED / name)
            raise
        if after:
            shutil.rmtree(after, ignore_errors=True)
            shutil.copytree(aside, after)
