import pytest

from embeddings.types import Article, Passage
from qa.answer.candidates import candidates
from qa.answer.reader import Span


def marked(text: str, *words: str, scores: tuple[float, ...] = ()) -> list[str]:
    """The sentences around these words, the words given reading them in this order."""
    article = Article("a", "Title", text)
    spans = [
        Span(text.index(word), text.index(word) + len(word), score)
        for word, score in zip(words, scores or [1.0] * len(words), strict=True)
    ]
    return [one.answer.text for one in candidates([Passage(0, article, 0, len(text))], [0.5], [spans])]


def test_the_sentence_around_a_span_holds_it_exactly() -> None:
    text = "Rain fell. Ada Moll won the race on Friday. Nobody was hurt."
    passage = Passage(3, Article("a", "T", text), 11, len(text))
    [one] = candidates([passage], [0.7], [[Span(0, 8, 2.5)]])
    assert one.answer.text == "Ada Moll won the race on Friday."
    assert one.answer.short_text == "Ada Moll"
    assert (one.span, one.passage, one.answer.rank) == (2.5, 0.7, 1)


def test_a_sentence_comes_once_with_its_best_span() -> None:
    text = "Ada Moll won the race on Friday. Nobody was hurt."
    article = Article("a", "T", text)
    spans = [Span(0, 8, 1.0), Span(25, 31, 3.0)]
    [one] = candidates([Passage(0, article, 0, len(text))], [0.5], [spans])
    assert one.answer.short_text == "Friday"
    twice = [Passage(0, article, 0, len(text)), Passage(1, article, 0, len(text))]
    [same] = candidates(twice, [0.5, 0.4], [[spans[0]], [spans[1]]])
    assert (same.answer.rank, same.answer.short_text) == (2, "Friday")


def test_a_span_over_two_sentences_is_answered_by_both() -> None:
    assert marked("He left. She stayed. They met.", "left. She stayed") == ["He left. She stayed."]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Why is there a Sriracha shortage? Peppers failed.", "Sriracha"),
        ("Write to news@paper.example for more. Peppers failed.", "news"),
        ("Ada Moll at the finish. Peter Park/Getty Images\n\nPeppers failed.", "Ada"),
        ("By Ada Moll\n\nPeppers failed.", "Ada Moll"),
        ("Peppers failed.\n\nWhat the drought means for sauces\n\nIt was dry.", "drought"),
        ("(Photo: Ada Moll, of the Daily)\n\nPeppers failed.", "Ada Moll"),
        ("Ada Moll and Ines Prat\n\nPeppers failed.", "Ada Moll"),
        ("Peppers failed.\n\nWhat the drought means for sauces", "drought"),
    ],
)
def test_what_is_no_statement_answers_nothing(text: str, word: str) -> None:
    assert marked(text, word) == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("\n\nBest picture: The Race\n\nIt won.", "The Race"),
        ("Peppers failed.\n\nDied: 1922 in Rome\n\nIt was dry.", "1922"),
        ("Peppers failed, said Ada Moll.", "Ada Moll"),
        ("Peppers failed by Friday, they said", "Friday"),
    ],
)
def test_what_states_something_answers(text: str, word: str) -> None:
    assert len(marked(text, word)) == 1
