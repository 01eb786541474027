"""Files read as `qa index` reads them."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from embeddings.sources.corpus import Corpus
from embeddings.sources.readers.base import DEFAULT_READING, Reading
from embeddings.types import Article, Skipped


def read(
    folder: Path, name: str, data: bytes, reading: Reading = DEFAULT_READING
) -> tuple[list[Article], list[str]]:
    """The articles of a file, and the reasons for what is left out, each one clear line."""
    path = folder / name
    path.write_bytes(data)
    items = list(Corpus([path], reading))
    reasons = [f"{Path(item.path).name}: {item.reason}" for item in items if isinstance(item, Skipped)]
    for reason in reasons:
        assert "\n" not in reason
        assert len(reason) < 600
    return [item for item in items if isinstance(item, Article)], reasons


def zipped(parts: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return data.getvalue()


def changed(data: bytes, parts: Mapping[str, bytes | str]) -> bytes:
    """A zip file with some parts replaced or added."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        kept = {name: packed.read(name) for name in packed.namelist()}
    return zipped({**kept, **parts})
