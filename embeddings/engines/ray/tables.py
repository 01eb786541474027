"""Records with their passages and vectors as an Arrow table: a row each, any Parquet reader can use it.

file      number of the file in the corpus
kind      `article`; `known`, an article whose vectors the index already has; `remark`
id ...    of an article
pages     where its second and each further page begins
starts, ends, vectors    of its passages
remark    as JSON, what is no article
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.engines.ray.wire import Record, Warned, pack, unpack
from embeddings.sources.corpus import Found
from embeddings.text.sentences import Span
from embeddings.types import Article, Prepared, Vectors, as_article

if TYPE_CHECKING:
    import pyarrow as pa

_FIELDS = ("id", "title", "text", "url", "date", "source", "path", "pages", "language")
_TEXTS = tuple(name for name in _FIELDS if name != "pages")


def to_table(
    records: Iterable[Record], prepared: Sequence[tuple[list[Span], Vectors]], dim: int
) -> "pa.Table":
    """The table of `records`; `prepared` holds the passages of those that are new articles, in order."""
    import pyarrow as pa

    rows: list[dict[str, Any]] = []
    counts: list[int] = []
    fresh = iter(prepared)
    for record in records:
        row: dict[str, Any] = {"file": record.file}
        spans: list[Span] = []
        if not isinstance(record.item, Article):
            row |= {"kind": "remark", "remark": pack([record]).decode()}
        else:
            row |= {"kind": "known"} | {name: getattr(record.item, name) for name in _FIELDS}
            if not record.known:
                spans, _ = next(fresh)
                starts, ends = [start for start, _ in spans], [end for _, end in spans]
                row |= {"kind": "article", "starts": starts, "ends": ends}
        rows.append(row)
        counts.append(len(spans))
    flat = np.concatenate([np.zeros((0, dim), np.float32), *(vectors for _, vectors in prepared)])
    if next(fresh, None) is not None or len(flat) != sum(counts):
        raise ValueError(f"{len(flat)} vectors of {sum(counts)} passages")
    texts = [(name, pa.large_string()) for name in (*_TEXTS, "remark")]
    numbers = [(name, pa.list_(pa.int64())) for name in ("pages", "starts", "ends")]
    schema = pa.schema([("file", pa.int64()), ("kind", pa.string()), *texts, *numbers])
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    vectors = pa.LargeListArray.from_arrays(offsets, pa.FixedSizeListArray.from_arrays(flat.reshape(-1), dim))
    return pa.Table.from_pylist(rows, schema).append_column("vectors", vectors)


def from_table(table: "pa.Table", dim: int) -> list[tuple[int, Found | Warned]]:
    """What `to_table` was given, with the number of its file. Raises ValueError where it is another table."""
    rows = table.drop_columns(["vectors"]).to_pylist()
    vectors = _vectors(table, dim)
    return [(row["file"], _found(row, own)) for row, own in zip(rows, vectors, strict=True)]


def _vectors(table: "pa.Table", dim: int) -> Iterator[Vectors]:
    """The vectors of each row."""
    column = table.column("vectors").combine_chunks()
    flat = column.values.flatten().to_numpy(zero_copy_only=False).reshape(-1, dim)
    for start, end in zip(column.offsets[:-1].to_pylist(), column.offsets[1:].to_pylist(), strict=True):
        yield np.asarray(flat[start:end], np.float32)


def _found(row: dict[str, Any], vectors: Vectors) -> Found | Warned:
    if row["kind"] == "remark":
        [record] = unpack(row["remark"].encode())
        return record.item
    article = as_article([row[name] for name in _FIELDS])
    if row["kind"] == "known":
        return article
    return Prepared(article, list(zip(row["starts"], row["ends"], strict=True)), vectors)
