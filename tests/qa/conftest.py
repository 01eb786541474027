"""The chronicle, indexed once."""

from collections.abc import Iterator

import pytest

from embeddings.build.build import build_index
from embeddings.build.options import BuildOptions
from qa import QA
from tests import chronicle


@pytest.fixture(scope="session")
def chronicled(tmp_path_factory: pytest.TempPathFactory, _cache: None) -> Iterator[QA]:
    folder = tmp_path_factory.mktemp("chronicle")
    chronicle.write(folder / "articles.jsonl")
    encoder = chronicle.MeaningEncoder()
    options = BuildOptions(encoder=encoder, settings=chronicle.SETTINGS)
    build_index([folder / "articles.jsonl"], folder / "qa", options)
    with QA.open(folder / "qa", encoder, reader="none") as qa:
        yield qa
