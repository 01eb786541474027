"""Who decides what answers: a reader by its name, or hand-made signs."""

from qa.answer.by_reading import ByReading
from qa.answer.judgement import Judge
from qa.answer.load_reader import DEFAULT_READER, load_reader
from qa.answer.signs import Signs

__all__ = ["DEFAULT_READER", "NO_READER", "load_judge"]

NO_READER = "none"


def load_judge(reader: str = DEFAULT_READER) -> Judge:
    """The Judge of the reader that is named; with `none`, the one by signs. Raises ModelError."""
    return Signs() if reader == NO_READER else ByReading(load_reader(reader))
