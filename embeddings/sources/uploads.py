"""Files that an index keeps itself, in its own folder, beside the sources that its user names."""

from pathlib import Path

from embeddings.sources.source import Source, Sources

ADDED = "added"


def added_files(folder: Path) -> list[Path]:
    """The files that the index in `folder` keeps, by name; hidden ones are in the making."""
    try:
        return sorted(path for path in (folder / ADDED).iterdir() if not path.name.startswith("."))
    except (FileNotFoundError, NotADirectoryError):
        return []


def with_added(sources: Sources, folder: Path) -> list[str | Path | Source]:
    """`sources`, and the folder of the files that the index in `folder` keeps, unless a source holds it."""
    kept = (folder / ADDED).resolve()
    if not added_files(folder) or any(_reads(Path(str(source)).resolve(), kept) for source in sources):
        return list(sources)
    return [*sources, folder / ADDED]


def _reads(source: Path, folder: Path) -> bool:
    """Whether who reads `source` comes upon `folder`."""
    inside = folder.is_relative_to(source)
    return inside and not any(part.startswith(".") for part in folder.relative_to(source).parts)
