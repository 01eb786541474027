import pytest

from embeddings.types import Article
from qa.question.follow_up import names, readings
from qa.types import Answer, Result

DOG = Article(
    "dog.md", "TobyKeith of Florida is the oldest dog", "Guinness says that TobyKeith is 21 years old."
)


def asked(question: str, article: Article | None = None) -> Result:
    answer = Answer(article, 0, len(article.text), 1) if article else None
    return Result(question, question, answer, 0.9, (), 1.0)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Why did the police fine Boris Johnson?", ["Boris Johnson"]),
        ("What did Russia's army leave in the Kherson region?", ["Russia", "Kherson"]),
        (
            "And who chairs the U.S. Federal Reserve and J.P. Morgan?",
            ["U.S", "Federal Reserve", "J.P", "Morgan"],
        ),
        ("How old is he?", []),
        ("Ms. O’Neill, Ms. O’Neill and O'Neill", ["Ms", "O’Neill", "O'Neill"]),
    ],
)
def test_names(text: str, found: list[str]) -> None:
    assert names(text) == found


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("Why did the police fine Boris Johnson?", "When was that?", ["When was that? (Boris Johnson)"]),
        (
            "Who advises Boris Johnson?",
            "What does Johnson pay him?",
            ["What does Johnson pay him?", "What does Johnson pay him? (Boris Johnson)"],
        ),
        ("Who runs Tesla?", "And who chairs Tesla?", ["And who chairs Tesla?"]),
        (
            "Who runs Tesla?",
            "Which golfer won the LIV Golf series?",
            ["Which golfer won the LIV Golf series?"],
        ),
        ("who runs it?", "when was that?", ["when was that?"]),
    ],
)
def test_what_a_question_leaves_out(first: str, second: str, expected: list[str]) -> None:
    assert readings(second, asked(first)) == expected


def test_names_of_the_answer_that_its_title_has() -> None:
    before = asked("Which dog is the oldest?", DOG)
    assert readings("What does he eat?", before) == ["What does he eat? (TobyKeith)"]


def test_a_third_question_goes_on_from_what_was_understood() -> None:
    before = Result("When was that?", "When was that? (Boris Johnson)", None, 0.1, (), 1.0)
    assert readings("And why?", before) == ["And why? (Boris Johnson)"]


def test_nothing_before() -> None:
    assert readings("When was that?", None) == ["When was that?"]
