"""An index made to hold exactly the articles of its sources, wherever it lies."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from embeddings.backends.open import store
from embeddings.backends.protocols import Previous, Published, Store
from embeddings.build.builder import Builder
from embeddings.build.fetching import fetch_first, forget_others, named_to_fetch
from embeddings.build.journal import Journal, resumable
from embeddings.build.options import DEFAULTS, BuildOptions
from embeddings.build.report import Progress, Report
from embeddings.encoders.load import load_encoder
from embeddings.encoders.models import DEFAULT_MODEL
from embeddings.errors import IndexBusyError, NoIndexError, QAError
from embeddings.index.about import About
from embeddings.sources.corpus import Corpus
from embeddings.sources.fetch.files import NOTHING
from embeddings.sources.source import Sources, as_source
from embeddings.sources.uploads import with_added
from embeddings.types import Article, Prepared, Skipped


def build_index(sources: Sources, place: str | Path, options: BuildOptions = DEFAULTS) -> Report:
    """Make the index at `place` hold exactly the articles of `sources`.

    Files that were added on the page lie in the index (`embeddings.sources.uploads`) and are read after
    them. Nothing is fetched but what `options.fetch` names: of each address among the sources, what was
    fetched before is read. Vectors of articles whose title and text have not changed are carried over, unless
    `options.rebuild`, and those that an interrupted build has encoded are not encoded again. What is
    published is whole: until then, and if anything fails, the index stays as it was. Where the generation
    would be the same again, none is made. Raises SourceError, IndexBusyError, ModelError or QAError.
    """
    there = store(place)
    named = [as_source(source, options.reading) for source in sources]
    wanted = named_to_fetch(named, options.fetch)

    def read(failed: Mapping[str, str] = NOTHING) -> Corpus:
        return Corpus(with_added(named, there.home), options.reading, there.home, failed)

    corpus = None if wanted else read()
    before = current(there)
    try:
        with there.write() as draft, ExitStack() as held:
            if options.onto is not None and current(there) != options.onto:
                raise IndexBusyError(f"another process has written {there.name} meanwhile: try again")
            corpus = corpus or read(fetch_first(wanted, there.home, options))
            known = draft.published.about if draft.published else About()
            about = known.changed(options.name, options.description)
            encoder = options.encoder or load_encoder(options.model or indexed_model(draft.published))
            previous = previous_of(draft.published, encoder.fingerprint, options)
            if previous:
                held.callback(previous.close)
            writer = draft.writer(encoder, previous)

            def heard(fraction: float) -> None:
                corpus.tell(fraction)
                options.progress(Progress(writer.articles, writer.passages, fraction))

            journal = held.enter_context(closing(Journal(there.home, encoder, options.settings)))
            items: Iterable[Article | Skipped | Prepared] = corpus
            if options.engine:
                made = options.engine.items(
                    corpus, encoder.name, encoder, options.settings, _known(previous), there.home, heard
                )
                items = held.enter_context(closing(made))
            builder = Builder(writer, encoder, options.settings, previous, journal)
            read_from = [source.remembered() for source in named]
            kept_for = [*read_from, *(previous.manifest.read_from if previous else ())]
            report = builder.build(items, read_from, lambda: corpus.fraction, options.progress, about)
            held.close()
            if not report.articles:
                raise nothing(report.skipped, there.name)
            if report.published:
                draft.publish()
                if previous or not draft.published:
                    forget_others(there.home, kept_for)
            journal.remove()
            if options.engine:
                options.engine.remove(there.home)
    except KeyboardInterrupt:
        kept = resumable(there.home) or bool(options.engine and options.engine.has_kept(there.home))
        raise KeyboardInterrupt(_interrupted(there, before, kept)) from None
    return report


def indexed_model(published: Published | None) -> str:
    """The model that the published generation was made with; the default where there is none."""
    return published.model if published else DEFAULT_MODEL


def previous_of(published: Published | None, fingerprint: str, options: BuildOptions) -> Previous | None:
    """What there was before; nothing is carried over from it if all is to be encoded again."""
    if not published:
        return None
    return published.previous("" if options.rebuild else fingerprint, options.settings)


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


def current(store: Store) -> str | None:
    """Name of the published generation; None without one."""
    try:
        return store.current()
    except NoIndexError:
        return None


def _interrupted(store: Store, before: str | None, kept: bool) -> str:
    if current(store) != before:
        return "interrupted when the index was already published: it is whole, and new"
    going_on = "; what was encoded is kept, and the same command goes on from there" if kept else ""
    return f"interrupted: the index in {store.name} stays as it was{going_on}"
