from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import embeddings.build.journal
from embeddings.build.journal import JOURNAL, Journal, resumable
from embeddings.text.passages import PassageSettings
from tests.fakes import WordEncoder

TEXTS = ["The river rose.", "The bridge reopened.", "The cup was won.", "Nobody was hurt."]


_OPENED: list[Journal] = []


def journal(folder: Path, encoder: WordEncoder, words: int = 160) -> Journal:
    _OPENED.append(Journal(folder, encoder, PassageSettings(words=words)))
    return _OPENED[-1]


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while _OPENED:
        _OPENED.pop().close()


@pytest.fixture
def interrupted(tmp_path: Path, encoder: WordEncoder) -> Path:
    """A folder in which a build had encoded three texts."""
    one = journal(tmp_path, encoder)
    one.encode(TEXTS[:2])
    one.encode(TEXTS[1:3])
    one.close()
    encoder.documents.clear()
    return tmp_path


def test_what_was_encoded_is_not_encoded_again(interrupted: Path, encoder: WordEncoder) -> None:
    again = journal(interrupted, encoder)
    vectors = again.encode(TEXTS)
    assert encoder.documents == TEXTS[3:]
    assert again.reused == 3
    np.testing.assert_array_equal(vectors, encoder.encode_document(TEXTS))


def test_a_second_interruption_loses_nothing(interrupted: Path, encoder: WordEncoder) -> None:
    again = journal(interrupted, encoder)
    again.encode(TEXTS)
    again.close()
    encoder.documents.clear()
    np.testing.assert_array_equal(
        journal(interrupted, encoder).encode(TEXTS[::-1]), encoder.encode_query(TEXTS[::-1])
    )
    assert encoder.documents == []


def test_another_encoder_or_other_settings_start_over(interrupted: Path) -> None:
    for encoder, words in ((WordEncoder("other"), 160), (WordEncoder(dim=32), 160), (WordEncoder(), 12)):
        other = journal(interrupted, encoder, words)
        assert other.encode(TEXTS).shape == (4, encoder.dim)
        assert (encoder.documents, other.reused) == (TEXTS, 0)
        other.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(data=st.data())
def test_a_torn_or_altered_journal_never_gives_a_wrong_vector(data: st.DataObject, interrupted: Path) -> None:
    encoder = WordEncoder()
    journal(interrupted, encoder).encode(TEXTS[:3])
    path = interrupted / JOURNAL
    whole = path.read_bytes()
    harmed = bytearray(whole[: data.draw(st.integers(0, len(whole)), "cut")])
    if harmed and data.draw(st.booleans(), "flip"):
        harmed[data.draw(st.integers(0, len(harmed) - 1), "at")] ^= data.draw(st.integers(1, 255), "bits")
    path.write_bytes(bytes(harmed) + data.draw(st.binary(max_size=700), "tail"))
    for _ in range(2):  # and what is written behind the torn place is read again
        again = journal(interrupted, encoder)
        np.testing.assert_array_equal(again.encode(TEXTS), encoder.encode_query(TEXTS))
        again.close()
    assert again.reused == 4


def test_it_goes_when_the_build_is_published(interrupted: Path, encoder: WordEncoder) -> None:
    assert resumable(interrupted)
    journal(interrupted, encoder).remove()
    assert not (interrupted / JOURNAL).exists()
    assert not resumable(interrupted)


def test_nothing_to_go_on_with(tmp_path: Path, encoder: WordEncoder) -> None:
    one = journal(tmp_path, encoder)
    assert one.encode([]).shape == (0, 64)
    one.close()
    assert not resumable(tmp_path)


def test_it_has_an_upper_bound(tmp_path: Path, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embeddings.build.journal, "_LARGEST", 500)
    one = journal(tmp_path, encoder)
    for text in TEXTS:
        one.encode([text])
    one.close()
    again = journal(tmp_path, encoder)
    again.encode(TEXTS)
    assert again.reused == 2


def test_where_it_cannot_be_written_vectors_come_all_the_same(tmp_path: Path, encoder: WordEncoder) -> None:
    (tmp_path / JOURNAL).mkdir()
    one = journal(tmp_path, encoder)
    np.testing.assert_array_equal(one.encode(TEXTS), encoder.encode_query(TEXTS))
    assert one.reused == 0
