"""What was fetched, kept as files of the index, so that it can be built again without a network.

    fetched/www.news.example-feed-3f2a51c09b7d8e14/    a folder for each address that was named
      named.json     what is known of it: KeptFile
      named.8d5e….xml    what the server answered
      41c0….json  41c0….2b7f….html    of a feed: the same for each of its entries

Files are written whole, and the record last: whatever an interruption leaves, each record has its file.
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

FETCHED = "fetched"
FEED = ".xml"
"""The ending of feeds."""
_NAMED = "named"
_FILE = re.compile(r"[0-9a-z]+\.[0-9a-f]{16}(\.[a-z]+){1,2}", re.ASCII)
_PLAIN = re.compile(r"[ -~]{0,1000}", re.ASCII)


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that was fetched, and what is known of it."""

    address: str
    """As it was named, or as the feed has it."""
    url: str
    """Where it came from in the end; empty for an entry of a feed that has no page."""
    file: str
    """Its name, beside the record."""
    day: str
    """When it was fetched, ISO 8601."""
    etag: str = ""
    modified: str = ""
    """As the server said them, to be asked for what is newer only."""
    date: str = ""
    source: str = ""
    """As the feed has them."""
    entry: str = ""
    """SHA-256 of what the feed said of it."""
    is_settled: bool = True
    """Whether its page need not be asked for again unless the feed says something else of it."""

    @property
    def is_feed(self) -> bool:
        """Whether its entries are what is read."""
        return self.file.endswith(FEED)


def folder_of(home: Path, address: str) -> Path:
    """The folder of a named address in the index whose folder is `home`."""
    parts = urlsplit(address)
    name = re.sub(r"[^a-z0-9.]+", "-", f"{parts.hostname or ''}{parts.path}".lower())[:60].strip("-.")
    return home.absolute() / FETCHED / f"{name}-{_hash(address.encode())}"


def named_record(folder: Path) -> Path:
    """The record of the named address itself."""
    return folder / f"{_NAMED}.json"


def entry_record(folder: Path, called: str) -> Path:
    """The record of an entry of a feed, by its address or its id."""
    return folder / f"{_hash(called.encode())}.json"


def read(record: Path) -> KeptFile | None:
    """What was kept; None where nothing was, or it is damaged and to be fetched again."""
    try:
        values = json.loads(record.read_bytes())
        kept = KeptFile(**values)
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    kinds = {field.name: bool if field.name == "is_settled" else str for field in fields(KeptFile)}
    if not all(isinstance(getattr(kept, name), kind) for name, kind in kinds.items()):
        return None
    if not (_PLAIN.fullmatch(kept.etag) and _PLAIN.fullmatch(kept.modified)):
        return None
    if not _FILE.fullmatch(kept.file) or not (record.parent / kept.file).is_file():
        return None
    return kept


def conditions(kept: KeptFile | None) -> dict[str, str]:
    """Headers that ask for what is newer than `kept` only."""
    if kept is None:
        return {}
    asked = {"If-None-Match": kept.etag, "If-Modified-Since": kept.modified}
    return {name: value for name, value in asked.items() if value}


def marks(headers: Mapping[str, str]) -> tuple[str, str]:
    """`etag` and `modified` of an answer, unless they are no plain text of sensible length."""
    return _plain(headers.get("etag", "")), _plain(headers.get("last-modified", ""))


def today() -> str:
    """The day of this machine's clock, UTC."""
    return datetime.now(UTC).date().isoformat()


def name_of(record: Path, body: bytes, ending: str) -> str:
    """What a file is called that is kept with `record`."""
    return f"{record.stem}.{_hash(body)}{ending}"


def keep(record: Path, kept: KeptFile, body: bytes | None = None) -> None:
    """Write the file, if there is a new one, and then the record; the file before goes. Raises OSError."""
    record.parent.mkdir(parents=True, exist_ok=True)
    if body is not None:
        _write(record.parent / kept.file, body)
    _write(record, json.dumps(asdict(kept), indent=1).encode())
    for other in record.parent.glob(f"{record.stem}.*"):
        if other.name not in (record.name, kept.file):
            other.unlink(missing_ok=True)


def entries(folder: Path) -> Iterator[tuple[Path, KeptFile]]:
    """The entries of a feed that are kept, with the place of each file, in a stable order."""
    for record in sorted(folder.glob("*.json")):
        kept = read(record) if record != named_record(folder) else None
        if kept and not kept.is_feed:
            yield folder / kept.file, kept


def forget(home: Path, needed: Collection[str]) -> None:
    """Remove what was fetched of other addresses than those `needed`."""
    folders = {folder_of(home, address) for address in needed}
    for folder in (home.absolute() / FETCHED).iterdir():
        if folder not in folders:
            shutil.rmtree(folder, ignore_errors=True)


def _plain(mark: str) -> str:
    return mark if _PLAIN.fullmatch(mark) else ""


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def _write(path: Path, data: bytes) -> None:
    part = path.with_name(f".{path.name}")
    with part.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(path)
