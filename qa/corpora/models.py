"""Models that several open indexes share: each is loaded once, and goes with the last that uses it."""

from pathlib import Path
from threading import RLock
from weakref import WeakValueDictionary

from embeddings.backends.open import store
from embeddings.errors import IndexMismatchError
from embeddings.types import Encoder
from qa.answer.judge import Judge
from qa.answer.load_judge import DEFAULT_READER, SharedReader
from qa.pipeline import QA
from qa.retrieval.reranker import Reranker


class Models:
    """The encoders by their fingerprints, and one reader."""

    def __init__(self, reader: str | Judge = DEFAULT_READER) -> None:
        self.reader = SharedReader(reader) if isinstance(reader, str) else reader
        self.lock = RLock()
        """Held by who asks, where models answer one question at a time."""
        self._encoders: WeakValueDictionary[str, Encoder] = WeakValueDictionary()

    def open(
        self,
        place: str | Path,
        reranker: Reranker | None = None,
        grouped: bool = True,
        reader: Judge | None = None,
    ) -> QA:
        """What `QA.open` returns, with what is loaded already. Errors as there."""
        with store(place).look() as (manifest, _):
            loaded = self._encoders.get(manifest.encoder)
        try:
            qa = QA.open(place, loaded, reranker, grouped, reader or self.reader)
        except IndexMismatchError:
            if not loaded:
                raise
            qa = QA.open(place, None, reranker, grouped, reader or self.reader)  # rebuilt just now
        self._encoders[qa.index.encoder.fingerprint] = qa.index.encoder
        return qa
