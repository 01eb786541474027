"""An index copied to another place, with some of its articles changed."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from embeddings.backends.open import store
from embeddings.backends.protocols import Previous
from embeddings.build.build import current
from embeddings.build.builder import Builder
from embeddings.build.journal import Journal
from embeddings.build.report import Report
from embeddings.errors import QAError
from embeddings.index.index import ArticleIndex
from embeddings.types import Article


def copy_index(
    index: ArticleIndex, place: str | Path, change: Callable[[Article], Article] = lambda article: article
) -> Report:
    """Write a copy of `index` to `place`, with each article as `change` returns it.

    Only the articles that `change` alters are cut and encoded again; their ids must stay. Raises QAError
    where `place` holds anything: no index is ever overwritten by a copy.
    """
    there = store(place)
    if current(there):
        raise QAError(f"{there.name} is not empty: a copy needs a place of its own")
    settings = index.manifest.settings
    with there.write() as draft:
        previous = Previous(index.manifest, index.catalog, index.vectors)
        writer = draft.writer(index.encoder, previous)
        with closing(Journal(there.home, index.encoder, settings)) as journal:
            builder = Builder(writer, index.encoder, settings, previous, journal)
            articles = map(change, index.catalog.all_articles())
            report = builder.build(
                articles, index.manifest.read_from, lambda: 0.0, lambda _: None, index.manifest.about
            )
        draft.publish()
        journal.remove()
    return replace(report, published=True)
