"""Addresses among the sources of a build: fetched where they were named, and kept while they are needed."""

from collections.abc import Sequence
from pathlib import Path

from embeddings.build.options import BuildOptions
from embeddings.build.report import Progress
from embeddings.sources.addresses import is_address
from embeddings.sources.fetch.files import all_addresses
from embeddings.sources.fetch.kept import FETCHED, forget
from embeddings.sources.files import missing
from embeddings.sources.source import Source, absolute


def named_to_fetch(sources: Sequence[Source], names: Sequence[str]) -> list[Source]:
    """Those of `sources` that `names` say are fetched. Raises SourceError where another one is not there."""
    wanted = {absolute(name) for name in names}
    found = [source for source in sources if source.is_fetched and source.remembered().path in wanted]
    for source in sources if found else ():
        if not is_address(source.path) and not Path(source.path).exists():
            raise missing(Path(source.path))  # before anything is fetched
    return found


def fetch_first(sources: Sequence[Source], home: Path, options: BuildOptions) -> dict[str, str]:
    """Fetch `sources` into the index whose folder is `home`; see `embeddings.sources.fetch.fetch`."""
    from embeddings.sources.fetch.fetch import fetch

    return fetch(sources, home, lambda said: options.progress(Progress(0, 0, 0.0, said)))


def forget_others(home: Path, sources: Sequence[Source]) -> None:
    """Remove what was fetched of addresses that none of `sources` names."""
    if (home / FETCHED).is_dir():
        forget(home, all_addresses(sources))
