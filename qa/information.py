"""What an index holds, without opening its model."""

from pathlib import Path
from typing import Any

from embeddings.stores import read_info


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
        "model": manifest.model,
        "encoder": manifest.encoder,
        "vectors": manifest.vectors,
        "format": manifest.format,
        "created": manifest.created,
        "read_from": manifest.sources,
        "bytes": sum(file.size for file in manifest.files.values()),
    }


def print_info(info: dict[str, Any]) -> None:
    from qa.remarks import printable

    sources = info["sources"]
    shown = ", ".join(f"{name} ({count})" for name, count in list(sources.items())[:5])
    more = f", and {len(sources) - 5} more" if len(sources) > 5 else ""
    lines = {
        "index": f"{info['index']} (format {info['format']}, {info['bytes'] / 1e6:.1f} MB)",
        "made": f"{info['created']} from {', '.join(info['read_from'])}",
        "articles": f"{info['articles']}, dated {info['since'] or '?'} to {info['until'] or '?'}",
        "passages": str(info["passages"]),
        "publishers": (shown or "none named") + more,
        "model": f"{info['model']} ({info['encoder'][:12]})",
        "vectors": info["vectors"],
    }
    for name, value in lines.items():
        print(f"{name:<11}{printable(value)}")
