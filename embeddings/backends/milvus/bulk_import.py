"""Rows that the server takes in itself, from files in its own storage: Milvus's bulk import."""

import json
import os
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from embeddings.backends.milvus.connection import Connection
from embeddings.errors import QAError

_ALIAS = "article-qa"
_PAUSE = 0.2
_DONE = ("Persisted", "Completed")


class Import:
    """Files of rows, laid in `folder`; the server knows that folder as `prefix`."""

    def __init__(self, connection: Connection, folder: Path, prefix: str) -> None:
        self._connection = connection
        self._folder = folder
        self._prefix = prefix
        self._tasks: dict[int, Path] = {}

    @classmethod
    def of(cls, connection: Connection) -> "Import | None":
        """By `$QA_MILVUS_IMPORT`: FOLDER, or FOLDER=PREFIX where the server calls it so; None without."""
        folder, _, prefix = os.environ.get("QA_MILVUS_IMPORT", "").partition("=")
        if not folder or connection.address.lite:
            return None
        return cls(connection, Path(folder), prefix or str(Path(folder).absolute()))

    def take(self, collection: str, rows: Sequence[dict[str, Any]]) -> None:
        """Lay the rows down and have them taken in, while we go on. Raises QAError, MilvusException."""
        path = self._folder / f"{collection}-{len(self._tasks):06}.json"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with path.open("w", encoding="utf-8") as stream:
                json.dump({"rows": rows}, stream, default=lambda vector: vector.tolist())
        except OSError as error:
            raise QAError(f"{path} cannot be written ({error.strerror}): mend $QA_MILVUS_IMPORT") from None
        name = f"{self._prefix.rstrip('/')}/{path.name}"
        self._tasks[self._utility("do_bulk_insert", collection, files=[name])] = path

    def wait(self) -> None:
        """Until all is taken in, and the files are gone. Raises QAError where something is not."""
        for task, path in self._tasks.items():
            while (state := self._utility("get_bulk_insert_state", task)).state_name not in _DONE:
                if state.state_name.startswith("Failed"):
                    raise QAError(
                        f"Milvus at {self._connection.address.given} cannot import {path} "
                        f"({state.failed_reason}): does it see that folder? See $QA_MILVUS_IMPORT"
                    )
                time.sleep(_PAUSE)
        self.remove()

    def remove(self) -> None:
        for path in self._tasks.values():
            path.unlink(missing_ok=True)

    def _utility(self, name: str, *arguments: Any, **options: Any) -> Any:
        """A function that pymilvus's client of today does not offer yet, and that of yesterday still does."""
        from pymilvus import connections, utility

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if not connections.has_connection(_ALIAS):
                token = os.environ.get("QA_MILVUS_TOKEN", "")
                connections.connect(_ALIAS, uri=self._connection.address.uri, token=token)
            return getattr(utility, name)(*arguments, using=_ALIAS, **options)
