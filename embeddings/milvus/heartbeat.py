"""A writer that says that it lives, so that another machine's does not write beside it."""

import json
import os
import socket
import time
from dataclasses import dataclass
from typing import Any

from embeddings.milvus.layout import WRITER

_EVERY = 10
_DEAD = 120
"""Seconds of silence after which a writer of another machine counts as dead."""


@dataclass(slots=True)
class Heartbeat:
    """Written into the properties of the collection being filled."""

    client: Any
    collection: str
    _last: float = 0.0

    def beat(self) -> None:
        now = time.time()
        if now - self._last >= _EVERY:
            said = json.dumps({"host": socket.gethostname(), "pid": os.getpid(), "at": now})
            self.client.alter_collection_properties(self.collection, {WRITER: said})
            self._last = now


def living(said: str | None) -> str | None:
    """Who writes, if what a collection's properties say is of a living writer on another machine.

    On this machine there is none: the writer's lock is ours.
    """
    try:
        writer = json.loads(said or "")
        host, pid, at = str(writer["host"]), int(writer["pid"]), float(writer["at"])
    except (ValueError, TypeError, KeyError):
        return None
    alive = host != socket.gethostname() and time.time() - at < _DEAD
    return f"process {pid} on {host}" if alive else None
