"""The store of an index by its name, as `--index` and Python have it."""

import re
from pathlib import Path

from embeddings.backends.folder.catalog import CatalogStats
from embeddings.backends.folder.store import FolderStore
from embeddings.backends.protocols import Store
from embeddings.index.manifest import Manifest

_ADDRESS = re.compile(r"milvus[+:]", re.IGNORECASE)
"""What is meant as an address, right or wrong: a folder of such a name can be given as `./milvus+...`."""


def store(place: str | Path) -> Store:
    """Where the index called `place` lies: a folder, `milvus+http://HOST:PORT/NAME` or `milvus+file:FOLDER`.

    Nothing is opened yet. Raises QAError for an address that is none, or whose package is missing.
    """
    if _ADDRESS.match(str(place)):
        from embeddings.backends.milvus.store import MilvusStore

        return MilvusStore.at(str(place))
    return FolderStore(Path(place))


def read_info(place: str | Path) -> tuple[Manifest, CatalogStats]:
    """Manifest and counts of the index at `place`; its model is not loaded.

    Raises NoIndexError, IndexMismatchError.
    """
    with store(place).look() as (manifest, catalog):
        return manifest, catalog.stats()
