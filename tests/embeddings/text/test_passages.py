from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.text.passages import PassageSettings, cut, document, short_title
from embeddings.types import Article
from tests.embeddings.text.test_sentences import TEXTS
from tests.fakes import WordEncoder

SETTINGS = PassageSettings()


class CharacterEncoder(WordEncoder):
    """A token a character, white space included: parts and whole do not add up, as in byte-pair models."""

    def count_tokens(self, texts: object) -> list[int]:
        assert isinstance(texts, list)
        return [len(text) for text in texts]


def covered(text: str, spans: list[tuple[int, int]]) -> bool:
    return all(character.isspace() or any(a <= i < b for a, b in spans) for i, character in enumerate(text))


@given(TEXTS, st.text(max_size=30), st.integers(8, 60), st.integers(1, 40), st.integers(0, 2))
def test_exact_spans_that_cover_and_fit(
    text: str, title: str, max_tokens: int, words: int, overlap: int
) -> None:
    settings = PassageSettings(words=words, overlap=overlap, title_tokens=4)
    article = Article("a", title, text)
    for encoder in (WordEncoder(max_tokens=max_tokens), CharacterEncoder(max_tokens=max_tokens)):
        spans = cut(article, encoder, settings)
        short = short_title(title, encoder, settings)
        assert covered(text, spans)
        assert spans == sorted(spans)
        for start, end in spans:
            assert text[start:end].strip() == text[start:end] != ""
            fits = encoder.count_tokens([document(short, text[start:end])])[0] <= max_tokens
            assert fits or end - start == 1


def test_passages_end_with_sentences_and_repeat_one() -> None:
    sentences = [f"Sentence number {n} has exactly seven words." for n in range(60)]
    text = " ".join(sentences)
    passages = [text[a:b] for a, b in cut(Article("a", "T", text), WordEncoder(), SETTINGS)]
    assert [p.count("Sentence") for p in passages[:-1]] == [22] * (len(passages) - 1)  # 22 * 7 = 154 words
    for one, two in pairwise(passages):
        last = one.rsplit("Sentence", 1)[1]
        assert two.startswith(f"Sentence{last}")


def test_a_long_sentence_is_split_at_words() -> None:
    text = " ".join(f"word{n}" for n in range(1000))
    spans = cut(Article("a", "", text), WordEncoder(), SETTINGS)
    assert " ".join(text[a:b] for a, b in spans) == text
    assert max(len(text[a:b].split()) for a, b in spans) <= 254


def test_a_word_without_end_is_split_at_characters() -> None:
    text = "x" * 10_000
    spans = cut(Article("a", "", text), WordEncoder(), SETTINGS)
    assert "".join(text[a:b] for a, b in spans) == text
    assert len(spans) > 1


def test_a_long_title_leaves_room_for_the_passage() -> None:
    title = " ".join(["long"] * 500)
    article = Article("a", title, "Short text.")
    assert short_title(title, WordEncoder(), SETTINGS).count("long") <= SETTINGS.title_tokens
    assert cut(article, WordEncoder(), SETTINGS) == [(0, len(article.text))]


def test_no_passage_of_white_space() -> None:
    assert cut(Article("a", "T", " \n "), WordEncoder(), SETTINGS) == []


@pytest.mark.parametrize(
    "unit",
    [
        "word ",
        "Go. ",
        "x",
        "河水上涨。",
        "“a",
        "'",
        "a\n\n",
        "Mr. ",
        "\u0301",
        "🙂 ",
        "\u202eabc. ",
        "\n",
        "(a ",
    ],
)
def test_long_texts_of_one_kind_are_covered(unit: str) -> None:
    text = (unit * (25_000 // len(unit))).strip()
    spans = cut(Article("a", "T", text), WordEncoder(), SETTINGS)
    at = 0
    for start, end in spans:
        assert not text[at:start].strip()
        assert start < end
        at = max(at, end)
    assert not text[at:].strip()
    assert all(one < two for one, two in pairwise(spans))
    assert max((end - start for start, end in spans), default=0) <= 2_000


def test_blocks_of_a_book_follow_on_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    text = " ".join(f"Sentence number {n} has exactly seven words." for n in range(100))
    whole = cut(Article("a", "T", text), WordEncoder(), SETTINGS)
    monkeypatch.setattr("embeddings.text.passages._BLOCK", 44)
    blocks = cut(Article("a", "T", text), WordEncoder(), SETTINGS)
    assert covered(text, blocks)
    assert blocks[:2] == whole[:2]
    assert blocks == sorted(blocks)
