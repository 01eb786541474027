from dataclasses import replace

import pytest

from embeddings.types import Article
from qa.question.follow_up import leans, names, readings
from qa.types import Answer, Result, Short

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
        (
            "Why did the police fine Boris Johnson?",
            "When was that?",
            ["When was that? (police fine Boris Johnson)"],
        ),
        (
            "Who advises Boris Johnson?",
            "What does Johnson pay him there?",
            ["What does Johnson pay him there? (advises Boris)", "What does Johnson pay him there?"],
        ),
        (
            "Who runs Tesla?",
            "And who chairs Tesla?",
            ["And who chairs Tesla?"],
        ),
        (
            "Who runs Tesla?",
            "Which golfer won the LIV Golf series?",
            ["Which golfer won the LIV Golf series?"],
        ),
        ("who was it?", "when was that?", ["when was that?"]),
        ("oldest dog alive", "what does it eat?", ["what does it eat? (oldest dog alive)"]),
    ],
)
def test_what_a_question_leaves_out(first: str, second: str, expected: list[str]) -> None:
    assert readings(second, asked(first)) == expected


def test_a_question_that_says_too_little_is_read_both_ways() -> None:
    read = readings("What are the symptoms?", asked("Which virus broke out in Ghana?"))
    assert read == ["What are the symptoms?", "What are the symptoms? (virus broke out Ghana)"]


def test_names_of_the_answer_that_its_title_has() -> None:
    before = asked("Which dog is the oldest?", DOG)
    assert readings("What does he eat?", before) == ["What does he eat? (dog oldest, TobyKeith)"]


@pytest.mark.parametrize(
    ("short", "expected"),
    [
        (Short(19, 28), "What does he eat? (dog oldest, TobyKeith)"),
        (Short(0, 40), "What does he eat? (dog oldest, Guinness says that TobyKeith is 21 years)"),
    ],
)
def test_the_short_answer_before(short: Short, expected: str) -> None:
    before = replace(asked("Which dog is the oldest?"), answer=Answer(DOG, 0, 44, 1, short))
    assert readings("What does he eat?", before) == [expected]


def test_a_short_answer_that_is_long_says_nothing_more() -> None:
    article = replace(DOG, text="It is one of the many dogs that are held to be very old.")
    before = replace(asked("Which dog is oldest?"), answer=Answer(article, 0, 56, 1, Short(0, 55)))
    assert readings("What does he eat?", before) == ["What does he eat? (dog oldest)"]


def test_a_third_question_goes_on_from_what_was_understood() -> None:
    before = Result("When was that?", "When was that? (police fine Boris Johnson)", None, 0.1, (), 1.0)
    assert readings("And why?", before) == ["And why? (police fine Boris Johnson)"]


def test_no_more_is_carried_than_the_nearest_words() -> None:
    before = asked(" ".join(f"word{number}" for number in range(20)))
    assert readings("Why?", before) == [f"Why? ({' '.join(f'word{number}' for number in range(12))})"]


def test_nothing_before() -> None:
    assert readings("When was that?", None) == ["When was that?"]


@pytest.mark.parametrize(
    "question",
    [
        "Is monkeypox dangerous?",
        "What happened to gas prices?",
        "When is the next full moon?",
        "Is there a cure for polio?",
        "Did Serena Williams win her last match?",
        "What did NASA say about its moon rocket?",
        "What share of its rubbish did California recycle?",
        "And where will King Charles be crowned?",
        "gas prices this summer",
        "How long does it take to fly to Mars?",
        "Is it true that bees are fish?",
        "Which bill that Congress passed helps veterans?",
        "What was it that spoiled the grapes of Burgundy?",
        "Why do stores let customers keep what they wanted to return?",
    ],
)
def test_a_question_with_a_subject_of_its_own_stands_alone(question: str) -> None:
    assert not leans(question)
    assert readings(question, asked("Who is buying Twitter?")) == [question]


@pytest.mark.parametrize(
    "question",
    [
        "Why?",
        "how many of them?",
        "And in Canada?",
        "What about the vaccine?",
        "when did she die",
        "How long had the Russians been there?",
        "how much rubbish was there that year?",
        "Who founded this company?",
        "How many Grammys does she have?",
        "Which minister said so?",
        "And album of the year?",
        "why on that date?",
        "Why have they stopped?",
    ],
)
def test_a_question_that_stands_for_something_unnamed_leans(question: str) -> None:
    assert leans(question)
