import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.text.sentences import sentence_spans

TEXTS = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from(" \n.!?\"'ab1中")), max_size=400
)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        (
            "He met U.S. President Joe Biden on Jan. 6 at 3 p.m. in Washington. It was late.",
            ["He met U.S. President Joe Biden on Jan. 6 at 3 p.m. in Washington.", "It was late."],
        ),
        (
            "Mr. and Mrs. Jones sued Acme Inc. on Wall St. yesterday. It paid $3.5 million.",
            ["Mr. and Mrs. Jones sued Acme Inc. on Wall St. yesterday.", "It paid $3.5 million."],
        ),
        ('"I am fine," he said. "Are you?" She left.', ['"I am fine," he said.', '"Are you?"', "She left."]),
        ("Markets\n\nShares fell 3%. They rose.", ["Markets", "Shares fell 3%.", "They rose."]),
        ("One line\nof wrapped text. Two.", ["One line\nof wrapped text.", "Two."]),
        ("河水上涨。学校关闭。", ["河水上涨。", "学校关闭。"]),
        (" \n\t ", []),
    ],
)
def test_cuts_where_a_reader_would(text: str, sentences: list[str]) -> None:
    assert [text[a:b] for a, b in sentence_spans(text)] == sentences


@given(TEXTS)
def test_spans_are_ordered_trimmed_and_hold_all_that_is_not_white(text: str) -> None:
    at = 0
    for start, end in sentence_spans(text):
        assert at <= start < end
        assert text[start:end] == text[start:end].strip()
        assert not text[at:start].strip()
        at = end
    assert not text[at:].strip()


@given(TEXTS, st.integers(5, 60))
def test_spans_hold_all_whatever_the_splitter_gets_at_once(text: str, window: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("embeddings.text.sentences._WINDOW", window)
        at = 0
        for start, end in sentence_spans(text):
            assert at <= start < end
            assert text[start:end] == text[start:end].strip()
            assert not text[at:start].strip()
            at = end
        assert not text[at:].strip()


def test_sentences_do_not_depend_on_where_the_splitter_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    text = " ".join(f"Sentence number {n} has U.S. words, said Mr. Moll." for n in range(200))
    whole = list(sentence_spans(text))
    assert len(whole) == 200
    monkeypatch.setattr("embeddings.text.sentences._WINDOW", 777)
    assert list(sentence_spans(text)) == whole


@pytest.mark.parametrize(
    ("language", "text", "sentences"),
    [
        (
            "de",
            "Am 3. Oktober stieg der Fluss. Es regnete.",
            ["Am 3. Oktober stieg der Fluss.", "Es regnete."],
        ),
        ("zh", "河水上涨。学校关闭！", ["河水上涨。", "学校关闭！"]),
        ("el", "Τι έγινε; Το ποτάμι ανέβηκε.", ["Τι έγινε;", "Το ποτάμι ανέβηκε."]),
        ("th", f"{'แม่น้ำ' * 11} ฝน {'แม่น้ำ' * 3}", [f"{'แม่น้ำ' * 11}", f"ฝน {'แม่น้ำ' * 3}"]),
    ],
)
def test_each_language_ends_its_sentences_in_its_way(language: str, text: str, sentences: list[str]) -> None:
    assert [text[a:b] for a, b in sentence_spans(text, language)] == sentences


@given(TEXTS, st.sampled_from(["th", "zh", "de"]))
def test_no_language_loses_a_character(text: str, language: str) -> None:
    kept = "".join(text[a:b] for a, b in sentence_spans(text, language))
    assert "".join(kept.split()) == "".join(text.split())
