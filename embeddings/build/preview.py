"""What a build would do, without its model and without writing anything."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from embeddings.backends.folder.catalog import content_hash
from embeddings.backends.open import store
from embeddings.build.build import indexed_model, nothing, previous_of
from embeddings.build.changes import ChangeCounter
from embeddings.encoders.models import fingerprint, model_folder
from embeddings.sources.corpus import Corpus
from embeddings.sources.readers import Reading
from embeddings.sources.uploads import with_added
from embeddings.text.passages import PassageSettings
from embeddings.types import Skipped


@dataclass(frozen=True, slots=True)
class Preview:
    """The report of a build that was not made."""

    articles: int
    encoded: int
    """Articles that would be encoded; the vectors of the others would be carried over."""
    added: int
    changed: int
    renamed: int
    deleted: int
    unchanged: int
    skipped: tuple[Skipped, ...]


def preview(
    sources: Sequence[str | Path],
    place: str | Path,
    model: str | None = None,
    rebuild: bool = False,
    settings: PassageSettings | None = None,
    mark: str | None = None,
    reading: Reading | None = None,
) -> Preview:
    """What `ArticleIndex.build` would do with the same arguments. Errors as there.

    `mark` is the encoder's fingerprint; by default it is taken from the model's files.
    """
    there = store(place)
    corpus = Corpus(with_added(sources, there.home), reading)
    skipped: list[Skipped] = []
    articles = encoded = 0
    with there.published() as published:
        mark = mark or fingerprint(model_folder(model or indexed_model(published)))
        previous = previous_of(published, mark, settings or PassageSettings(), rebuild)
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
