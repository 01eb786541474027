"""Vectors that a build has encoded, kept beside the index until it is published.

If it is interrupted, the next one goes on from there.

    {"encoder": ..., "dim": ..., "settings": ...}   one line; a journal of anything else is not read
    SHA-256 of the encoded text | vector | CRC-32   a record of fixed size for each passage

Records are only appended. Whatever a crash tore off or a disk lost does not carry its sum, and is cut off
with all that follows.
"""

import hashlib
import json
import logging
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from io import FileIO
from pathlib import Path

import numpy as np

from embeddings.text.passages import PassageSettings
from embeddings.types import Encoder, Vectors

log = logging.getLogger(__name__)

JOURNAL = "unfinished"
_LARGEST = 1 << 32
"""Bytes from which on nothing more is kept: builds that are interrupted again and again fill no disk."""
_KEY = 32
_SUM = 4


class Journal:
    """Encodes texts, but for those that an interrupted build has already encoded; one thread at a time."""

    def __init__(self, folder: Path, encoder: Encoder, settings: PassageSettings) -> None:
        self.reused = 0
        """Texts whose vectors were taken from the interrupted build."""
        self._encoder = encoder
        self._path = folder / JOURNAL
        made_by = {"encoder": encoder.fingerprint, "dim": encoder.dim, "settings": asdict(settings)}
        self._head = json.dumps(made_by).encode() + b"\n"
        self._size = _KEY + 4 * encoder.dim + _SUM
        self._places: dict[bytes, int] = {}
        self._rows: Vectors = np.zeros((0, encoder.dim), np.float32)
        self._stream: FileIO | None = None
        try:
            self._open()
        except OSError as error:
            self._give_up(error)
            self._places = {}

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Float32 `(len(texts), dim)`: as the encoder's `encode_document`."""
        keys = [_key(text) for text in texts]
        missing = [number for number, key in enumerate(keys) if key not in self._places]
        fresh = self._encoder.encode_document([texts[number] for number in missing])
        if len(missing) == len(texts):
            vectors = fresh
        else:
            vectors = np.empty((len(texts), self._encoder.dim), np.float32)
            for number, key in enumerate(keys):
                if key in self._places:
                    vectors[number] = self._rows[self._places[key]]
            vectors[missing] = fresh
            self.reused += len(texts) - len(missing)
        self._append([keys[number] for number in missing], fresh)
        return vectors

    def close(self) -> None:
        """What has been encoded stays for the next build."""
        self._places, self._rows = {}, self._rows[:0].copy()
        if self._stream:
            self._stream.close()
            self._stream = None

    def remove(self) -> None:
        """The build is published: nothing is left to go on with."""
        self.close()
        with suppress(OSError):  # it would be read once more, and be right
            self._path.unlink()

    def _open(self) -> None:
        self._path.touch()
        stream = self._stream = FileIO(self._path, "r+")
        if stream.read(len(self._head)) == self._head:
            count = 0
            for count, key in enumerate(self._whole(stream), 1):
                self._places[key] = count - 1
            stream.truncate(len(self._head) + count * self._size)
        else:
            stream.truncate(0)
            stream.seek(0)
            stream.write(self._head)
        stream.seek(0, 2)
        if self._places:
            kind = np.dtype(
                [("key", f"V{_KEY}"), ("vector", "<f4", (self._encoder.dim,)), ("sum", f"V{_SUM}")]
            )
            self._rows = np.memmap(self._path, kind, "r", len(self._head), (count,))["vector"]

    def _whole(self, stream: FileIO) -> Iterator[bytes]:
        """Keys of the records up to the first that does not carry its sum."""
        with open(stream.fileno(), "rb", closefd=False) as buffered:
            while len(record := buffered.read(self._size)) == self._size:
                if _sum(record[:-_SUM]) != record[-_SUM:]:
                    return
                yield record[:_KEY]

    def _append(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        if not self._stream or self._stream.tell() > _LARGEST:
            return
        records = [
            key + vector.tobytes() for key, vector in zip(keys, np.asarray(vectors, "<f4"), strict=True)
        ]
        data = b"".join(record + _sum(record) for record in records)
        try:
            if self._stream.write(data) != len(data):
                raise OSError("the disk is full")
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        """Without a journal an interrupted build costs time, nothing else."""
        log.info("%s cannot be written (%s): an interrupted build would start over", self._path, error)
        if self._stream:
            self._stream.close()
            self._stream = None


def resumable(folder: Path) -> bool:
    """Whether an interrupted build has left vectors in the index folder."""
    try:
        with (folder / JOURNAL).open("rb") as stream:
            return bool(stream.readline() and stream.read(1))
    except OSError:
        return False


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _sum(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(_SUM, "little")
