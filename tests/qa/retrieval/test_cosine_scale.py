import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from embeddings.build.build import build_index
from embeddings.build.options import BuildOptions
from embeddings.encoders.models import DEFAULT_MODEL
from embeddings.types import Vectors
from qa.retrieval.cosine_scale import MEAN, SPREAD, comparable
from tests.fakes import WordEncoder
from tests.opened import open_index, open_qa


class CrowdedEncoder(WordEncoder):
    """Cosines c of a WordEncoder become (c + 3) / 4: all texts are close, as with many models."""

    def _encode(self, texts: Sequence[str]) -> Vectors:
        vectors = super()._encode(texts) / 2
        vectors[:, 0] = 0
        vectors[:, 1:] /= np.maximum(np.linalg.norm(vectors[:, 1:], axis=1, keepdims=True), 1e-9) * 2
        vectors[:, 0] = np.sqrt(3) / 2
        return np.asarray(vectors, np.float32)


class FlatEncoder(WordEncoder):
    """The same without what they have in common."""

    def _encode(self, texts: Sequence[str]) -> Vectors:
        vectors = super()._encode(texts)
        vectors[:, 0] = 0
        norms = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        return np.asarray(vectors / norms, np.float32)


def texts() -> list[str]:
    chance = np.random.default_rng(1)
    words = [f"{a}{b}{c}" for a in "bdfgklmn" for b in "aeiou" for c in ("ra", "so", "ti", "vu")]
    return [
        " ".join(" ".join(chance.choice(words, 9)).capitalize() + "." for _ in range(6)) for _ in range(300)
    ]


def built(place: Path, encoder: WordEncoder, count: int = 300) -> Path:
    rows = [
        {"id": f"a{number}", "title": text.split(".")[0], "text": text, "date": "2022-10-01"}
        for number, text in enumerate(texts()[:count])
    ]
    place.mkdir()
    source = place / "articles.jsonl"
    source.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    build_index([source], place / "qa", BuildOptions(encoder=encoder))
    return place / "qa"


def test_a_model_that_crowds_its_texts_answers_as_one_that_does_not(tmp_path: Path) -> None:
    flat, crowded = (
        open_qa(built(tmp_path / encoder.name, encoder), encoder, reader="none")
        for encoder in (FlatEncoder("flat"), CrowdedEncoder("crowded"))
    )
    for text in texts()[::30]:
        question = f"What of {text[60:110]}?"
        one, other = flat.ask(question), crowded.ask(question)
        first, second = ([p.passage.number for p in result.passages] for result in (one, other))
        assert first == second
        scores = [[place.score for place in result.passages] for result in (one, other)]
        np.testing.assert_allclose(scores[0], scores[1], atol=2e-3)
        assert one.answerable == pytest.approx(other.answerable, abs=5e-3)
        assert (one.answer and one.answer.text) == (other.answer and other.answer.text)


def test_the_background_is_that_of_random_pairs(tmp_path: Path) -> None:
    encoder = CrowdedEncoder("crowded")
    index = open_index(built(tmp_path / "crowded", encoder), encoder)
    vectors = index.vectors.rows(0, len(index.vectors))
    every = (vectors @ vectors.T)[np.triu_indices(len(vectors), 1)]
    assert index.background is not None
    assert index.background[0] == pytest.approx(every.mean(), abs=0.01)
    scaled = comparable(index, every)
    assert scaled.mean() == pytest.approx(MEAN, abs=0.02)
    assert scaled.std() == pytest.approx(SPREAD, abs=0.02)


def test_cosines_of_the_default_model_and_of_small_corpora_stay(tmp_path: Path) -> None:
    cosines = np.array([0.9, 0.1], np.float32)
    default = CrowdedEncoder(DEFAULT_MODEL)
    index = open_index(built(tmp_path / "default", default), default)
    np.testing.assert_array_equal(comparable(index, cosines), cosines)
    other = CrowdedEncoder("crowded")
    few = open_index(built(tmp_path / "few", other, 9), other)
    np.testing.assert_array_equal(comparable(few, cosines), cosines)
    assert few.background is None
