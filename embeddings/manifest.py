"""What an index says of itself: written last, checked on every opening."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from embeddings.errors import IndexMismatchError
from embeddings.passages import PassageSettings
from embeddings.types import Encoder

FORMAT = 2
MANIFEST = "manifest.json"
VECTORS = "vectors.faiss"
PASSAGE_WORDS = "words/passages"
ARTICLE_WORDS = "words/articles"
ARTICLES = "articles.sqlite"
PASSAGES = "passages.npy"


@dataclass(frozen=True, slots=True)
class FileSum:
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
    faiss: str
    """The FAISS factory that made the vector index."""
    files: dict[str, FileSum]

    def save(self, folder: Path) -> None:
        (folder / MANIFEST).write_text(json.dumps(asdict(self), indent=1), "utf-8")

    @classmethod
    def load(cls, folder: Path, remedy: str) -> Self:
        """Raises FileNotFoundError where there is none, IndexMismatchError where it is not as expected."""
        text = (folder / MANIFEST).read_bytes()
        try:
            values = json.loads(text)
            found = values["format"]
            if found == FORMAT:
                values["settings"] = PassageSettings(**values["settings"])
                values["files"] = {name: FileSum(**sum) for name, sum in values["files"].items()}
                return cls(**values)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise IndexMismatchError(f"{folder / MANIFEST} is damaged ({error}): {remedy}") from None
        raise IndexMismatchError(f"{folder} has index format {found}, expected {FORMAT}: {remedy}")

    def check_files(self, folder: Path, remedy: str) -> None:
        """Every file is there with its size: opening stays instant."""
        for name, expected in self.files.items():
            size = (folder / name).stat().st_size
            if size != expected.size:
                raise IndexMismatchError(
                    f"{folder / name} has {size} bytes, expected {expected.size}: {remedy}"
                )

    def check_sums(self, folder: Path, names: Sequence[str], remedy: str) -> None:
        """These files are, byte for byte, what was published."""
        for name in names:
            if _sha256(folder / name) != self.files[name].sha256:
                raise IndexMismatchError(f"{folder / name} has been altered: {remedy}")

    def check_encoder(self, encoder: Encoder, remedy: str) -> None:
        """The vectors were made by this very encoder."""
        if encoder.fingerprint != self.encoder:
            raise IndexMismatchError(
                f"the index was made with {self.model} ({self.encoder[:12]}), but the model is now "
                f"{encoder.name} ({encoder.fingerprint[:12]}): {remedy}"
            )


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
