"""Who decides what answers: a reader by its name, or hand-made signs."""

import logging
from pathlib import Path
from threading import Lock

from qa.answer.by_reading import ByReading
from qa.answer.judge import Judge
from qa.answer.load_reader import DEFAULT_READER, fingerprint_of, load_reader
from qa.answer.tuned import FILE, read_tuned
from qa.answer.without_reader import Signs

__all__ = ["DEFAULT_READER", "NO_READER", "SharedReader", "load_judge", "with_tuned"]

log = logging.getLogger(__name__)

NO_READER = "none"


def load_judge(reader: str = DEFAULT_READER) -> Judge:
    """The Judge of the reader that is named; with `none`, the one by signs. Raises ModelError."""
    return Signs() if reader == NO_READER else ByReading(load_reader(reader))


class SharedReader:
    """A reader by its name, for several indexes: the first that needs it loads it."""

    def __init__(self, name: str = DEFAULT_READER) -> None:
        self.name = name
        self._lock = Lock()
        self._judge: Judge | None = None

    def judge(self) -> Judge:
        """As `load_judge` gives it. Raises ModelError."""
        with self._lock:
            if self._judge is None:
                self._judge = load_judge(self.name)
            return self._judge


def described(home: Path, encoder: str) -> dict[str, object]:
    """What answers rest on: the default reader, and the weights that were fitted here. Raises QAError."""
    mark, tuned = fingerprint_of(), read_tuned(home)
    fits = tuned is not None and (tuned.reader, tuned.encoder) == (mark, encoder)
    return {
        "reader": DEFAULT_READER,
        "reader_fingerprint": mark,
        "tuned_on": tuned.questions if tuned and fits else None,
        "tuned_figures": tuned.figures if tuned and fits else None,
    }


def with_tuned(judge: Judge, home: Path, encoder: str) -> Judge:
    """`judge` with what `qa tune` kept in `home`, if that was fitted to this reader and this encoder."""
    if not isinstance(judge, ByReading):
        return judge
    tuned = read_tuned(home)
    if not tuned:
        return judge
    if (tuned.reader, tuned.encoder) != (judge.fingerprint, encoder):
        log.warning(
            "%s was fitted to another reader or model: it is left aside; run `qa tune` again", home / FILE
        )
        return judge
    return judge.tuned(tuned.tuning)
