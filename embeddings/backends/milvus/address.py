"""What `--index milvus+...` names."""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import platformdirs

from embeddings.errors import QAError

_LITE = "milvus+file:"
_NAME = re.compile(r"[A-Za-z_]\w{0,199}", re.ASCII)
"""What Milvus allows as a collection's name, with room for what we add."""
_EXPECTED = "expected milvus+http://HOST:PORT/NAME, milvus+https://HOST:PORT/NAME or milvus+file:FOLDER"


@dataclass(frozen=True, slots=True)
class Address:
    """A Milvus server, or a folder of Milvus Lite, and the name of the index there."""

    given: str
    uri: str
    """As pymilvus has it."""
    name: str
    home: Path
    """The folder of this machine for the writer's lock, unfinished work, added files, and words where the
    server cannot search them."""
    lite: bool

    @classmethod
    def of(cls, given: str) -> Self:
        """Raises QAError where `given` is no such address."""
        if not given.startswith("milvus+"):
            raise QAError(f"{given} is no address of an index: {_EXPECTED}")
        if given.startswith(_LITE):
            folder = Path(given.removeprefix(_LITE))
            if folder == Path():
                raise QAError(f"{given} names no folder: {_EXPECTED}")
            return cls(given, str(folder / "milvus.db"), "articles", folder, True)
        try:
            parts = urlsplit(given.removeprefix("milvus+"))
            known = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            known = False
        if not known or parts.query or parts.fragment:
            raise QAError(f"{given.partition('@')[0]} is no address of an index: {_EXPECTED}")
        name = parts.path.strip("/")
        if parts.username or parts.password:
            raise QAError("user and password stand in no address: set $QA_MILVUS_TOKEN to user:password")
        if not _NAME.fullmatch(name):
            raise QAError(f"{given} names the index {name!r}, expected letters, digits and _: {_EXPECTED}")
        uri = f"{parts.scheme}://{parts.netloc}"
        mark = hashlib.sha256(f"{uri}/{name}".encode()).hexdigest()[:12]
        return cls(given, uri, name, data_folder() / "milvus" / f"{name}-{mark}", False)


def data_folder() -> Path:
    """The user's folder for what belongs to indexes on servers (`QA_DATA` overrides it)."""
    return Path(os.environ.get("QA_DATA") or platformdirs.user_data_path("article-qa"))
