"""Sources (files and folders) to articles, in a stable order, with every omission named."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TypeAlias

from embeddings.errors import SourceError
from embeddings.sources.fetch.files import NOTHING, fetched_files
from embeddings.sources.fetch.kept import FETCHED
from embeddings.sources.files import File, find
from embeddings.sources.readers.base import DEFAULT_READING, Reading
from embeddings.sources.readers.by_ending import ENDINGS
from embeddings.sources.separate_process import read_apart
from embeddings.sources.source import Source, Sources, as_source
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
    been read. Of addresses, what was fetched and lies in `home`, the folder of the index, is read; `failed`
    says why some were not fetched now. Raises SourceError where a source does not exist or holds nothing to
    read.
    """

    def __init__(
        self,
        sources: Sources,
        reading: Reading = DEFAULT_READING,
        home: Path | None = None,
        failed: Mapping[str, str] = NOTHING,
    ) -> None:
        self.reading = reading
        self._home = home.absolute() if home else None
        named = [as_source(source, reading) for source in sources]
        self._removed = frozenset(id for source in named for id in source.reading.without)
        self.files: list[File] = []
        self._left_out: list[Skipped] = []
        for source in named:
            self._find(source, failed)
        self._total = sum(file.size for file in self.files)
        self._read = 0
        if not self.files:
            first = f"{self._left_out[0].path}: {self._left_out[0].reason}" if self._left_out else ""
            if named and all(source.is_fetched for source in named):
                raise SourceError(f"nothing was fetched: {first or f'no address in {named[0]}'}")
            where = ", ".join(str(source) for source in sources)
            first = f" ({first})" if first else ""
            raise SourceError(
                f"nothing to read in {where}{first}: expected files that end in {', '.join(ENDINGS)}"
            )

    def _find(self, source: Source, failed: Mapping[str, str]) -> None:
        """Add the files of `source`; what was fetched lies in the index, and is read once."""
        if source.is_fetched:
            files = fetched_files(source, self._home, failed)
        else:
            files = find(Path(source.path), source.reading.follow_links)
        known = {file.id for file in self.files if file.fetched}
        for found in files:
            if isinstance(found, Skipped):
                self._left_out.append(found)
            elif found.fetched and found.id not in known:
                known.add(found.id)
                self.files.append(replace(found, reading=replace(source.reading, addresses=False)))
            elif not found.fetched and not self._is_own(found.path):
                self.files.append(replace(found, reading=source.reading))

    def _is_own(self, path: Path) -> bool:
        return self._home is not None and path.absolute().is_relative_to(self._home / FETCHED)

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
                    yield _called(settled, file) if isinstance(settled, Skipped) else settled
            if remarks > _REMARKS:
                yield Skipped(file.name, f"{remarks - _REMARKS} more of its lines")

    def _settled(
        self, item: Article | Prepared, file: File, seen: dict[str, str]
    ) -> Article | Prepared | Skipped:
        settled = _unique(_as_fetched(item, file), file, seen)
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


def _called(item: Skipped, file: File) -> Skipped:
    """A remark on a file that was fetched names its address."""
    path = str(file.path)
    if not file.fetched or not item.path.startswith(path):
        return item
    return replace(item, path=file.name + item.path.removeprefix(path))


def _as_fetched(item: Article | Prepared, file: File) -> Article | Prepared:
    if not file.fetched:
        return item
    if isinstance(item, Prepared):
        return replace(item, article=file.fetched.named(item.article, file.path.name))
    return file.fetched.named(item, file.path.name)


def _unique(item: Article | Prepared, file: File, seen: dict[str, str]) -> Article | Prepared | Skipped:
    article = item.article if isinstance(item, Prepared) else item
    path = article.path or ""
    if article.id in seen and article.id == file.id:
        article = replace(article, id=f"{file.folder}/{article.id}")
    if article.id in seen:
        return Skipped(path, f"its id {article.id} is taken by {seen[article.id]}")
    seen[article.id] = path
    return replace(item, article=article) if isinstance(item, Prepared) else article
