"""Sources (files and folders) to articles, in a stable order, with every omission named."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TypeAlias

from embeddings.errors import SourceError
from embeddings.sources.files import File, find
from embeddings.sources.readers.base import DEFAULT_READING, Reading
from embeddings.sources.readers.by_ending import ENDINGS
from embeddings.sources.separate_process import read_apart
from embeddings.sources.source import Sources, as_source
from embeddings.types import Article, Prepared, Skipped

log = logging.getLogger(__name__)

_REMARKS = 1_000
"""Remarks on one file, at most: a file of broken lines must not fill the memory with them."""


@dataclass(frozen=True, slots=True)
class Unsaid:
    """Remarks on lines of a file that its reader no longer made."""

    count: int


Found: TypeAlias = Article | Prepared | Skipped | Unsaid
"""What a reader finds in a file, before articles of all files are seen together."""


class Corpus:
    """The articles of some sources; iterating reads them, one file at a time.

    A folder is read recursively by name, and symbolic links as `reading` says. `fraction` says how much has
    been read. Raises SourceError where a source does not exist or holds nothing to read.
    """

    def __init__(self, sources: Sources, reading: Reading = DEFAULT_READING) -> None:
        self.reading = reading
        named = [as_source(source, reading) for source in sources]
        self._removed = frozenset(id for source in named for id in source.reading.without)
        self.files: list[File] = []
        self._left_out: list[Skipped] = []
        for source in named:
            for found in find(Path(source.path), source.reading.follow_links):
                if isinstance(found, Skipped):
                    self._left_out.append(found)
                else:
                    self.files.append(replace(found, reading=source.reading))
        self._total = sum(file.size for file in self.files)
        self._read = 0
        if not self.files:
            where = ", ".join(str(source) for source in sources)
            first = f" ({self._left_out[0].path}: {self._left_out[0].reason})" if self._left_out else ""
            raise SourceError(
                f"nothing to read in {where}{first}: expected files that end in {', '.join(ENDINGS)}"
            )

    @property
    def fraction(self) -> float:
        """Bytes read of all bytes, 0 to 1."""
        return min(1.0, self._read / self._total) if self._total else 1.0

    def tell(self, fraction: float) -> None:
        """Say how much has been read, where somebody else reads."""
        self._read = int(fraction * self._total)

    def __iter__(self) -> Iterator[Article | Skipped]:
        """Articles, and remarks on what is not among them; ids are unique."""
        for item in self.settle(self._read_all()):
            if not isinstance(item, Prepared):
                yield item

    def settle(self, found: Iterable[tuple[int, Found]]) -> Iterator[Article | Prepared | Skipped]:
        """What iterating yields, from what was `found` in each of `files`, by its number and in order.

        Whoever reads the files, ids become unique and remarks few here.
        """
        yield from self._left_out
        seen: dict[str, str] = {}
        for number, items in groupby(found, itemgetter(0)):
            file = self.files[number]
            remarks = 0
            for _, item in items:
                if isinstance(item, Unsaid):
                    remarks += item.count
                    continue
                settled = item if isinstance(item, Skipped) else self._settled(item, file, seen)
                line = _on_a_line(settled, file)
                remarks += line
                if not line or remarks <= _REMARKS:
                    yield settled
            if remarks > _REMARKS:
                yield Skipped(str(file.path), f"{remarks - _REMARKS} more of its lines")

    def _settled(
        self, item: Article | Prepared, file: File, seen: dict[str, str]
    ) -> Article | Prepared | Skipped:
        settled = _unique(item, file, seen)
        if isinstance(settled, Skipped) or not self._removed:
            return settled
        article = settled.article if isinstance(settled, Prepared) else settled
        if article.id in self._removed:
            return Skipped(article.path or article.id, "removed by `qa remove`: `qa add` reads it again")
        return settled

    def _read_all(self) -> Iterator[tuple[int, Article | Skipped]]:
        done = 0
        for number, file in enumerate(self.files):

            def on_read(place: int, file: File = file, done: int = done) -> None:
                self._read = done + min(place, file.size)

            for item in read_apart(file, self.reading, on_read):
                yield number, item
            done += file.size
            self._read = done


def few_remarks(file: File, items: Iterable[Article | Skipped]) -> Iterator[Article | Skipped | Unsaid]:
    """`items` of `file` with no more remarks on its lines than `Corpus.settle` lets through."""
    remarks = 0
    for item in items:
        remarks += _on_a_line(item, file)
        if remarks <= _REMARKS or not _on_a_line(item, file):
            yield item
    if remarks > _REMARKS:
        yield Unsaid(remarks - _REMARKS)


def _on_a_line(item: Article | Prepared | Skipped, file: File) -> bool:
    """Whether it is a remark on a part of the file."""
    return isinstance(item, Skipped) and item.path != str(file.path)


def _unique(item: Article | Prepared, file: File, seen: dict[str, str]) -> Article | Prepared | Skipped:
    article = item.article if isinstance(item, Prepared) else item
    path = article.path or ""
    if article.id in seen and article.id == file.id:
        article = replace(article, id=f"{file.folder}/{article.id}")
    if article.id in seen:
        return Skipped(path, f"its id {article.id} is taken by {seen[article.id]}")
    seen[article.id] = path
    return replace(item, article=article) if isinstance(item, Prepared) else article
