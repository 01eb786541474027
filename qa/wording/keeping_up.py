"""What is said of an index that keeps up: a line for each update, and for each file when it is left out."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from embeddings.build.report import Report
from embeddings.errors import QAError
from qa.wording.phrases import change_counts
from qa.wording.safe_text import one_line

if TYPE_CHECKING:
    from embeddings.types import Skipped


class Updates:
    """Prints what a watch says, of the index called `name` where there are several.

    What has been said of a file is not said again until it changes.
    """

    def __init__(self, name: str = "") -> None:
        self._name = f"{name}: " if name else ""
        self._skipped: frozenset[Skipped] = frozenset()

    def heard(self, said: "Report | QAError") -> None:
        clock = f"{datetime.now():%H:%M:%S}"
        for line in self._lines(said):
            print(f"{clock} {one_line(self._name + line)}", flush=True)

    def _lines(self, said: "Report | QAError") -> Iterator[str]:
        if isinstance(said, QAError):
            yield f"not updated: {said}"
            return
        for one in said.skipped:
            if one not in self._skipped and not one.questions:
                yield f"skipped {one.path}: {one.reason}"
        self._skipped = frozenset(said.skipped)
        if said.published:
            yield f"{said.articles:,} articles ({change_counts(said)}), in {said.seconds:.1f} s"
