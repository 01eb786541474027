"""Sources (files and folders) to articles, in a stable order, with every omission named."""

import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from embeddings.errors import SourceError
from embeddings.readers import ENDINGS, Origin, Unreadable, ending, reader
from embeddings.types import Article, Skipped

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    id: str
    folder: str
    """Name of the source folder: it tells same-named files of two sources apart."""
    size: int


class Corpus:
    """The articles of some sources; iterating reads them, one file at a time.

    A folder is read recursively by name; symbolic links to folders are not followed. `fraction` says how
    much has been read. Raises SourceError where a source does not exist or holds nothing to read.
    """

    def __init__(self, sources: Sequence[str | Path]) -> None:
        self._left_out: list[Skipped] = []
        self._files: list[_File] = []
        for source in sources:
            self._files.extend(self._find(Path(source)))
        self._total = sum(file.size for file in self._files)
        self._read = 0
        if not self._files:
            where = ", ".join(str(source) for source in sources)
            raise SourceError(f"nothing to read in {where}: expected files that end in {', '.join(ENDINGS)}")

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
            for item in self._articles(file, done):
                yield self._unique(item, file, seen) if isinstance(item, Article) else item
            done += file.size
            self._read = done

    def _articles(self, file: _File, done: int) -> Iterator[Article | Skipped]:
        path = str(file.path)
        try:
            read = reader(file.path.name)
            with file.path.open("rb") as stream:
                for item in read(stream, Origin(path, file.id)):
                    self._read = done + min(stream.tell(), file.size)
                    yield item
        except (Unreadable, OSError) as error:
            yield Skipped(path, error.strerror or str(error) if isinstance(error, OSError) else str(error))

    def _unique(self, article: Article, file: _File, seen: dict[str, str]) -> Article | Skipped:
        path = article.path or ""
        if article.id in seen and article.id == file.id:
            article = replace(article, id=f"{file.folder}/{article.id}")
        if article.id in seen:
            return Skipped(path, f"its id {article.id} is taken by {seen[article.id]}")
        seen[article.id] = path
        return article

    def _find(self, source: Path) -> Iterator[_File]:
        if source.is_file():
            if ending(source.name) is None:
                raise SourceError(f"{source}: cannot read this kind; expected {', '.join(ENDINGS)}")
            yield _File(source, source.name, source.absolute().parent.name, source.stat().st_size)
        elif source.is_dir():
            yield from self._walk(source)
        else:
            what = "is neither a file nor a folder" if source.exists() else "does not exist"
            raise SourceError(f"{source} {what}: name a folder of articles or a file")

    def _walk(self, source: Path) -> Iterator[_File]:
        def unreadable(error: OSError) -> None:
            self._left_out.append(Skipped(str(error.filename), error.strerror or str(error)))

        for parent, folders, names in os.walk(source, onerror=unreadable):
            for name in sorted(f for f in folders if f.startswith(".")):
                self._left_out.append(Skipped(str(Path(parent, name)), "hidden folder"))
            folders[:] = sorted(f for f in folders if not f.startswith("."))
            for name in sorted(names):
                path = Path(parent, name)
                reason = _why_not(path)
                if reason:
                    self._left_out.append(Skipped(str(path), reason))
                else:
                    id = path.relative_to(source).as_posix()
                    yield _File(path, id, source.absolute().name, path.stat().st_size)


def _why_not(path: Path) -> str | None:
    if path.name.startswith("."):
        return "hidden file"
    if ending(path.name) is None:
        return f"not a kind that is read ({path.suffix or 'no ending'})"
    if not path.is_file():
        return "a broken link" if path.is_symlink() else "not a regular file"
    return None
