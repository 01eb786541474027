from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from embeddings.build.build import build_index
from embeddings.build.options import BuildOptions
from embeddings.build.report import Progress, Report
from embeddings.errors import QAError
from embeddings.index.records import content_hash
from embeddings.sources.corpus import Corpus
from embeddings.text.passages import PassageSettings, cut, document
from embeddings.types import Article, Encoder, Prepared, Skipped
from tests.fakes import WordEncoder
from tests.opened import open_index

SETTINGS = PassageSettings(words=10, overlap=0)


@dataclass
class Elsewhere:
    """An engine in this process; `leaves` are the ids that it does not encode."""

    leaves: tuple[str, ...] = ()
    fails: bool = False
    said: list[str] = field(default_factory=list)
    known: frozenset[bytes] = frozenset()

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
        self.known = known
        other = WordEncoder(model)
        try:
            for number, item in enumerate(corpus, 1):
                if isinstance(item, Skipped) or item.id in self.leaves or content_hash(item) in known:
                    yield item
                    continue
                spans = cut(item, other, settings)
                texts = [document(item.title, item.text[start:end]) for start, end in spans]
                progress(number / 4)
                yield Prepared(item, spans, other.encode_document(texts))
                if self.fails:
                    raise QAError("a machine is lost")
        finally:
            self.said.append("closed")

    def has_kept(self, folder: Path) -> bool:
        return True

    def remove(self, folder: Path) -> None:
        self.said.append("removed")


def build(sources: Path, folder: Path, encoder: WordEncoder, engine: Elsewhere | None = None) -> Report:
    return build_index([sources], folder, BuildOptions(settings=SETTINGS, encoder=encoder, engine=engine))


@pytest.mark.parametrize("leaves", [(), ("flood.txt",), ("bridge.md", "sport/cup.md")])
def test_what_is_encoded_elsewhere_stands_where_it_would(
    leaves: tuple[str, ...], sources: Path, tmp_path: Path, encoder: WordEncoder
) -> None:
    engine = Elsewhere(leaves)
    there = build(sources, tmp_path / "there", encoder, engine)
    assert len(encoder.documents) < there.passages or len(leaves) == 3
    here = build(sources, tmp_path / "here", WordEncoder())
    assert (there.passages, there.encoded) == (here.passages, here.encoded)
    made, plain = (open_index(tmp_path / name, encoder) for name in ("there", "here"))
    numbers = np.arange(here.passages)
    np.testing.assert_array_equal(made.vectors.rows(0, here.passages), plain.vectors.rows(0, here.passages))
    assert made.catalog.passages(numbers) == plain.catalog.passages(numbers)
    assert engine.said == ["closed", "removed"]


def test_what_is_known_is_carried_over(sources: Path, tmp_path: Path, encoder: WordEncoder) -> None:
    build(sources, tmp_path / "qa", encoder)
    (sources / "new.txt").write_text("Something new happened.")
    engine = Elsewhere()
    report = build(sources, tmp_path / "qa", encoder, engine)
    assert (report.unchanged, report.added, report.encoded) == (3, 1, 1)
    assert len(engine.known) == 3


def test_an_engine_that_fails_is_closed_and_keeps_its_own(
    sources: Path, tmp_path: Path, encoder: WordEncoder
) -> None:
    engine = Elsewhere(fails=True)
    with pytest.raises(QAError, match="a machine is lost"):
        build(sources, tmp_path / "qa", encoder, engine)
    assert engine.said == ["closed"]


def test_progress_is_the_engine_s(sources: Path, tmp_path: Path, encoder: WordEncoder) -> None:
    seen: list[Progress] = []
    build_index(
        [sources], tmp_path / "qa", BuildOptions(encoder=encoder, progress=seen.append, engine=Elsewhere())
    )
    assert [at.fraction for at in seen] == [0.25, 0.5, 0.75, 1.0]
    assert [at.articles for at in seen] == [0, 1, 2, 3]


def test_an_interruption_says_that_work_is_kept(
    sources: Path, tmp_path: Path, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Elsewhere()

    def interrupted(*_: object, **__: object) -> Generator[Prepared]:
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr(engine, "items", interrupted)
    with pytest.raises(KeyboardInterrupt, match="what was encoded is kept"):
        build(sources, tmp_path / "qa", encoder, engine)
    with suppress(FileNotFoundError):
        assert not list((tmp_path / "qa" / "generations").iterdir())
