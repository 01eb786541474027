"""The articles of a corpus, cut and encoded by a Ray cluster, in the order of the corpus."""

import errno
import hashlib
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from embeddings.encoders.load import load_encoder
from embeddings.encoders.models import DEFAULT_MODEL
from embeddings.engines.ray.cluster import connected, root_cause
from embeddings.engines.ray.shards import Shards, remove_shards
from embeddings.engines.ray.stream import stream
from embeddings.engines.ray.units import known_marks, units
from embeddings.engines.ray.wire import Warned
from embeddings.engines.ray.workers import SHARED, Job, Load, unit_row
from embeddings.errors import QAError
from embeddings.sources.corpus import Corpus, Found
from embeddings.text.passages import PassageSettings
from embeddings.types import Article, Encoder, Prepared, Skipped

SHARDS = "shards"
_SEEN = 10.0
"""Seconds after which a shard that a worker wrote is not seen here: network disks take a moment."""


@dataclass(frozen=True, slots=True)
class RayEngine:
    """Reads and encodes on the Ray cluster at `address`, or on one of this machine's cores if that is None.

    On a cluster, every node needs this package and the model, and must see the sources and the shards (the
    index's folder, or `shards`) at the same paths. A shard that is there is not made again.
    """

    address: str | None = None
    shards: Path | None = None
    load: Load = load_encoder

    def items(
        self,
        corpus: Corpus,
        model: str,
        encoder: Encoder,
        settings: PassageSettings,
        known: frozenset[bytes],
        folder: Path,
        progress: Callable[[float], None] = lambda _: None,
    ) -> Generator[Article | Prepared | Skipped]:
        """What iterating `corpus` yields, but articles cut and encoded, unless their content hash is `known`.

        `progress` is called with the share of the sources' bytes whose shards are done. Raises QAError.
        """
        shards = Shards.of(self._place(folder), encoder, settings)
        job = Job(_anywhere(model), self.load, shards, corpus.reading)
        try:
            shards.prepare()
        except OSError as error:
            raise QAError(
                f"cannot write shards in {shards.folder} ({error.strerror}): give --shards another folder"
            ) from None
        rows = [unit_row(number, unit, corpus.files) for number, unit in enumerate(units(corpus.files))]
        with connected(self.address) as ray, closing(stream(ray, rows, job, known_marks(known))) as tables:
            done = _heard(_rows(tables, shards), corpus, progress)
            yield from corpus.settle(_in_order(done, len(rows), corpus, shards))

    def has_kept(self, folder: Path) -> bool:
        return any(self._place(folder).glob("*.parquet"))

    def remove(self, folder: Path) -> None:
        """Remove the shards of the index in `folder`, once it is published."""
        remove_shards(self._place(folder))

    def _place(self, folder: Path) -> Path:
        """A folder of our own, also inside one that others use."""
        if self.shards is None:
            return (folder / SHARDS).absolute()
        mark = hashlib.sha256(str(folder.absolute()).encode("utf-8", "surrogateescape")).hexdigest()[:12]
        return (self.shards / f"article-qa-{mark}").absolute()


def _anywhere(model: str) -> str:
    """A model's folder by a name that holds in any folder."""
    folder = Path(model).expanduser()
    return str(folder.absolute()) if model != DEFAULT_MODEL and folder.is_dir() else model


def _rows(tables: Iterator[Any], shards: Shards) -> Iterator[dict[str, Any]]:
    """The rows of `tables`. Raises QAError for whatever Ray raises."""
    try:
        for table in tables:
            yield from table.to_pylist()
    except Exception as error:  # a task's own error, or one of Ray's many
        raise QAError(
            f"Ray gave up ({root_cause(error)}): what is encoded is kept in {shards.folder}, "
            "and the same command goes on from there"
        ) from error


def _heard(
    done: Iterator[dict[str, Any]], corpus: Corpus, progress: Callable[[float], None]
) -> Iterator[dict[str, Any]]:
    """`done`; `progress` is called with how far it is. Raises QAError for the first that was not made."""
    total = sum(file.size for file in corpus.files)
    read = 0
    for row in done:
        if row["error"]:
            raise QAError(row["error"])
        read += row["read"]
        progress(min(1.0, read / total) if total else 1.0)
        yield row


def _in_order(
    done: Iterator[dict[str, Any]], units: int, corpus: Corpus, shards: Shards
) -> Iterator[tuple[int, Found]]:
    """What is in the shards, in the order of the corpus, each as soon as those before it are there."""
    waiting: dict[tuple[int, int], dict[str, Any]] = {}
    unit = part = 0
    for row in done:
        waiting[row["unit"], row["part"]] = row
        while ready := waiting.pop((unit, part), None):
            for number, item in _load(shards, ready["key"]):
                if isinstance(item, Warned):
                    item.log()
                else:
                    _check_seen(item, corpus.files[number].path)
                    yield number, item
            unit, part = (unit + 1, 0) if ready["last"] else (unit, part + 1)
    if unit < units or waiting:
        raise QAError(f"Ray ended after {unit} of {units} units of files: run the same command again")


def _load(shards: Shards, key: str) -> list[tuple[int, Found | Warned]]:
    until = monotonic() + _SEEN
    while True:
        try:
            return shards.read(key)
        except FileNotFoundError:
            if monotonic() > until:
                raise QAError(
                    f"{shards.path(key)}, which a worker has written, is not here: {SHARED}"
                ) from None
            sleep(0.1)
        except (OSError, ValueError) as error:
            raise QAError(
                f"{shards.path(key)} is damaged ({root_cause(error)}): run the same command again, "
                "which makes it anew"
            ) from error


def _check_seen(item: Found, path: Path) -> None:
    """Raises QAError where a worker found no file though it is there."""
    if isinstance(item, Skipped) and item.reason == os.strerror(errno.ENOENT) and path.is_file():
        raise QAError(f"a worker does not see {path}: {SHARED}")
