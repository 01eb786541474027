import pytest

from embeddings.types import Article
from qa.types import Answer, Result, Short
from qa.wording.phrases import agreement, differences, likelihood, pages


def said(
    text: str,
    id: str = "a",
    day: str | None = "2022-11-09",
    source: str | None = "Daily",
    begins: tuple[int, ...] = (),
) -> Answer:
    return Answer(
        Article(id, "T", text, None, day, source, pages=begins), 0, len(text), 1, Short(0, len(text))
    )


def result(
    likely: float,
    answer: Answer | None = None,
    agreeing: tuple[Answer, ...] = (),
    differing: tuple[Answer, ...] = (),
) -> Result:
    return Result("?", "?", answer, likely, (), 1.0, agreeing=agreeing, differing=differing)


@pytest.mark.parametrize(
    ("likely", "figure"),
    [(1.0, "over 99%"), (0.99, "99%"), (0.514, "51%"), (0.01, "1%"), (0.004, "under 1%")],
)
def test_nothing_is_certain(likely: float, figure: str) -> None:
    assert likelihood(result(likely)) == f"Not answered in these articles ({figure} likely)"
    assert likelihood(result(likely, said("x"))).endswith(f" answered ({figure} likely)")


@pytest.mark.parametrize(("likely", "word"), [(0.9, "Clearly"), (0.75, "Probably"), (0.6, "Perhaps")])
def test_a_word_says_how_sure(likely: float, word: str) -> None:
    assert likelihood(result(likely, said("x"))).startswith(f"{word} answered")


def test_articles_that_agree_and_differ() -> None:
    answer = said("30,000")
    assert agreement(result(0.9, answer)) is None
    assert differences(result(0.9, answer)) is None
    agreed = result(0.9, answer, agreeing=(said("30000", "b"), said("the 30,000", "c")))
    assert agreement(agreed) == "3 articles say “30,000”"
    others = (said("45,000\ntroops", "d", "2022-11-12", "Weekly", (0, 0, 3)), said("none", "e", None, None))
    told = differences(result(0.9, answer, differing=others))
    assert pages((4, 4)) == "p. 4"
    assert told == "Other articles say “45,000 troops” (Weekly, 2022-11-12, pp. 3-4); “none” (without a date)"
