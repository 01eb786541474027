"""A connection to Milvus: what it can do, and its errors in one line."""

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from embeddings.backends.milvus.address import Address
from embeddings.errors import QAError

_WORDS_SINCE = (2, 5)
"""The version from which on Milvus searches words (BM25)."""
_SECONDS = 30
"""To wait for an answer that should come at once."""
MOST = 16_384
"""Rows that one search or query can return."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A client with the address that it is connected to, and the version of Milvus there."""

    client: Any
    address: Address
    version: str

    @property
    def has_words(self) -> bool:
        """Whether the server searches words itself."""
        found = re.search(r"(\d+)\.(\d+)", self.version)
        return bool(found) and (int(found[1]), int(found[2])) >= _WORDS_SINCE  # type: ignore[index]

    @property
    def missing(self) -> str:
        """What the server cannot do, and which version can; empty where it can do all."""
        if self.has_words:
            return ""
        return f"{self.address.uri} is Milvus {self.version}, which has no words (2.5 and later have)"


def connect(address: Address) -> Connection:
    """Raises QAError where the packages are missing, or nobody answers."""
    needed = ("pymilvus", "milvus_lite") if address.lite else ("pymilvus",)
    for package in needed:
        if not find_spec(package):
            raise QAError(
                f"the package {package} is missing, which {address.given} needs: "
                "run `pip install 'article-qa[milvus]'`"
            )
    return _connected(address, os.environ.get("QA_MILVUS_TOKEN", ""))


@lru_cache(maxsize=8)
def _connected(address: Address, token: str) -> Connection:
    from pymilvus import MilvusClient

    for name in ("pymilvus", "milvus_lite", "grpc"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # its errors are raised too, and said by us
    with milvus_errors(address):
        if address.lite:
            _make(address.home)
        options = {"grpc.keepalive_time_ms": 600_000} if address.lite else {}  # Lite refuses frequent pings
        client = MilvusClient(uri=address.uri, token=token, timeout=_SECONDS, grpc_options=options)
        return Connection(client, address, str(client.get_server_version()))


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise QAError(f"cannot make the folder {folder} ({error.strerror}): give --index another") from None


@contextmanager
def milvus_errors(address: Address) -> Iterator[None]:
    """What Milvus raises inside comes out as QAError."""
    try:
        yield
    except Exception as error:
        if not type(error).__module__.startswith(("pymilvus", "grpc")):
            raise
        said = getattr(error, "message", None) or str(error)
        why = " ".join(str(said).split())[:300]
        mend = "see that it runs and can be reached, then try again"
        if address.lite:
            mend = "Milvus Lite serves one process: end the one that has the folder open, such as `qa chat`"
        raise QAError(f"Milvus at {address.given} failed ({why}): {mend}") from error
