from pathlib import Path

import pytest
from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

from embeddings.text.analysis import analyze, bare, language_in
from embeddings.text.terms import Terms

SEEDS = sorted((Path(__file__).parents[3] / "seeds").glob("*.md"))


def test_english_terms_are_what_they_were() -> None:
    """As they were when every text was read as English."""
    chain = (Filter.remove_long(60), Filter.lowercase(), Filter.ascii_fold(), Filter.stemmer("english"))
    builder = TextAnalyzerBuilder(Tokenizer.simple())
    for step in chain:
        builder = builder.filter(step)
    before = builder.build()
    texts = [seed.read_text("utf-8") for seed in SEEDS]
    assert len(texts) > 20
    for text in [*texts, "Die Häuser, naïve_snake 中国人 and हिन्दी"]:
        assert analyze(text, "en") == before.analyze(text)
    assert Terms().terms("Who were the bridges' owners after it?") == ["bridg", "owner"]
    assert Terms().terms("Who is he?") == ["who", "is", "he"]


@pytest.mark.parametrize(
    ("language", "text", "terms"),
    [
        ("de", "Die Häuser der Größe", ["de:die", "de:haus", "de:der", "de:gross"]),
        ("fr", "Les élections présidentielles", ["fr:le", "fr:elect", "fr:presidentiel"]),
        ("ru", "Города горят", ["ru:город", "ru:гор"]),
        ("hi", "हिन्दी भाषा", ["hi:हिन्दी", "hi:भाषा"]),
        (
            "zh",
            "河水上涨，NFL在2016年",
            ["zh:河水", "zh:水上", "zh:上涨", "zh:nfl", "zh:在", "zh:2016", "zh:年"],
        ),
        ("ja", "川が", ["ja:川が"]),
        ("th", "แม่น้ำ 24", ["th:แม่", "th:ม่น", "th:่น้", "th:น้ำ", "th:24"]),
    ],
)
def test_terms_of_other_languages(language: str, text: str, terms: list[str]) -> None:
    assert analyze(text, language) == terms
    assert {language_in(term) for term in terms} == {language}
    assert bare(terms[-1]) == terms[-1][3:]


def test_stop_words_are_those_of_the_language() -> None:
    assert Terms(["de"]).terms("Was hat die Stadt mit den Häusern gemacht?") == [
        "de:stadt",
        "de:haus",
        "de:gemacht",
    ]
    assert Terms(["de"]).terms("Was die der?") == ["de:was", "de:die", "de:der"]


def test_a_question_has_the_terms_of_each_language_of_the_articles() -> None:
    words = Terms(["en", "de"])
    assert words.terms("Houses in Städten") == ["hous", "stadten", "de:hous", "de:stadt"]
    assert words.terms("Houses in Städten", "en") == ["hous", "stadten"]
    assert words.terms("Houses", "de") == ["de:hous"]
