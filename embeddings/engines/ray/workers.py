"""What runs on the machines of a cluster: tasks that read, and actors that hold the encoder and write shards.

Foreseen errors come back in the row of their shard: an exception would be tried again, and come back wrapped.
"""

import json
import os
import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from embeddings.encoders.batches import encode_documents
from embeddings.engines.ray.shards import Shards
from embeddings.engines.ray.units import Marks, Part, read_parts
from embeddings.engines.ray.wire import pack, unpack
from embeddings.errors import QAError
from embeddings.sources.files import File
from embeddings.sources.readers.base import Reading
from embeddings.sources.source import from_json, to_json
from embeddings.text.languages import identified
from embeddings.text.passages import cut, documents
from embeddings.text.sentences import Span
from embeddings.types import Article, Encoder

if TYPE_CHECKING:
    import pyarrow as pa

_TRIES = 5
"""Machines are lost, but what kills its worker every time is not tried for ever, as Ray would."""
SHARED = "on a cluster, sources and index must lie on disks that all nodes see at the same paths"
Load: TypeAlias = Callable[[str], Encoder]


@dataclass(frozen=True, slots=True)
class Job:
    """What every task and actor has to know."""

    model: str
    load: Load
    """Makes the encoder of a model's name; pickled by its own name, as all functions are."""
    shards: Shards
    reading: Reading


def unit_row(number: int, files: range, all_files: list[File]) -> dict[str, Any]:
    """The row from which `read_unit` reads a unit."""
    lines = []
    for at in files:
        file = all_files[at]
        how = to_json(file.reading) if file.reading else None
        lines.append([at, str(file.path), file.id, file.folder, file.size, how, str(file.path.absolute())])
    return {"unit": number, "files": json.dumps(lines)}  # ASCII: a name need not be UTF-8


def read_unit(rows: "pa.Table", job: Job, known: Marks) -> Iterator["pa.Table"]:
    """A row for each shard of the units, with its records packed unless the shard is there already."""
    for row in rows.to_pylist():
        files = [
            (
                number,
                File(Path(path), id, folder, size, from_json(how) if how is not None else None),
                Path(place),
            )
            for number, path, id, folder, size, how, place in json.loads(row["files"])
        ]
        for at, part in enumerate(read_parts(files, job.reading, known)):
            yield _part_row(row["unit"], at, part, job)


def _part_row(unit: int, at: int, part: Part, job: Job) -> "pa.Table":
    packed = pack(part.records)
    key = job.shards.key(packed)
    row = {"unit": unit, "part": at, "last": part.last, "read": part.read, "key": key, "error": None}
    return _to_rows([row | {"packed": None if job.shards.has(key) else packed}])


class Embedder:
    """An actor: cuts and encodes the records of a row and writes their shard.

    Both in one call: one that is made again, because its machine died, finds the shard or makes all of it.
    """

    def __init__(self, job: Job) -> None:
        # Ray sets it to the cores that it counts for an actor, and torch would keep to them.
        os.environ.pop("OMP_NUM_THREADS", None)
        self._job = job
        self._loaded: Encoder | None = None

    def __call__(self, rows: "pa.Table") -> "pa.Table":
        done = []
        for row in rows.to_pylist():
            try:
                if row["packed"] is not None:
                    self._make(row["key"], row["packed"])
            except QAError as error:
                row["error"] = str(error)
            except FileNotFoundError:
                row["error"] = f"{platform.node()} does not see {self._job.shards.folder}: {SHARED}"
            except OSError as error:
                row["error"] = (
                    f"cannot write a shard in {self._job.shards.folder} ({error.strerror or error})"
                )
            except Exception as error:  # a model fails in as many ways as its libraries
                row["error"] = f"cannot encode on {platform.node()} ({type(error).__name__}: {error})"
            done.append(row | {"packed": None})
        return _to_rows(done)

    def _make(self, key: str, packed: bytes) -> None:
        if self._job.shards.has(key):
            return
        if self._job.shards.tries(key) > _TRIES:
            where = next((r.item.path for r in unpack(packed) if isinstance(r.item, Article)), None)
            raise QAError(
                f"what begins with {where} was tried {_TRIES} times, and each time its worker died: "
                "give the nodes more memory, or leave that file out"
            )
        encoder, settings = self._encoder(), self._job.shards.settings
        spans: list[list[Span]] = []
        texts: list[str] = []
        for record in unpack(packed):
            article = record.item
            if isinstance(article, Article) and not record.known:
                article = identified(article)
                spans.append(cut(article, encoder, settings))
                texts.extend(documents(article, spans[-1], encoder, settings))
        vectors = np.split(encode_documents(texts, encoder), np.cumsum([len(own) for own in spans])[:-1])
        self._job.shards.write(key, packed, list(zip(spans, vectors, strict=False)))

    def _encoder(self) -> Encoder:
        """Raises QAError where this machine's model is missing, or not the one of the build."""
        if self._loaded is None:
            encoder = self._job.load(self._job.model)
            if encoder.fingerprint != self._job.shards.encoder:
                raise QAError(
                    f"the model {self._job.model} on {platform.node()} is {encoder.fingerprint[:12]}, "
                    f"expected {self._job.shards.encoder[:12]}: install the same model on every node"
                )
            self._loaded = encoder
        return self._loaded


def _to_rows(rows: list[dict[str, Any]]) -> "pa.Table":
    import pyarrow as pa

    numbers = [("unit", pa.int64()), ("part", pa.int64()), ("last", pa.bool_()), ("read", pa.int64())]
    texts = [("key", pa.string()), ("error", pa.string()), ("packed", pa.large_binary())]
    return pa.Table.from_pylist(rows, pa.schema([*numbers, *texts]))
