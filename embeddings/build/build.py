"""An index made to hold exactly the articles of its sources, wherever it lies."""

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from embeddings.backends.protocols import Previous, Published, Store
from embeddings.build.builder import Builder, Progress, Report
from embeddings.build.journal import Journal, resumable
from embeddings.encoders.load import load_encoder
from embeddings.encoders.models import DEFAULT_MODEL
from embeddings.errors import NoIndexError, QAError
from embeddings.index.index import ArticleIndex
from embeddings.sources.corpus import Corpus
from embeddings.sources.readers import Reading
from embeddings.sources.uploads import with_added
from embeddings.text.passages import PassageSettings
from embeddings.types import Article, Encoder, Prepared, Skipped


class Engine(Protocol):
    """Cuts and encodes the articles of a corpus elsewhere."""

    def items(
        self,
        corpus: Corpus,
        model: str,
        encoder: Encoder,
        settings: PassageSettings,
        known: frozenset[bytes],
        folder: Path,
        progress: Callable[[float], None],
    ) -> Generator[Article | Skipped | Prepared]:
        """What iterating `corpus` yields, but articles as Prepared, unless their content is `known`.

        `folder` is where it may keep what is to outlast an interruption; `progress` is told the fraction
        that is done.
        """

    def has_kept(self, folder: Path) -> bool:
        """Whether an interrupted build has left something to go on from."""

    def remove(self, folder: Path) -> None:
        """The index is published: nothing is left to go on with."""


def build(
    store: Store,
    sources: Sequence[str | Path],
    model: str | None = None,
    rebuild: bool = False,
    settings: PassageSettings | None = None,
    encoder: Encoder | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
    reading: Reading | None = None,
    engine: Engine | None = None,
) -> Report:
    """Make the index in `store` hold exactly the articles of `sources`, read as `reading` says.

    Files that were added on the page lie in the index (`embeddings.sources.uploads`) and are read after them.
    Vectors of articles whose title and text have not changed are carried over, unless `rebuild`, and
    those that an interrupted build has encoded are not encoded again. The model is the given one, or
    that of the index there, or the default. What is published is whole: until then, and if anything
    fails, the index stays as it was. Where the generation would be the same again, none is made.
    """
    corpus = Corpus(with_added(sources, store.home), reading)
    settings = settings or PassageSettings()
    before = _current(store)
    try:
        with store.write() as draft:
            encoder = encoder or load_encoder(model or indexed_model(draft.published))
            previous = previous_of(draft.published, encoder.fingerprint, settings, rebuild)
            writer = draft.writer(encoder, previous)

            def heard(fraction: float) -> None:
                corpus.tell(fraction)
                progress(Progress(writer.articles, writer.passages, fraction))

            with closing(Journal(store.home, encoder, settings)) as journal, ExitStack() as held:
                items: Iterable[Article | Skipped | Prepared] = corpus
                if engine:
                    known = _known(previous)
                    made = engine.items(corpus, encoder.name, encoder, settings, known, store.home, heard)
                    items = held.enter_context(closing(made))
                builder = Builder(writer, encoder, settings, previous, journal)
                report = builder.build(items, [str(s) for s in sources], lambda: corpus.fraction, progress)
            if not report.articles:
                raise nothing(report.skipped, store.name)
            if report.published:
                draft.publish()
            journal.remove()
            if engine:
                engine.remove(store.home)
    except KeyboardInterrupt:
        kept = resumable(store.home) or bool(engine and engine.has_kept(store.home))
        raise KeyboardInterrupt(_interrupted(store, before, kept)) from None
    return report


def rewrite(index: ArticleIndex, store: Store, change: Callable[[Article], Article]) -> Report:
    """Write a copy of `index`: see `ArticleIndex.rewrite`."""
    if _current(store):
        raise QAError(f"{store.name} is not empty: a copy needs a place of its own")
    settings = index.manifest.settings
    with store.write() as draft:
        previous = Previous(index.manifest, index.catalog, index.vectors)
        writer = draft.writer(index.encoder, previous)
        with closing(Journal(store.home, index.encoder, settings)) as journal:
            builder = Builder(writer, index.encoder, settings, previous, journal)
            articles = map(change, index.catalog.all_articles())
            report = builder.build(articles, index.manifest.sources, lambda: 0.0, lambda _: None)
        draft.publish()
        journal.remove()
    return replace(report, published=True)


def indexed_model(published: Published | None) -> str:
    """The model that the published generation was made with; the default where there is none."""
    return published.model if published else DEFAULT_MODEL


def previous_of(
    published: Published | None, fingerprint: str, settings: PassageSettings, rebuild: bool
) -> Previous | None:
    """What there was before; nothing is carried over from it if all is to be encoded again."""
    return published.previous("" if rebuild else fingerprint, settings) if published else None


def nothing(skipped: Sequence[Skipped], place: str) -> QAError:
    """The error of sources in which there is no article."""
    first = skipped[0] if skipped else None
    why = f" ({first.path}: {first.reason})" if first else ""
    return QAError(f"no article in the sources{why}: the index in {place} stays as it was")


def _known(previous: Previous | None) -> frozenset[bytes]:
    """Contents whose vectors are carried over."""
    if not (previous and previous.vectors):
        return frozenset()
    return frozenset(kept.content for kept in previous.before.values())


def _current(store: Store) -> str | None:
    try:
        return store.current()
    except NoIndexError:
        return None


def _interrupted(store: Store, before: str | None, kept: bool) -> str:
    if _current(store) != before:
        return "interrupted when the index was already published: it is whole, and new"
    going_on = "; what was encoded is kept, and the same command goes on from there" if kept else ""
    return f"interrupted: the index in {store.name} stays as it was{going_on}"
