from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest

from embeddings.backends.folder.vectors import VectorIndex, cells_path, factory
from embeddings.types import Vectors


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


@pytest.fixture
def in_cells(
    vectors: Vectors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[VectorIndex, Vectors]:
    """Clustered vectors, more than are compared exactly."""
    monkeypatch.setattr("embeddings.backends.folder.vectors.EXACT_UP_TO", 1_000)
    noise = np.random.default_rng(2).standard_normal((5_000, 16)).astype(np.float32)
    rows = np.repeat(vectors, 25, axis=0) + 0.1 * noise
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    built = VectorIndex.empty(16)
    built.add(rows)
    built.save(tmp_path / "v.faiss")
    return VectorIndex.open(tmp_path / "v.faiss"), rows


def test_many_are_searched_in_cells_and_compared_exactly(in_cells: tuple[VectorIndex, Vectors]) -> None:
    index, rows = in_cells
    assert index.factory == "IVF256,SQ8"
    right = 0
    for query in rows[::250]:
        numbers, cosines = index.search(query, 10)
        np.testing.assert_allclose(cosines, rows[numbers] @ query, atol=1e-6)
        assert (np.diff(cosines) <= 0).all()
        right += len(set(numbers) & set(np.argsort(-(rows @ query), kind="stable")[:10]))
    assert right >= 0.9 * 200


def test_near_ties_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes of 8 bits confuse vectors this alike: twice as many are compared exactly as are wanted."""
    monkeypatch.setattr("embeddings.backends.folder.vectors.EXACT_UP_TO", 1_000)
    monkeypatch.setattr("embeddings.backends.folder.vectors._VISITED", 1.0)
    chance = np.random.default_rng(3)
    drawn = chance.standard_normal((1, 16)) + 0.1 * chance.standard_normal((3_000, 16))
    rows = np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), np.float32)
    built = VectorIndex.empty(16)
    built.add(rows)
    built.save(tmp_path / "v.faiss")
    index = VectorIndex.open(tmp_path / "v.faiss")
    right = [
        len(set(index.search(query, 10)[0]) & set(np.argsort(-(rows @ query), kind="stable")[:10]))
        for query in rows[::60]
    ]
    assert sum(right) >= 0.97 * 500  # 0.86 if only ten were compared


def test_an_update_keeps_the_centres(in_cells: tuple[VectorIndex, Vectors], tmp_path: Path) -> None:
    _, rows = in_cells

    def centres(path: Path) -> Vectors:
        index: Any = faiss.read_index(str(cells_path(path)))
        return np.asarray(index.quantizer.reconstruct_n(0, index.nlist))

    less = VectorIndex.empty(16)
    less.add(rows[:4_000])
    less.save(tmp_path / "alone.faiss")
    less.save(tmp_path / "kept.faiss", tmp_path / "v.faiss")
    np.testing.assert_array_equal(centres(tmp_path / "kept.faiss"), centres(tmp_path / "v.faiss"))
    assert not np.array_equal(centres(tmp_path / "alone.faiss"), centres(tmp_path / "v.faiss"))
    kept = VectorIndex.open(tmp_path / "kept.faiss")
    assert kept.search(rows[7], 1)[0].tolist() == [7]
    assert kept.search(rows[4_500], 1)[0][0] < 4_000


def test_filters_among_many(in_cells: tuple[VectorIndex, Vectors]) -> None:
    index, rows = in_cells
    few, many = np.arange(0, 5_000, 50), np.arange(0, 5_000, 2)
    expected = few[np.argsort(-(rows[few] @ rows[0]), kind="stable")[:10]]
    assert index.search(rows[0], 10, few)[0].tolist() == expected.tolist()
    found = index.search(rows[0], 10, many)[0]
    assert len(found) == 10
    assert set(found) <= set(many)


@pytest.mark.parametrize(
    ("count", "expected"),
    [(150_000, "Flat"), (150_001, "IVF2048,SQ8"), (1_000_000, "IVF4096,SQ8"), (10_000_000, "IVF16384,SQ8")],
)
def test_the_kind_follows_the_number(count: int, expected: str) -> None:
    assert factory(count) == expected


def test_more_than_there_are(index: VectorIndex, vectors: Vectors) -> None:
    assert len(index.search(vectors[0], 10**9)[0]) == len(index) == 200
    assert len(index.search(vectors[0], 5, np.zeros(0, np.int64))[0]) == 0


def test_a_damaged_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "v.faiss").write_bytes(b"no index")
    with pytest.raises(RuntimeError):
        VectorIndex.open(tmp_path / "v.faiss")
