"""A writer that says that it lives, so that nobody writes beside it from another machine or folder."""

import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from embeddings.backends.milvus.schema import WRITER
from embeddings.errors import IndexBusyError

_EVERY = 10.0


class Heartbeat:
    """Keeps changing a property of the collection that is being filled, from a thread of its own."""

    def __init__(self, client: Any, collection: str, home: Path) -> None:
        self._client = client
        self._collection = collection
        self._writer = {"host": socket.gethostname(), "home": str(home.absolute()), "pid": os.getpid()}
        self._token = secrets.token_hex(8)
        self._beats = 0
        self._stopped = threading.Event()
        self._lost = False

    def said(self) -> str:
        """The property's next value."""
        self._beats += 1
        return json.dumps({**self._writer, "token": self._token, "beats": self._beats})

    def start(self) -> None:
        """Once the collection is made. Raises IndexBusyError where another writer made it too."""
        self._beat()
        self.check()
        threading.Thread(target=self._go_on, name="heartbeat", daemon=True).start()

    def check(self) -> None:
        """Raises IndexBusyError where another writer has taken the collection over."""
        if self._lost:
            raise IndexBusyError(f"another process has begun to write {self._collection}: it goes on alone")

    def is_ours(self) -> bool:
        """Whether the collection is there, and nobody else writes it."""
        exists = self._client.has_collection(self._collection)
        return bool(exists) and _read(self._now()).get("token") == self._token

    def stop(self) -> None:
        """Keep the lease no longer."""
        self._stopped.set()

    def _go_on(self) -> None:
        while not self._stopped.wait(_EVERY) and not self._lost:
            try:
                self._beat()
            except Exception:  # noqa: S112 - the next write fails as well, and is reported
                continue

    def _beat(self) -> None:
        self._lost = _read(self._now()).get("token", self._token) != self._token
        if not self._lost:
            self._client.alter_collection_properties(self._collection, {WRITER: self.said()})

    def _now(self) -> str | None:
        properties = self._client.describe_collection(self._collection).get("properties") or {}
        return dict(properties).get(WRITER)


def living(look: Callable[[], str | None], home: Path, patience: float = 2.5 * _EVERY) -> str | None:
    """Who writes a collection, if what its property says, by `look`, changes within `patience` seconds.

    Of a writer with our own folder `home` there is none: we hold its lock.
    """
    before = _read(look())
    if not before or (before["host"], before["home"]) == (socket.gethostname(), str(home.absolute())):
        return None
    time.sleep(patience)
    if _read(look()) == before:
        return None
    return f"process {before['pid']} on {before['host']}"


def _read(said: str | None) -> dict[str, Any]:
    try:
        writer = json.loads(said or "")
        return {key: writer[key] for key in ("host", "home", "pid", "token", "beats")}
    except (ValueError, TypeError, KeyError):
        return {}
