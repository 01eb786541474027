"""The store of an index by its name, as `--index` and Python have it."""

import re
from pathlib import Path

from embeddings.backends.folder.store import FolderStore
from embeddings.backends.protocols import Store
from embeddings.index.index import ArticleIndex
from embeddings.index.manifest import Manifest
from embeddings.index.records import CatalogStats
from embeddings.types import Encoder

_ADDRESS = re.compile(r"milvus[+:]", re.IGNORECASE)
"""What is meant as an address, right or wrong: a folder of such a name can be given as `./milvus+...`."""


def store(place: str | Path) -> Store:
    """Where the index called `place` lies: a folder, `milvus+http://HOST:PORT/NAME` or `milvus+file:FOLDER`.

    Nothing is opened yet. Raises QAError for an address that is none, or whose package is missing.
    """
    if is_address(place):
        from embeddings.backends.milvus.store import (
            MilvusStore,  # a cold question to files need not wait for it
        )

        return MilvusStore.at(str(place))
    return FolderStore(Path(place))


def is_address(place: str | Path) -> bool:
    """Whether `place` is meant as an address of Milvus, not as a folder."""
    return bool(_ADDRESS.match(str(place)))


def open_index(place: str | Path, encoder: Encoder | None = None) -> ArticleIndex:
    """The published generation of the index at `place`: a folder, or the address of a Milvus server.

    The encoder is the one that the index was built with, unless one is given. Raises NoIndexError,
    IndexMismatchError (another format, another model, a missing or altered file) or ModelError.
    """
    return store(place).open(encoder)


def read_info(place: str | Path) -> tuple[Manifest, CatalogStats]:
    """Manifest and counts of the index at `place`; its model is not loaded.

    Raises NoIndexError, IndexMismatchError.
    """
    with store(place).look() as (manifest, catalog):
        return manifest, catalog.stats()
