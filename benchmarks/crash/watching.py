"""A process that opens an index while others write it."""

import multiprocessing
import os
import time
from pathlib import Path
from typing import Any

from benchmarks.crash.corpus import NONE, expect, held


class Watcher:
    """A process that opens an index again and again, and reads it whole."""

    def __init__(self, folder: Path) -> None:
        context = multiprocessing.get_context("spawn")
        self._allowed = context.Array("q", [NONE, NONE])
        self._opens = context.Value("q", 0)
        self._over = context.Event()
        self._losses: multiprocessing.Queue[str] = context.Queue()
        self._process = context.Process(target=self._watch, args=(folder,))
        self._process.start()

    def allow(self, old: int, new: int) -> None:
        with self._allowed.get_lock():
            self._allowed[:] = [old, new]

    def stop(self) -> tuple[int, list[str]]:
        """How often it opened the index, and what it found wrong."""
        self._over.set()
        losses = list(iter(self._losses.get, ""))
        self._process.join()
        return self._opens.value, losses

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_process"}

    def _watch(self, folder: Path) -> None:
        os.nice(10)  # a signal must not come late for it
        while not self._over.is_set():
            allowed = set(self._allowed[:])
            found = NONE
            try:
                found = held(folder)
                allowed |= set(self._allowed[:])
                expect(found in allowed, f"edition {found}, expected one of {sorted(allowed)}")
            except Exception as error:
                self._losses.put(f"opened meanwhile: {error!r}")
            if found == NONE:
                time.sleep(0.01)
            else:
                with self._opens.get_lock():
                    self._opens.value += 1
        self._losses.put("")
