import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.backends.milvus import schema
from embeddings.types import Filter


@given(st.text(max_size=200), st.integers(1, 3000))
def test_pieces_are_the_whole_and_fit(text: str, times: int) -> None:
    whole = text * times
    found = list(schema.pieces(whole))
    assert "".join(found) == whole
    assert len(found) == max(1, -(-len(whole) // 16_383))
    assert all(len(piece.encode("utf-8", "surrogatepass")) <= schema.TEXT for piece in found)


@given(st.lists(st.text("añ中", min_size=1, max_size=60), max_size=300), st.integers(1, 40))
def test_pieces_of_terms_hold_every_term(terms: list[str], times: int) -> None:
    found = list(schema.term_pieces(terms * times))
    assert [term for piece in found for term in piece.split()] == terms * times
    assert found
    assert all(len(piece.encode()) <= schema.TEXT for piece in found)


@pytest.mark.parametrize(
    ("narrow", "expression"),
    [
        (None, ""),
        (Filter(), ""),
        (Filter(since="2022-06-03"), "date >= 20220603"),
        (Filter(until="2022-06-03"), "date >= 1 and date <= 20220603"),
        (Filter(as_of="2022-06-02", until="2022-06-03"), "date >= 1 and date <= 20220602"),
        (Filter(sources=('A "b" \\', "Zürich")), 'source in ["A \\"b\\" \\\\", "Zürich"]'),
    ],
)
def test_conditions(narrow: Filter | None, expression: str) -> None:
    assert schema.condition(narrow) == expression


@pytest.mark.parametrize(
    ("collection", "number"),
    [
        ("news_000042", 42),
        ("news_000042_articles", 42),
        ("news_000042_texts", 42),
        ("news_1000000_terms", 1_000_000),
        ("news_42", None),
        ("news_000042_other", None),
        ("other_news_000042", None),
        ("news_2022_000001", None),
    ],
)
def test_collections_of_an_index(collection: str, number: int | None) -> None:
    assert schema.number_of("news", collection) == number
    if number:
        assert collection in set(schema.generation("news", number))
