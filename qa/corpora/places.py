"""Which indexes are meant by what is given: folders, addresses, a folder of indexes; each by its name."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from embeddings.backends.info import derived_name
from embeddings.backends.open import is_address, store
from embeddings.errors import QAError

Given: TypeAlias = str | Path | Sequence[str | Path]
"""An index, several, or a folder in which they lie."""
_PUBLISHED = "CURRENT"


@dataclass(frozen=True, slots=True)
class Place:
    """An index with what it is called; the place itself is its owner's business."""

    place: str
    name: str
    description: str
    articles: int


def named_places(given: Given) -> tuple[Place, ...]:
    """The indexes at `given`, in that order, those of a folder of indexes by name; none is opened.

    Raises NoIndexError or IndexMismatchError where one is missing or damaged, and QAError where one is
    given twice, or two are called the same.
    """
    found = [_look(place) for place in places(given)]
    called: dict[str, Place] = {}
    for one in found:
        other = called.setdefault(one.name.casefold(), one)
        if other is not one:
            raise QAError(
                f"two indexes are called {one.name}, {other.place} and {one.place}: "
                f"give one another name by `qa index SOURCE --index {shlex.quote(one.place)} --name NAME`"
            )
    return tuple(found)


def places(given: Given) -> list[str]:
    """Each index at `given`; a folder that is none stands for those in it. Raises QAError for one twice."""
    all = [given] if isinstance(given, str | Path) else given
    found = [place for one in all for place in _expanded(one)]
    known: dict[str, str] = {}
    for place in found:
        other = known.setdefault(place if is_address(place) else str(Path(place).resolve()), place)
        if other is not place:
            raise QAError(f"the index {place} is given twice: name each once")
    return found


def _expanded(given: str | Path) -> list[str]:
    folder = Path(given)
    if is_address(given) or (folder / _PUBLISHED).exists() or not folder.is_dir():
        return [str(given)]
    try:
        inside = sorted(path.parent for path in folder.glob(f"*/{_PUBLISHED}"))
    except OSError:
        inside = []
    return [str(path) for path in inside] or [str(given)]


def _look(place: str) -> Place:
    with store(place).look() as (manifest, _):
        return Place(place, manifest.name or derived_name(place), manifest.description, manifest.articles)
