"""What an engine offers that cuts and encodes elsewhere than in this process."""

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Protocol

from embeddings.sources.corpus import Corpus
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

        `folder` is where it may keep what is to outlast an interruption; `progress` is called with
        the fraction that is done.
        """

    def has_kept(self, folder: Path) -> bool:
        """Whether an interrupted build has left something to go on from."""

    def remove(self, folder: Path) -> None:
        """The index is published: nothing is left to go on with."""
