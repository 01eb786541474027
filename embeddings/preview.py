"""What a build would do, without its model and without writing anything."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from embeddings.added import with_added
from embeddings.building import Previous
from embeddings.catalog import content_hash
from embeddings.changes import ChangeCounter
from embeddings.corpus import Corpus
from embeddings.errors import NoIndexError
from embeddings.generations import Generations
from embeddings.index import indexed_model, nothing
from embeddings.models import fingerprint, model_folder
from embeddings.passages import PassageSettings
from embeddings.readers import Reading
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
    folder: str | Path,
    model: str | None = None,
    rebuild: bool = False,
    settings: PassageSettings | None = None,
    mark: str | None = None,
    reading: Reading | None = None,
) -> Preview:
    """What `ArticleIndex.build` would do with the same arguments. Errors as there.

    `mark` is the encoder's fingerprint; by default it is taken from the model's files.
    """
    corpus = Corpus(with_added(sources, Path(folder)), reading)
    skipped: list[Skipped] = []
    articles = encoded = 0
    with ExitStack() as held:
        generation = _published(Generations(Path(folder)), held)
        mark = mark or fingerprint(model_folder(model or indexed_model(generation)))
        previous = None
        if generation:
            previous = Previous.open(generation, "" if rebuild else mark, settings or PassageSettings())
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
        raise nothing(skipped, folder)
    return Preview(articles=articles, encoded=encoded, skipped=tuple(skipped), **asdict(changes.changes()))


def _published(generations: Generations, held: ExitStack) -> Path | None:
    try:
        return held.enter_context(generations.read())
    except NoIndexError:
        return None
