from pathlib import Path

import numpy as np
import pytest

from embeddings.types import Vectors
from embeddings.vectors import VectorIndex


@pytest.fixture
def vectors() -> Vectors:
    rows = np.random.default_rng(1).standard_normal((200, 16)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


@pytest.fixture
def index(vectors: Vectors, tmp_path: Path) -> VectorIndex:
    built = VectorIndex.empty(16)
    built.add(vectors[:150])
    built.add(vectors[150:])
    built.save(tmp_path / "v.faiss")
    return VectorIndex.open(tmp_path / "v.faiss")


def test_search_is_brute_force(index: VectorIndex, vectors: Vectors) -> None:
    for query in vectors[:10]:
        numbers, cosines = index.search(query, 7)
        expected = np.argsort(-(vectors @ query), kind="stable")[:7]
        assert numbers.tolist() == expected.tolist()
        np.testing.assert_allclose(cosines, (vectors @ query)[expected], atol=1e-6)
        assert cosines[0] == pytest.approx(1.0, abs=1e-6)


def test_only_allowed_numbers_and_still_k(index: VectorIndex, vectors: Vectors) -> None:
    allowed = np.arange(3, 200, 7)
    numbers, _ = index.search(vectors[0], 10, allowed)
    expected = allowed[np.argsort(-(vectors[allowed] @ vectors[0]), kind="stable")[:10]]
    assert numbers.tolist() == expected.tolist()


def test_scores_and_rows_are_the_vectors(index: VectorIndex, vectors: Vectors) -> None:
    numbers = np.array([180, 2, 77])
    np.testing.assert_allclose(index.scores(vectors[5], numbers), vectors[numbers] @ vectors[5], atol=1e-6)
    np.testing.assert_array_equal(index.rows(148, 4), vectors[148:152])


def test_more_than_there_are(index: VectorIndex, vectors: Vectors) -> None:
    assert len(index.search(vectors[0], 10**9)[0]) == len(index) == 200
    assert len(index.search(vectors[0], 5, np.zeros(0, np.int64))[0]) == 0


def test_a_damaged_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "v.faiss").write_bytes(b"no index")
    with pytest.raises(RuntimeError):
        VectorIndex.open(tmp_path / "v.faiss")
