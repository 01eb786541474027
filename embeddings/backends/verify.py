"""Whether an index is what was published: every byte, every count, every span, and some of the vectors."""

from collections.abc import Iterator
from pathlib import Path

from embeddings.backends.open import store
from embeddings.types import Encoder


def verify(place: str | Path, encoder: Encoder | None = None) -> Iterator[str]:
    """Check the published generation of the index at `place`; yields a line for each check that has passed.

    Raises IndexMismatchError, with what was found, what was expected and the remedy, at the first that has
    not; NoIndexError, ModelError as `open_index`.
    """
    return store(place).verify(encoder)
