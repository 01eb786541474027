"""The collections of a generation: their names, fields and indexes."""

import hashlib
import json
import re
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from embeddings.backends.milvus.connection import Connection
from embeddings.backends.protocols import EXACT_UP_TO
from embeddings.index.records import CatalogStats, day_number
from embeddings.text.analysis import language_in
from embeddings.types import ENGLISH, Filter

TEXT = 65_535
"""Bytes that a field of text can hold."""
_PIECE = TEXT // 4
"""Characters of a piece: UTF-8 has four bytes at most for one."""
_SOURCE = 256
"""Characters of a publisher's name; longer ones are known by their hash."""
PIECES = 1 << 20
"""Numbers that are kept free for the rows of one article."""
MANIFEST, STATS, BEFORE, WRITER = (f"article_qa.{name}" for name in ("manifest", "stats", "before", "writer"))


@dataclass(frozen=True, slots=True)
class Names:
    """The collections of one generation."""

    passages: str

    @property
    def articles(self) -> str:
        """The collection of what is known of each article."""
        return f"{self.passages}_articles"

    @property
    def texts(self) -> str:
        """The collection of the articles' texts."""
        return f"{self.passages}_texts"

    @property
    def terms(self) -> str:
        """The collection of terms and how often they occur."""
        return f"{self.passages}_terms"

    def __iter__(self) -> Iterator[str]:
        return iter((self.passages, self.articles, self.texts, self.terms))


def generation(name: str, number: int) -> Names:
    """The collections of the generation `number` of the index `name`."""
    return Names(f"{name}_{number:06}")


def number_of(name: str, collection: str) -> int | None:
    """Number of the generation of the index `name` that `collection` belongs to; None where to none."""
    found = re.fullmatch(rf"{re.escape(name)}_(\d{{6,}})(_articles|_texts|_terms)?", collection)
    return int(found[1]) if found else None


def create(connection: Connection, names: Names, dim: int, writer: str) -> None:
    """Empty collections, the first of them marked with who writes. Raises MilvusException."""
    from pymilvus import DataType

    client, words = connection.client, connection.has_words
    passages = client.create_schema(auto_id=False, enable_dynamic_field=False)
    passages.add_field("number", DataType.INT64, is_primary=True)
    passages.add_field("vector", DataType.FLOAT_VECTOR, dim=dim)
    for field in ("article", "start", "end", "date"):
        passages.add_field(field, DataType.INT64)
    passages.add_field("source", DataType.VARCHAR, max_length=4 * _SOURCE)
    articles = client.create_schema(auto_id=False, enable_dynamic_field=False)
    articles.add_field("row", DataType.INT64, is_primary=True)
    for field in ("number", "piece", "date", "first", "count", "story"):
        articles.add_field(field, DataType.INT64)
    for field, most in (
        ("source", 4 * _SOURCE),
        ("id_hash", 64),
        ("language", 8),
        ("content", 64),
        ("signature", 1024),
    ):
        articles.add_field(field, DataType.VARCHAR, max_length=most)
    texts = client.create_schema(auto_id=False, enable_dynamic_field=False)
    texts.add_field("row", DataType.INT64, is_primary=True)
    for field in ("number", "piece"):
        texts.add_field(field, DataType.INT64)
    for field in ("head", "text"):
        texts.add_field(field, DataType.VARCHAR, max_length=TEXT)
    terms = client.create_schema(auto_id=False, enable_dynamic_field=False)
    terms.add_field("term", DataType.VARCHAR, max_length=256, is_primary=True)
    for field in ("passages", "articles"):
        terms.add_field(field, DataType.INT64)
    for schema in (passages, articles) if words else ():
        _add_words(schema)
    for schema in (texts, terms) if words else (articles, texts, terms):
        schema.add_field("no_vector", DataType.FLOAT_VECTOR, dim=2)  # Milvus wants one in each collection
    for name, schema in zip(names, (passages, articles, texts, terms), strict=True):
        marked = {"properties": {WRITER: writer}} if schema is passages else {}
        client.create_collection(name, schema=schema, consistency_level="Bounded", **marked)
    client.alter_collection_properties(names.texts, {"mmap.enabled": "true"})  # on disk until they are read


def index(connection: Connection, names: Names, passages: int) -> str:
    """Flush and index full collections of so many `passages`; the kind of their vector index."""
    client = connection.client
    kind = "FLAT" if passages <= EXACT_UP_TO else "HNSW"
    hnsw = {"M": 32, "efConstruction": 200} if kind == "HNSW" else {}
    for name in names:
        client.flush(name)
        wanted = client.prepare_index_params()
        for field in client.describe_collection(name)["fields"]:
            if field["name"] == "vector":
                wanted.add_index("vector", index_type=kind, metric_type="COSINE", params=hnsw)
            elif field["name"] == "no_vector":
                wanted.add_index("no_vector", index_type="FLAT", metric_type="L2")
            elif field["name"] == "words":
                bm25 = {"bm25_k1": 1.2, "bm25_b": 0.75}
                wanted.add_index("words", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25", params=bm25)
        client.create_index(name, wanted)
        client.load_collection(name)
    return f"Milvus {kind}"


def _add_words(schema: Any) -> None:
    """Terms, as our own analyzer has them, for Milvus's BM25: its own analyzers differ between versions."""
    from pymilvus import DataType, Function, FunctionType

    schema.add_field(
        "terms",
        DataType.VARCHAR,
        max_length=TEXT,
        enable_analyzer=True,
        analyzer_params={"tokenizer": "standard"},
    )
    schema.add_field("words", DataType.SPARSE_FLOAT_VECTOR)
    schema.add_function(
        Function(
            name="bm25",
            function_type=FunctionType.BM25,
            input_field_names=["terms"],
            output_field_names=["words"],
        )
    )


def note(connection: Connection, collection: str, properties: dict[str, str]) -> None:
    """Keep `properties` with the collection; twice, as Milvus 2.3, when killed, forgets the last change."""
    for _ in range(2):
        connection.client.alter_collection_properties(collection, properties)


def packed(stats: CatalogStats) -> str:
    """As a property: a corpus may have more publishers than a property has room for."""
    return b64encode(zlib.compress(json.dumps(asdict(stats)).encode())).decode()


def unpacked(stats: str) -> CatalogStats:
    """What `packed` made of the counts of a catalog."""
    return CatalogStats(**json.loads(zlib.decompress(b64decode(stats))))


def article_fields(connection: Connection) -> list[str]:
    """What is inserted of an article."""
    fields = ("row", "number", "piece", "date", "first", "count", "story", "source")
    return [
        *fields,
        "id_hash",
        "language",
        "content",
        "signature",
        "terms" if connection.has_words else "no_vector",
    ]


def pieces(text: str) -> Iterator[str]:
    """`text` in pieces that fit a field, at least one."""
    yield text[:_PIECE]
    for start in range(_PIECE, len(text), _PIECE):
        yield text[start : start + _PIECE]


def term_pieces(terms: list[str]) -> Iterator[str]:
    """`terms` as text, in pieces that fit a field, at least one."""
    line: list[str] = []
    size = 0
    for term in map(as_word, terms):
        length = len(term.encode()) + 1
        if size + length > TEXT:
            yield " ".join(line)
            line, size = [], 0
        line.append(term)
        size += length
    yield " ".join(line)


def as_word(term: str) -> str:
    """`term` as a word that every tokenizer leaves whole, as it does English terms."""
    return term if language_in(term) == ENGLISH else f"x{term.encode().hex()}"


def text_hash(text: str) -> str:
    """SHA-256 of `text` as 64 hexadecimal digits, of any characters."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def publisher(source: str | None) -> str:
    """What of a publisher's name is compared; empty for none."""
    return source or "" if len(source or "") <= _SOURCE else text_hash(source or "")


def condition(narrow: Filter | None) -> str:
    """`narrow` as Milvus's expression; empty where everything counts."""
    if not narrow:
        return ""
    parts = []
    if narrow.since or narrow.latest:
        parts.append(f"date >= {max(1, day_number(narrow.since))}")
    if narrow.latest:
        parts.append(f"date <= {day_number(narrow.latest)}")
    if narrow.sources:
        names = [publisher(name) for name in narrow.sources if name]
        parts.append(f"source in {json.dumps(names, ensure_ascii=False)}")
    return " and ".join(parts)
