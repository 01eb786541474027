"""Known items: what is asked is no longer in the article that should be found."""

import json
from pathlib import Path

import pytest

from embeddings.build.options import BuildOptions
from embeddings.errors import QAError
from embeddings.types import Article
from qa import QA
from qa.cli import main as cli
from qa.evaluation.evaluate import evaluate
from qa.evaluation.known_items import known_item, known_items, sampled, without
from tests.fakes import WordEncoder, load_with
from tests.opened import open_qa

FILLER = " ".join(f"word{number}" for number in range(30)) + "."


def article(id: str, title: str, text: str = FILLER) -> Article:
    return Article(id, title, text)


def test_the_title_is_taken_out_wherever_it_stands() -> None:
    title = "Bridge reopens at last - Daily News Online"
    text = f"BRIDGE\nREOPENS, at last!\n\nMore. Bridge reopens at lastly. Daily News Online: {FILLER}"
    assert without(text, title) == f"More. Bridge reopens at lastly. : {FILLER}"


def test_short_parts_stay() -> None:
    assert without("The Daily reports that C++ (or C) is fast.", "Is C++ fast? - The Daily") == (
        "The Daily reports that C++ (or C) is fast."
    )


def test_an_article_is_asked_for_by_its_title() -> None:
    item = known_item(article("a", "Bridge  reopens today", f"Bridge reopens today. {FILLER}"))
    assert item is not None
    assert (item.question.id, item.question.question) == ("a", "Bridge reopens today")
    assert item.question.relevant == {"a"}
    assert (item.article.title, item.article.text, item.titled) == ("", FILLER, True)


@pytest.mark.parametrize("title", ["", "News", "?!"])
def test_an_article_without_title_is_asked_for_by_its_first_sentence(title: str) -> None:
    item = known_item(article("a", title, f"By us. The bridge fell down. {FILLER} The bridge fell down."))
    assert item is not None
    assert (item.question.question, item.titled) == ("The bridge fell down.", False)
    assert "bridge" not in item.article.text
    assert item.article.text.startswith("By us.")


@pytest.mark.parametrize(
    "made",
    [
        article("empty", "", ""),
        article("short", "A title of words", "A title of words. Nothing else."),
        article("long", "word " * 1000),
    ],
)
def test_what_cannot_be_asked_for(made: Article) -> None:
    assert known_item(made) is None


def test_the_sample_is_fixed_and_without_titles_that_stand_twice() -> None:
    articles = [article(str(number), f"The headline number {number}") for number in range(50)]
    articles += [article("x", "One headline for two"), article("y", "One headline, for two!")]
    chosen = [item.question.id for item in sampled(articles, 10)]
    assert len(set(chosen)) == 10
    assert chosen == [item.question.id for item in sampled(articles, 10)]
    assert chosen != [item.question.id for item in sampled(articles, 10, seed=1)]
    everything = {item.question.id for item in sampled(articles, 1000)}
    assert everything == {str(number) for number in range(50)}


def records() -> list[dict[str, str]]:
    subjects = ("river", "castle", "violin", "orchard", "harbour")
    return [
        {
            "id": subject,
            "title": f"Zebra{number} tops quince{number} yawl{number}",
            "text": f"Zebra{number} tops quince{number} yawl{number}. "
            + " ".join(f"The {subject} has {subject}part{part}." for part in range(12)),
        }
        for number, subject in enumerate(subjects)
    ]


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoder: WordEncoder) -> str:
    load_with(monkeypatch, lambda _: encoder)
    monkeypatch.chdir(tmp_path)
    source = tmp_path / "a.jsonl"
    source.write_text("".join(json.dumps(record) + "\n" for record in records()))
    QA.build([source], ".qa", BuildOptions(encoder=encoder))
    encoder.documents.clear()
    return ".qa"


def test_the_index_is_searched_as_if_the_words_were_not_there(index: str, encoder: WordEncoder) -> None:
    whole = {place.passage.article.id for place in open_qa(index).search("quince3", 1)}
    assert whole == {"orchard"}
    before = sorted(Path(index).rglob("*"))
    made = known_items(index, 2, encoder)
    asked = {question.id for question in made.questions}
    assert len(asked) == 2
    encoded = [text for text in encoder.documents if "part10" in text and "part11" in text]
    assert len(encoded) == 2  # the others' vectors are carried over; sentences of answers hold one part
    passages = [text for line in made.run.values() for text in (p["text"] for p in line["passages"])]
    for question in made.questions:
        own = question.question.split()[0]
        assert not any(own in text for text in encoded)
        assert not any(own in text for text in passages)
        for place in made.run[question.id]["passages"]:
            words = place["signals"]["passage_words"]
            assert words == 0 if place["article"] in asked else words > 0  # `tops` is in the others' titles
    assert sorted(Path(index).rglob("*")) == before
    assert "2 of 5 articles, asked for by their own titles;" in made.note
    assert "(2 passages encoded again" in made.note
    assert "flatter lexical matching" in made.note


def test_figures_come_with_the_warning(index: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["eval", "--self", "--sample", "3", "--report", "out.html"]) == 0
    out = capsys.readouterr().out
    assert "3 questions, 0 without an answer" in out
    assert "flatter lexical matching" in out
    assert "Success@1" in out
    assert "answer@1" not in out
    assert "flatter lexical matching" in Path("out.html").read_text()


def test_what_has_a_copy_is_not_asked_for(tmp_path: Path, encoder: WordEncoder) -> None:
    copy = {**records()[0], "id": "copy", "title": "Another headline for it", "source": "Echo"}
    source = tmp_path / "a.jsonl"
    source.write_text("".join(json.dumps(record) + "\n" for record in [*records(), copy]))
    QA.build([source], tmp_path / "qa", BuildOptions(encoder=encoder))
    asked = {question.id for question in known_items(str(tmp_path / "qa"), 100, encoder).questions}
    assert asked == {"castle", "violin", "orchard", "harbour"}


def test_a_sample_larger_than_the_corpus_is_the_corpus(index: str) -> None:
    assert evaluate(known_items(index, 1000)).questions == 5


def test_a_corpus_without_known_items(tmp_path: Path, encoder: WordEncoder) -> None:
    (tmp_path / "a.txt").write_text("Short.")
    QA.build([tmp_path / "a.txt"], tmp_path / "qa", BuildOptions(encoder=encoder))
    with pytest.raises(QAError, match=r"no article in .* has a title or first sentence of its own"):
        known_items(str(tmp_path / "qa"), 5, encoder)
