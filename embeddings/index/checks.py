"""Whether the parts of an open index agree: every count, every span, and some of the vectors."""

import shlex
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np

from embeddings.encoders.converted import Compiled
from embeddings.errors import IndexMismatchError
from embeddings.index.index import ArticleIndex
from embeddings.index.manifest import ARTICLES, PASSAGES, VECTORS
from embeddings.index.records import content_hash
from embeddings.text.passages import documents
from embeddings.types import Encoder

SAMPLE = 32
"""Passages that are encoded again, spread evenly."""
FEW = 8
"""Those that are encoded by the model before conversion, which is slow to load."""
NEAREST = 0.99
"""Cosine from which on two vectors are of one text. Other batches, or torch in place of OpenVINO, left every
passage of the seeds above 0.9999; no two of them are nearer than 0.91.
"""


def check(index: ArticleIndex) -> Iterator[str]:
    """The checks of what the parts of an open index say of one another, and of its vectors."""
    manifest = index.manifest
    yield f"counts: {manifest.passages} passages in catalog, vectors and words"
    _check_catalog(index)
    yield f"spans: {manifest.articles} articles, every passage inside its text"
    yield f"vectors: {_check_vectors(index, index.encoder)} encoded again, none below cosine {NEAREST}"
    if isinstance(index.encoder, Compiled):
        again = _check_vectors(index, index.encoder.uncompiled(), FEW, index.encoder.folder)
        yield f"model: {again} encoded again by the model that was not converted, none below cosine {NEAREST}"


def _check_catalog(index: ArticleIndex) -> None:
    catalog = index.catalog
    rows = catalog.kept()
    count = first = 0
    for count, article in enumerate(catalog.all_articles(), 1):
        row = rows[article.id]
        if row.content != content_hash(article):
            raise _mismatch(index, ARTICLES, f"another text of {article.id} than its hash")
        if row.first != first:
            raise _mismatch(index, ARTICLES, f"passage {row.first} as the first of {article.id}", str(first))
        first += row.count
        if (catalog.article_numbers(np.arange(row.first, first)) != count - 1).any():
            raise _mismatch(index, PASSAGES, f"passages of another article among those of {article.id}")
        if article.date is not None and not _is_day(article.date):
            raise _mismatch(index, ARTICLES, f"{article.date!r} as the day of {article.id}", "YYYY-MM-DD")
        if [*article.pages] != sorted(begin for begin in article.pages if 0 <= begin <= len(article.text)):
            bounds = f"places in order from 0 to {len(article.text)}"
            raise _mismatch(index, ARTICLES, f"{article.pages} as pages of {article.id}", bounds)
        for start, end in catalog.spans(row.first, row.count):
            if not 0 <= start < end <= len(article.text):
                bounds = f"places from 0 to {len(article.text)}"
                raise _mismatch(index, PASSAGES, f"[{start}:{end}] in {article.id}", bounds)
    for name, found, expected in (
        (ARTICLES, f"{count} articles", f"{index.manifest.articles}"),
        (PASSAGES, f"{first} passages", f"{index.manifest.passages}"),
    ):
        if found.partition(" ")[0] != expected:
            raise _mismatch(index, name, found, expected)


def _is_day(day: str) -> bool:
    try:
        return date.fromisoformat(day).isoformat() == day
    except ValueError:
        return False


def _check_vectors(
    index: ArticleIndex, encoder: Encoder, most: int = SAMPLE, wrong: Path | None = None
) -> int:
    """`wrong` is the conversion that is at fault where these vectors differ and its own did not."""
    total = index.manifest.passages
    numbers = np.unique(np.linspace(0, total - 1, min(most, total)).astype(np.int64))
    settings = index.manifest.settings
    passages = index.catalog.passages(numbers)
    texts = [documents(p.article, [(p.start, p.end)], encoder, settings)[0] for p in passages]
    for number, passage, vector in zip(numbers, passages, encoder.encode_document(texts), strict=True):
        stored = index.vectors.rows(int(number), 1)[0]
        with np.errstate(all="ignore"):  # of numbers that are none, which are no cosine either
            norms = float(np.linalg.norm(stored)) * float(np.linalg.norm(vector))
            cosine = float(stored @ vector) / norms if norms else 0.0
        if not cosine >= NEAREST:
            found = f"passage {number} ({passage.article.id}) at cosine {cosine:.3f} to its own text"
            if wrong:
                found += f" as {encoder.name} has it before conversion"
                remedy = f"run `rm -r {shlex.quote(str(wrong))}`, then {index.remedy}"
                raise IndexMismatchError(f"{index.name}/{VECTORS} has {found}: {remedy}")
            raise _mismatch(index, VECTORS, found, f"{NEAREST} or more")
    return len(numbers)


def _mismatch(index: ArticleIndex, name: str, found: str, expected: str = "") -> IndexMismatchError:
    return index.mismatch(found, expected, f"/{name}")
