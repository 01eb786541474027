"""How an index is built: the options of a build, and of its preview."""

from collections.abc import Callable
from dataclasses import dataclass

from embeddings.build.report import Progress
from embeddings.engines.protocol import Engine
from embeddings.sources.readers.base import DEFAULT_READING, Reading
from embeddings.text.passages import DEFAULT_SETTINGS, PassageSettings
from embeddings.types import Encoder


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """Without any, an index is built with the model that it has, or the default one, in this process."""

    model: str | None = None
    """A sentence-transformers model by name or folder; by default that of the index there."""
    rebuild: bool = False
    """Whether everything is encoded again."""
    settings: PassageSettings = DEFAULT_SETTINGS
    """How articles are cut."""
    encoder: Encoder | None = None
    """In place of `model`: an encoder that is loaded already."""
    reading: Reading = DEFAULT_READING
    """How sources are read."""
    engine: Engine | None = None
    """Who cuts and encodes, if not this process."""
    fetch: tuple[str, ...] = ()
    """Sources that are fetched first: addresses, or files of addresses. Without their names nothing is
    fetched, and of each address what was fetched before is read."""
    name: str | None = None
    """What the index is called; by default as it was, or as its folder is."""
    description: str | None = None
    """What it is about, in a line; by default as it was."""
    onto: str | None = None
    """The generation that must still be the published one: else IndexBusyError."""
    progress: Callable[[Progress], None] = lambda _: None
    """Called now and then with how far the build is."""


DEFAULTS = BuildOptions()
