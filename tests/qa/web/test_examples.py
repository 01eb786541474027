"""Example questions: which headlines make one, and which answers prove it."""

from dataclasses import replace

import pytest

from embeddings.types import Article, Passage
from qa.types import Answer, RankedPassage, Result, Short, Signals
from qa.web.examples import candidates, holds

TEXT = "On Tuesday, Mary Holt won the national bread prize in Leeds."


@pytest.mark.parametrize(
    ("headline", "questions"),
    [
        (
            "Bakery wins the national bread prize | City Post",
            ["Who won the national bread prize?", "When did Bakery win the national bread prize?"],
        ),
        ("Ann Lee, poet and painter, dies at 91", ["Who died at 91?", "When did Ann Lee die?"]),
        ("Why do cats purr at night?", ["Why do cats purr at night?"]),
        ("Zoo keepers worry", []),
        ("Storm Takes The Old Bridge", []),
        ("Police: man wins a prize; nobody knows", []),
        ("", []),
    ],
)
def test_headlines_that_say_who_does_what_make_questions(headline: str, questions: list[str]) -> None:
    made = candidates(Article("a", headline, "", date="2022-11-03"))
    assert [one.question for one in made] == questions


def result(short: str, answerable: float = 0.9) -> Result:
    of, start = Article("a", "Mary Holt wins the prize", TEXT), TEXT.index(short)
    signals = Signals(**dict.fromkeys(Signals.__dataclass_fields__, 0.0))
    passage = RankedPassage(1, Passage(0, of, 0, len(TEXT)), 1.0, signals)
    answer = Answer(of, 0, len(TEXT), 1, Short(start, start + len(short)))
    return Result("?", "?", answer, answerable, (passage,), 1.0)


def test_an_example_is_clearly_answered_by_what_was_left_out() -> None:
    article = Article("a", "Mary Holt wins the national bread prize", "", date="2022-11-03")  # a Thursday
    who, when = candidates(article)
    assert holds(result("Mary Holt"), who)
    assert holds(result("Tuesday"), when)
    assert not holds(result("Tuesday"), who)
    assert not holds(result("Mary Holt"), when)
    assert not holds(result("Mary Holt", 0.8), who)
    assert not holds(replace(result("Mary Holt"), answer=None), who)
    (_, later) = candidates(replace(article, date="2022-11-07"))
    assert not holds(result("Tuesday"), later)
    assert len(candidates(replace(article, date=None))) == 1
    other = replace(article, id="b")
    of_other, _ = candidates(other)
    assert not holds(result("Mary Holt"), of_other)
    copied = result("Mary Holt")
    assert holds(replace(copied, passages=(replace(copied.passages[0], also=(other,)),)), of_other)
