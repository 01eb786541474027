"""An index that keeps up with its sources: built again as their files come, go and change."""

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Event
from time import monotonic
from typing import TypeAlias

from embeddings.backends.open import store
from embeddings.backends.protocols import Store
from embeddings.build.build import build_index, indexed_model
from embeddings.build.options import BuildOptions
from embeddings.build.report import Report
from embeddings.encoders.load import load_encoder
from embeddings.errors import IndexBusyError, QAError
from embeddings.sources.source import Source
from embeddings.types import Encoder

_QUIET, _LONGEST = 0.3, 2.0
"""Seconds without a change after which a burst is over, and after which it is taken for over."""
_LOOK = 0.5
"""Seconds after which it is seen that sources were added or removed, or that it shall end."""
_AGAIN = 10.0
"""Seconds after which an update is tried again that failed."""
_BUSY = 1.0

Said: TypeAlias = Callable[[Report | QAError], None]


def watch(place: str | Path, said: Said, every: float = 0, stop: Event | None = None) -> None:
    """Update the index at `place` when files of its sources change, until `stop` is set.

    Changes that come together make one update. With `every`, the sources are also read every so many
    seconds, as some network file systems report no changes, and addresses among them are fetched then;
    without it nothing is fetched. `said` hears of each update, and of each
    failure once; none ends the watch. Raises NoIndexError, IndexMismatchError, ModelError, and QAError
    where the system watches no more folders.
    """
    _Watch(place, said, every, stop or Event()).run()


class _Watch:
    def __init__(self, place: str | Path, said: Said, every: float, stop: Event) -> None:
        self._place = place
        self._store: Store = store(place)
        self._said = said
        self._every = every
        self._stop = stop
        self._model, self._encoder = self._loaded()
        self._due: float | None = None
        self._fetch_due = monotonic() if every else float("inf")
        self._failed = ""
        self._generation = ""
        self._sources: list[Source] = []

    def run(self) -> None:
        self._look()
        while not self._stop.is_set():
            self._due = monotonic()  # what changed while nobody watched
            for changed in self._changes():
                if changed:
                    self._due = monotonic()
                if self._due is not None and self._due <= monotonic():
                    self._update()
                if self._look():
                    break

    def _look(self) -> bool:
        """Whether the index is made from other sources by now, as after `qa add` and `qa remove`."""
        generation = self._store.current()
        if generation == self._generation:
            return False
        with self._store.look() as (manifest, _):
            before, self._sources = self._sources, list(manifest.read_from)
        self._generation = generation
        return before != self._sources

    def _update(self) -> None:
        self._due = monotonic() + self._every if self._every else None
        fetch_due, fetch = self._fetch_due, tuple[str, ...]()
        if monotonic() >= fetch_due:
            self._fetch_due = monotonic() + self._every
            fetch = tuple(source.path for source in self._sources)
        options = BuildOptions(encoder=self._current_encoder(), fetch=fetch, onto=self._generation)
        try:
            report = build_index(self._sources, self._place, options)
        except IndexBusyError:
            self._due = monotonic() + _BUSY
            self._fetch_due = fetch_due
        except (QAError, OSError) as error:
            self._due = monotonic() + _AGAIN
            if str(error) != self._failed:
                self._failed = str(error)
                self._said(error if isinstance(error, QAError) else QAError(self._failed))
        else:
            self._failed = ""
            self._said(report)

    def _changes(self) -> Iterator[bool]:
        """Whether something has changed, once it is watched and then every now and then."""
        named = [Path(source.path) for source in self._sources]
        folders = [path for path in named if path.is_dir()]
        watched, files = _folders(named), _files(named)
        for changed in self._in_folders(folders):
            before, files = files, _files(named)
            yield changed or files != before
            if _folders(named) != watched:  # one has gone, or come again: what was watched is not it
                return

    def _in_folders(self, folders: Sequence[Path]) -> Iterator[bool]:
        import watchfiles

        own = self._store.home.absolute()

        def counts(_: object, path: str) -> bool:
            return _counts(Path(path), folders, own)

        if not folders:
            while not self._stop.wait(_LOOK):
                yield False
            return
        try:
            for changes in watchfiles.watch(
                *folders,
                watch_filter=counts,
                debounce=int(1000 * _LONGEST),
                step=int(1000 * _QUIET),
                stop_event=self._stop,
                rust_timeout=int(1000 * _LOOK),
                yield_on_timeout=True,
                ignore_permission_denied=True,
            ):
                yield bool(changes)
        except FileNotFoundError:  # a folder went between two looks
            self._stop.wait(_LOOK)
        except (OSError, RuntimeError) as error:
            raise QAError(
                f"the folders cannot be watched ({error}): "
                "raise `sysctl fs.inotify.max_user_watches`, or set WATCHFILES_FORCE_POLLING=true"
            ) from None

    def _loaded(self) -> tuple[str, Encoder]:
        with self._store.published() as published:
            model = indexed_model(published)
        return model, load_encoder(model)

    def _current_encoder(self) -> Encoder:
        """The encoder stays loaded unless the index was built anew with another."""
        with self._store.published() as published:
            if indexed_model(published) != self._model:
                self._model, self._encoder = self._loaded()
        return self._encoder


def _files(paths: Sequence[Path]) -> list[tuple[int, int, int] | None]:
    """What tells of each file among `paths` that it has changed. None of all others."""
    found = [_about(path) for path in paths]
    return [
        (at.st_ino, at.st_size, at.st_mtime_ns) if at and stat.S_ISREG(at.st_mode) else None for at in found
    ]


def _folders(paths: Sequence[Path]) -> list[tuple[int, int] | None]:
    """What tells of each folder among `paths` that it is the same. None of all others."""
    found = [_about(path) for path in paths]
    return [(at.st_dev, at.st_ino) if at and stat.S_ISDIR(at.st_mode) else None for at in found]


def _about(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def _counts(path: Path, folders: Sequence[Path], own: Path) -> bool:
    """Whether a change at `path` may change what is read in `folders`; nothing in the index itself does."""
    if path.is_relative_to(own):
        return False
    inside = [path.relative_to(folder) for folder in folders if path.is_relative_to(folder)]
    return any(not any(part.startswith(".") for part in at.parts) for at in inside)
