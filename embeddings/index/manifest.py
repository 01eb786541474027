"""What an index says of itself: written last, checked on every opening."""

import hashlib
import json
import os
import re
import shlex
import stat
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from embeddings.errors import IndexMismatchError
from embeddings.index.about import About
from embeddings.sources.source import Source, from_json, to_json
from embeddings.text.passages import PassageSettings
from embeddings.types import Encoder

FORMAT = 4
MANIFEST = "manifest.json"
VECTORS = "vectors.faiss"
PASSAGE_WORDS = "words/passages"
ARTICLE_WORDS = "words/articles"
ARTICLES = "articles.sqlite"
PASSAGES = "passages.npy"

_NEEDED = {ARTICLES, PASSAGES, VECTORS, f"{PASSAGE_WORDS}/meta.json", f"{ARTICLE_WORDS}/meta.json"}
_NAME = re.compile(r"[\w.-]+(/[\w.-]+)*", re.ASCII)
"""What FAISS, SQLite and tantivy call their files; no system takes it for another folder or drive."""
_LANGUAGE = re.compile("[a-z]{2}")

UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, RecursionError)
"""What is raised where a manifest is none."""
_ALLOW = "give yourself the right to read it"


def rebuilding(index: str, sources: Sequence[str] = ()) -> str:
    """The command that makes the index called `index` anew, from `sources` where they are known."""
    return f"run `qa index --rebuild --index {shlex.quote(index)} {shlex.join(sources) or 'SOURCE'}`"


def remedy(generation: Path, sources: Sequence[str] = ()) -> str:
    """The command that makes the index of `generation` anew."""
    return rebuilding(str(generation.parent.parent), sources)


def damaged(file: Path, found: object) -> IndexMismatchError:
    """The error of a file of a generation that is not what was published."""
    generation = next((parent for parent in file.parents if parent.parent.name == "generations"), file.parent)
    sources = [] if file.name == MANIFEST else _sources(generation)
    first_line = str(found).partition("\n")[0]
    return IndexMismatchError(f"{file} is damaged ({first_line}): {remedy(generation, sources)}")


def _sources(generation: Path) -> list[str]:
    try:
        return Manifest.load(generation).sources
    except IndexMismatchError:
        return []


@dataclass(frozen=True, slots=True)
class FileSum:
    """What a file was when it was published: bytes, and SHA-256 as hexadecimal digits."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The record of one generation."""

    format: int
    created: str
    """When it was published, UTC, ISO 8601."""
    sources: list[str]
    model: str
    encoder: str
    """The encoder's fingerprint."""
    dim: int
    settings: PassageSettings
    articles: int
    passages: int
    vectors: str
    """The library and kind of the vector index."""
    files: dict[str, FileSum]
    readings: dict[str, dict[str, Any]] = field(default_factory=dict)
    """How each source is read that is not read as usual."""
    languages: dict[str, int] = field(default_factory=dict)
    """Articles of each language, most first."""
    name: str = ""
    """As `qa index --name` says; empty where nobody has."""
    description: str = ""

    @property
    def about(self) -> About:
        """Name and description."""
        return About(self.name, self.description)

    @property
    def read_from(self) -> list[Source]:
        """The sources, each with how it is read."""
        return [Source(path, from_json(self.readings.get(path, {}))) for path in self.sources]

    @classmethod
    def of(
        cls,
        sources: Sequence[Source],
        encoder: Encoder,
        settings: PassageSettings,
        counts: tuple[int, int],
        vectors: str,
        files: dict[str, FileSum],
        languages: Mapping[str, int],
        about: About,
    ) -> Self:
        """That of a generation made now; `counts` are its articles and passages."""
        created = datetime.now(UTC).isoformat(timespec="seconds")
        made_by = (encoder.name, encoder.fingerprint, encoder.dim, settings)
        paths = [source.path for source in sources]
        readings = {source.path: how for source in sources if (how := to_json(source.reading))}
        known = dict(Counter(languages).most_common())
        named = (about.name, about.description)
        return cls(FORMAT, created, paths, *made_by, *counts, vectors, files, readings, known, *named)

    def save(self, folder: Path) -> None:
        """Write it into `folder`, as its last file."""
        (folder / MANIFEST).write_text(self.to_json(), "utf-8")

    def to_json(self) -> str:
        """As it is written."""
        return json.dumps(asdict(self), indent=1)

    @classmethod
    def parse(cls, text: bytes | str, where: str, mend: str, needed: Iterable[str] = ()) -> Self:
        """The manifest in `text`, found at `where`; `mend` is the command that makes the index anew.

        Raises IndexMismatchError for another format; ValueError, TypeError and the like for what is none.
        """
        values = json.loads(text)
        found = values["format"]
        if found == FORMAT:
            return cls(**_checked(values, needed))
        raise IndexMismatchError(f"{where} has index format {found}, expected {FORMAT}: {mend}")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Raises IndexMismatchError where there is none, or it is not as expected."""
        path = folder / MANIFEST
        try:
            return cls.parse(path.read_bytes(), str(folder), remedy(folder), _NEEDED)
        except FileNotFoundError:
            raise IndexMismatchError(f"{path} is missing: {remedy(folder)}") from None
        except (IsADirectoryError, NotADirectoryError) as error:
            raise damaged(path, error.strerror) from None
        except OSError as error:
            raise IndexMismatchError(f"{path} cannot be read ({error.strerror}): {_ALLOW}") from None
        except UNREADABLE as error:
            raise damaged(path, error) from None

    def remedy(self, folder: Path) -> str:
        """What to do where the index in `folder` is damaged, as a message has it."""
        return remedy(folder, self.sources)

    def check_files(self, folder: Path) -> None:
        """Every file is there with its size: opening stays instant."""
        for name, expected in self.files.items():
            path = folder / name
            try:
                found = path.lstat()
            except OSError:
                raise IndexMismatchError(f"{path} is missing: {self.remedy(folder)}") from None
            if not os.access(path, os.R_OK):
                raise IndexMismatchError(f"{path} cannot be read (Permission denied): {_ALLOW}")
            if not stat.S_ISREG(found.st_mode):
                raise IndexMismatchError(f"{path} is not a regular file: {self.remedy(folder)}")
            if found.st_size != expected.size:
                raise IndexMismatchError(
                    f"{path} has {found.st_size} bytes, expected {expected.size}: {self.remedy(folder)}"
                )

    def check_sums(self, folder: Path, names: Iterable[str] | None = None) -> None:
        """All files, or these, are byte for byte what was published."""
        for name in self.files if names is None else names:
            try:
                found, expected = _sha256(folder / name), self.files[name].sha256
            except OSError as error:
                raise damaged(folder / name, error.strerror) from None
            if found != expected:
                raise IndexMismatchError(
                    f"{folder / name} has been altered (SHA-256 {found[:12]}, expected {expected[:12]}): "
                    f"{self.remedy(folder)}"
                )

    def check_encoder(self, encoder: Encoder, remedy: str) -> None:
        """The vectors were made by this very encoder."""
        if encoder.fingerprint != self.encoder:
            raise IndexMismatchError(
                f"the index was made with {self.model} ({self.encoder[:12]}), but the model is now "
                f"{encoder.name} ({encoder.fingerprint[:12]}): {remedy}"
            )


def _checked(values: dict[str, Any], needed: Iterable[str]) -> dict[str, Any]:
    """The fields of a manifest, none of another type, no file outside its folder. Raises ValueError."""
    for name, kind in (("articles", int), ("passages", int), ("dim", int), ("model", str), ("encoder", str)):
        if type(values[name]) is not kind:
            raise ValueError(f"{name} is {values[name]!r}")
    if not all(isinstance(source, str) for source in values["sources"]):
        raise ValueError("sources are not names")
    About(values.get("name", ""), values.get("description", "")).check()
    for how in values.get("readings", {}).values():
        from_json(how)
    for code, count in values.get("languages", {}).items():
        if not _LANGUAGE.fullmatch(code) or type(count) is not int:
            raise ValueError(f"languages have {code!r}: {count!r}")
    files = {name: FileSum(**sum) for name, sum in values["files"].items()}
    for name in files:
        if not _stays_inside(name):
            raise ValueError(f"{name!r} is not inside the index")
    if missing := sorted(set(needed) - files.keys()):
        raise ValueError(f"it lists no {missing[0]}")
    return {**values, "settings": PassageSettings(**values["settings"]), "files": files}


def _stays_inside(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and ".." not in name.split("/")


def sum_files(folder: Path) -> dict[str, FileSum]:
    """Size and SHA-256 of every file of a generation."""
    sums: dict[str, FileSum] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != MANIFEST:
            sums[path.relative_to(folder).as_posix()] = FileSum(path.stat().st_size, _sha256(path))
    return sums


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
