"""One `qa index` that says on a pipe which phase it is in, to be killed.

It lingers a little at every step, so that no step is too short to be hit.
"""

import os
import shutil
import sys
import time
from collections.abc import Callable
from typing import Any

import embeddings.backends.folder.generations as generations
import embeddings.backends.folder.store as folder
import embeddings.build.build as indexing
import embeddings.build.builder as building
from embeddings.backends.folder.generations import Generations
from embeddings.backends.folder.store import FolderWriter
from embeddings.build.journal import Journal
from embeddings.sources.corpus import Corpus
from qa.cli import main as cli
from tests.fakes import WordEncoder

PHASES = (
    *("start", "sweep before", "read", "encode", "words", "sums", "flush", "check", "rename", "CURRENT"),
    *("sweep after", "end"),
)
_BATCH = 24
_LINGER = 0.002


def main(pipe: int, largest: int, arguments: list[str]) -> int:
    """Run `qa index ARGUMENTS`; no file may grow beyond `largest` bytes, where that is not 0."""
    if largest:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    marks = _Marks(pipe)
    marks.before(Generations, "_sweep", lambda seen: "sweep after" if "CURRENT" in seen else "sweep before")
    marks.before(Corpus, "__iter__", lambda _: "read")
    marks.before(Journal, "encode", lambda _: "encode")
    marks.before(FolderWriter, "finish", lambda _: "words")
    marks.before(folder, "sum_files", lambda _: "sums")
    marks.before(generations, "_sync_tree", lambda _: "flush")
    marks.before(folder, "check_generation", lambda _: "check")
    marks.before(generations, "_sync", lambda seen: "rename" if seen[-1] == "check" else seen[-1])
    marks.before(generations, "_remove", lambda seen: seen[-1])
    marks.before(shutil, "rmtree", lambda seen: seen[-1])
    marks.before(Generations, "_point", lambda _: "CURRENT")
    marks.before(Journal, "remove", lambda _: "end")
    setattr(building, "BATCH", _BATCH)  # noqa: B010
    setattr(indexing, "load_encoder", WordEncoder)  # noqa: B010
    marks.say("start")
    return cli.main(["index", *arguments])


class _Marks:
    def __init__(self, pipe: int) -> None:
        self._pipe = pipe
        self._seen: list[str] = []

    def say(self, phase: str) -> None:
        if not self._seen or self._seen[-1] != phase:
            self._seen.append(phase)
            os.write(self._pipe, f"{phase}\n".encode())
        time.sleep(_LINGER)

    def before(self, owner: Any, name: str, phase: Callable[[list[str]], str]) -> None:
        """Whenever `owner.name` is called, first say which phase begins, by those said before."""
        real = getattr(owner, name)

        def marked(*args: Any, **kwargs: Any) -> Any:
            self.say(phase(self._seen))
            return real(*args, **kwargs)

        setattr(owner, name, marked)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
