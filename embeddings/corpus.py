"""Sources (files and folders) to articles, in a stable order, with every omission named."""

import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from embeddings.errors import SourceError
from embeddings.files import File, find, open_regular
from embeddings.readers import ENDINGS, Origin, Reading, Unreadable, reader
from embeddings.types import Article, Skipped

log = logging.getLogger(__name__)

_REMARKS = 1_000
"""Remarks on one file, at most: a file of broken lines must not fill the memory with them."""


class Corpus:
    """The articles of some sources; iterating reads them, one file at a time.

    A folder is read recursively by name, and symbolic links as `reading` says. `fraction` says how much has
    been read. Raises SourceError where a source does not exist or holds nothing to read.
    """

    def __init__(self, sources: Sequence[str | Path], reading: Reading | None = None) -> None:
        self._reading = reading or Reading()
        self._left_out: list[Skipped] = []
        self._files: list[File] = []
        for source in sources:
            for found in find(Path(source), self._reading.follow_links):
                if isinstance(found, Skipped):
                    self._left_out.append(found)
                else:
                    self._files.append(found)
        self._total = sum(file.size for file in self._files)
        self._read = 0
        if not self._files:
            where = ", ".join(str(source) for source in sources)
            first = f" ({self._left_out[0].path}: {self._left_out[0].reason})" if self._left_out else ""
            raise SourceError(
                f"nothing to read in {where}{first}: expected files that end in {', '.join(ENDINGS)}"
            )

    @property
    def fraction(self) -> float:
        """Bytes read of all bytes, 0 to 1."""
        return min(1.0, self._read / self._total) if self._total else 1.0

    def __iter__(self) -> Iterator[Article | Skipped]:
        """Articles, and remarks on what is not among them; ids are unique."""
        yield from self._left_out
        seen: dict[str, str] = {}
        done = 0
        for file in self._files:
            remarks = 0
            for item in self._articles(file, done):
                found = self._unique(item, file, seen) if isinstance(item, Article) else item
                line = isinstance(found, Skipped) and found.path != str(file.path)
                remarks += line
                if not line or remarks <= _REMARKS:
                    yield found
            if remarks > _REMARKS:
                yield Skipped(str(file.path), f"{remarks - _REMARKS} more of its lines")
            done += file.size
            self._read = done

    def _articles(self, file: File, done: int) -> Iterator[Article | Skipped]:
        path = str(file.path)
        try:
            read = reader(file.path.name)
            with open_regular(file.path) as stream:
                before = os.fstat(stream.fileno())
                for item in read(stream, Origin(path, file.id, self._reading.max_unpacked)):
                    self._read = done + min(stream.tell(), file.size)
                    yield item
                after = os.fstat(stream.fileno())
                if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
                    log.warning("%s changed while it was read: run `qa index` again", path)
        except (Unreadable, OSError) as error:
            yield Skipped(path, error.strerror or str(error) if isinstance(error, OSError) else str(error))

    def _unique(self, article: Article, file: File, seen: dict[str, str]) -> Article | Skipped:
        path = article.path or ""
        if article.id in seen and article.id == file.id:
            article = replace(article, id=f"{file.folder}/{article.id}")
        if article.id in seen:
            return Skipped(path, f"its id {article.id} is taken by {seen[article.id]}")
        seen[article.id] = path
        return article
