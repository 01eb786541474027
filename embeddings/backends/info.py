"""What an index holds, without opening its model."""

import re
from pathlib import Path
from typing import Any

from embeddings.backends.open import is_address, read_info


def describe(place: str | Path) -> dict[str, Any]:
    """A public, JSON-ready description of the index at `place`. Raises NoIndexError, IndexMismatchError."""
    manifest, stats = read_info(place)
    return {
        "index": str(place),
        "name": manifest.name or derived_name(place),
        "description": manifest.description,
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


def derived_name(place: str | Path) -> str:
    """What the index at `place` is called where nobody has named it: its folder, or the one around `.qa`."""
    if is_address(place):
        return re.split("[/:]", str(place).rstrip("/"))[-1]
    folder = Path(place).resolve()
    named = folder.parent if folder.name.startswith(".") else folder
    return named.name.removesuffix(".qa") or "articles"
