"""What a build would do, without its model and without writing anything."""

from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from embeddings.backends.open import store
from embeddings.build.build import indexed_model, nothing, previous_of
from embeddings.build.changes import ChangeCounter, Changes
from embeddings.build.options import DEFAULTS, BuildOptions
from embeddings.encoders.models import fingerprint, model_folder
from embeddings.index.records import content_hash
from embeddings.sources.corpus import Corpus
from embeddings.sources.source import Sources
from embeddings.sources.uploads import with_added
from embeddings.types import Skipped


@dataclass(frozen=True, slots=True)
class Preview(Changes):
    """The report of a build that was not made."""

    articles: int
    encoded: int
    """Articles that would be encoded; the vectors of the others would be carried over."""
    skipped: tuple[Skipped, ...]


def preview(sources: Sources, place: str | Path, options: BuildOptions = DEFAULTS) -> Preview:
    """What `build_index` would do with the same arguments. Errors as there.

    Nothing is fetched: of addresses, what was fetched before counts.
    """
    there = store(place)
    corpus = Corpus(with_added(sources, there.home), options.reading, there.home)
    skipped: list[Skipped] = []
    articles = encoded = 0
    with there.published() as published, ExitStack() as held:
        if options.encoder:
            mark = options.encoder.fingerprint
        else:
            mark = fingerprint(model_folder(options.model or indexed_model(published)))
        previous = previous_of(published, mark, options)
        if previous:
            held.callback(previous.close)
        changes = ChangeCounter(previous.before if previous else {})
        for item in corpus:
            if isinstance(item, Skipped):
                skipped.append(item)
                continue
            content = content_hash(item)
            changes.add(item.id, content)
            carried = previous and previous.vectors is not None and previous.catalog.kept_by_content(content)
            encoded += not carried
            articles += 1
    if not articles:
        raise nothing(skipped, there.name)
    return Preview(articles=articles, encoded=encoded, skipped=tuple(skipped), **asdict(changes.changes()))
