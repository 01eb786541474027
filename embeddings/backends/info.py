"""What an index holds, without opening its model."""

from pathlib import Path
from typing import Any

from embeddings.backends.open import read_info


def describe(place: str | Path) -> dict[str, Any]:
    """A public, JSON-ready description of the index at `place`. Raises NoIndexError, IndexMismatchError."""
    manifest, stats = read_info(place)
    return {
        "index": str(place),
        "articles": manifest.articles,
        "passages": manifest.passages,
        "since": stats.since,
        "until": stats.until,
        "sources": stats.sources,
        "languages": manifest.languages,
        "model": manifest.model,
        "encoder": manifest.encoder,
        "vectors": manifest.vectors,
        "format": manifest.format,
        "created": manifest.created,
        "read_from": manifest.sources,
        "bytes": sum(file.size for file in manifest.files.values()),
    }
