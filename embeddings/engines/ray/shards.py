"""Shards: Parquet files of articles with their passages and vectors, each written whole or not at all.

    SHARDS/<key>.parquet     a row for each article and each remark, in order

The key is the SHA-256 of all that a shard is made from: the records, the encoder, the settings. One that is
there is therefore right, however it came about, if its pages carry their sums.
"""

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from embeddings.engines.ray.tables import from_table, to_table
from embeddings.engines.ray.wire import Warned, unpack
from embeddings.sources.corpus import Found
from embeddings.text.passages import PassageSettings
from embeddings.text.sentences import Span
from embeddings.types import Encoder, Vectors

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT = 2
"""Of the tables, of the packed records, and of how they become passages: a shard of another is not read."""
_META = b"article-qa"


@dataclass(frozen=True, slots=True)
class Shards:
    """The shards in `folder` that belong to one encoder and one way of cutting."""

    folder: Path
    encoder: str
    """Its fingerprint."""
    dim: int
    settings: PassageSettings

    @classmethod
    def of(cls, folder: Path, encoder: Encoder, settings: PassageSettings) -> Self:
        """The shards in `folder` that are made by this encoder and these settings."""
        return cls(folder, encoder.fingerprint, encoder.dim, settings)

    def key(self, packed: bytes) -> str:
        """The key of the shard that is made from these packed records."""
        return hashlib.sha256(json.dumps(self._made_by).encode() + b"\0" + packed).hexdigest()

    def path(self, key: str) -> Path:
        """The file of the shard with this key."""
        return self.folder / f"{key}.parquet"

    def has(self, key: str) -> bool:
        """Whether the shard is there, and whole."""
        try:
            self._table(key)
        except (OSError, ValueError):
            return False
        return True

    def write(self, key: str, packed: bytes, prepared: Sequence[tuple[list[Span], Vectors]]) -> None:
        """Publish the shard of these records; `prepared` holds spans and vectors of its new articles."""
        import pyarrow.parquet as pq

        table = to_table(unpack(packed), prepared, self.dim).replace_schema_metadata(
            {_META: json.dumps([key, self._made_by])}
        )
        aside = self.folder / f"{key}.{uuid.uuid4().hex}.part"
        try:
            pq.write_table(table, aside, compression="zstd", use_dictionary=False, write_page_checksum=True)
            with aside.open("rb+") as stream:
                os.fsync(stream.fileno())
            aside.replace(self.path(key))
            (self.folder / f"{key}.tries").unlink(missing_ok=True)
        finally:
            aside.unlink(missing_ok=True)

    def read(self, key: str) -> list[tuple[int, Found | Warned]]:
        """What is in the shard, with numbers of files. Raises OSError or ValueError where it is not whole."""
        return from_table(self._table(key), self.dim)

    def tries(self, key: str) -> int:
        """How often it has been tried to make the shard, this time counted, and on all machines."""
        with (self.folder / f"{key}.tries").open("ab") as stream:
            stream.write(b".")
            return stream.tell()

    def prepare(self) -> None:
        """Make the folder, and remove from it what crashes left half written. Nobody may be writing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for path in [*self.folder.glob("*.part"), *self.folder.glob("*.tries")]:
            path.unlink(missing_ok=True)

    @property
    def _made_by(self) -> list[Any]:
        return [FORMAT, self.encoder, self.dim, asdict(self.settings)]

    def _table(self, key: str) -> "pa.Table":
        import pyarrow.parquet as pq

        table = pq.read_table(self.path(key), page_checksum_verification=True, use_threads=False)
        if json.loads((table.schema.metadata or {}).get(_META, b"null")) != [key, self._made_by]:
            raise ValueError("it is of another build")
        return table


def remove_shards(folder: Path) -> None:
    """Once the index is published, nobody goes on from them."""
    shutil.rmtree(folder, ignore_errors=True)
