"""What stands in files, as it travels between machines: JSON, never pickle."""

import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from typing import Any, TypeAlias

from embeddings.sources.corpus import Unsaid
from embeddings.types import Article, Skipped, as_article


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning that was logged while a file was read, to be logged again where somebody sees it."""

    logger: str
    message: str
    arguments: tuple[str | int | float, ...]

    def log(self) -> None:
        """Log it again, in this process."""
        logging.getLogger(self.logger).warning(self.message, *self.arguments)


Item: TypeAlias = Article | Skipped | Unsaid | Warned


@dataclass(frozen=True, slots=True)
class Record:
    """Something found in a file."""

    file: int
    """Number of the file in the corpus."""
    item: Item
    known: bool = False
    """Whether it is an article whose vectors the index already has."""


def pack(records: Iterable[Record]) -> bytes:
    """`records` as JSON, for `unpack`."""
    return json.dumps([[record.file, record.known, *_fields(record.item)] for record in records]).encode()


def unpack(data: bytes) -> Iterator[Record]:
    """The records that `pack` made `data` of."""
    for file, known, kind, *fields in json.loads(data):
        yield Record(file, _item(kind, fields), known)


def _fields(item: Item) -> list[Any]:
    match item:
        case Article():
            return ["article", *astuple(item)]
        case Skipped():
            return ["skipped", item.path, item.reason, item.questions]
        case Unsaid():
            return ["unsaid", item.count]
        case Warned():
            return ["warned", item.logger, item.message, item.arguments]


def _item(kind: str, fields: list[Any]) -> Item:
    match kind:
        case "article":
            return as_article(fields)
        case "skipped":
            return Skipped(*fields)
        case "unsaid":
            return Unsaid(*fields)
    logger, message, arguments = fields
    return Warned(logger, message, tuple(arguments))
