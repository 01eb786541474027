"""A source that an index is made from, as the index remembers it."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self, TypeAlias

from embeddings.sources.addresses import address, is_address
from embeddings.sources.readers.base import DEFAULT_READING, Reading


@dataclass(frozen=True, slots=True)
class Source:
    """A file, a folder or an address, and how it is read."""

    path: str
    reading: Reading = DEFAULT_READING

    def __str__(self) -> str:
        return self.path

    def remembered(self) -> Self:
        """The same from wherever somebody reads it again."""
        return replace(self, path=absolute(self.path))

    def holds(self, other: "Source") -> bool:
        """Whether who reads this one comes upon `other`; both are remembered."""
        if self.is_fetched or other.is_fetched:  # a list of addresses is no article of the folder it lies in
            return self.path == other.path
        return Path(other.path).is_relative_to(self.path)

    @property
    def is_fetched(self) -> bool:
        """Whether it is an address, or a file of addresses."""
        return is_address(self.path) or self.reading.addresses


def absolute(path: str) -> str:
    """`path` from the root, without `..`; links in it stay, as they may come to lead elsewhere.

    An address in the one form in which it is remembered. Raises SourceError for one that is not fetched.
    """
    return address(path) if is_address(path) else os.path.abspath(path)  # noqa: PTH100


Sources: TypeAlias = Sequence[str | Path | Source]


def as_source(source: str | Path | Source, reading: Reading = DEFAULT_READING) -> Source:
    """`source`, read as `reading` says unless it says so itself. Raises SourceError for a wrong address."""
    named = source if isinstance(source, Source) else Source(str(source), reading)
    return replace(named, path=address(named.path)) if is_address(named.path) else named


def to_json(reading: Reading) -> dict[str, Any]:
    """What of `reading` is not as usual."""
    usual = asdict(DEFAULT_READING)
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in asdict(reading).items()
        if value != usual[name]
    }


def from_json(values: Mapping[str, Any]) -> Reading:
    """What `to_json` wrote. Raises TypeError, ValueError or SourceError for anything else."""
    without = values.get("without", ())
    if not all(isinstance(id, str) for id in without):
        raise ValueError("what is left out has other names than ids")
    return Reading(**{**values, "without": tuple(without)})
