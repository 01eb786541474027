"""Why an article stands where it does, against ranks counted by hand."""

import json
from pathlib import Path

import numpy as np
import pytest

from embeddings.build.options import BuildOptions
from embeddings.errors import QueryError
from embeddings.types import Article, Filter
from qa import QA
from qa.cli import main as cli
from qa.retrieval import explain
from qa.retrieval.explain import left_out
from tests.fakes import WordEncoder, load_with
from tests.opened import open_qa

QUESTION = "Who saved a penalty for the village during the flood?"


@pytest.fixture
def qa(sources: Path, tmp_path: Path, encoder: WordEncoder) -> QA:
    QA.build([sources], tmp_path / "qa", BuildOptions(encoder=encoder))
    return open_qa(tmp_path / "qa", encoder)


def test_ranks_are_those_of_the_search(qa: QA) -> None:
    ranked = qa.search(QUESTION, 3)
    order = [place.passage.article.id for place in ranked]
    for rank, id in enumerate(order, 1):
        explanation = qa.why(QUESTION, id)
        assert (explanation.rank, explanation.candidates, explanation.articles) == (rank, 3, 3)
        assert explanation.passages[0] == ranked[rank - 1]
        first = explanation.first
        assert (first.id if first else id) == order[0]
        assert (first is None) == (rank == 1)


def test_each_signal_is_ranked_among_all_articles(qa: QA) -> None:
    vector = qa.index.encoder.encode_query([QUESTION])[0]
    cosines = qa.index.vectors.rows(0, 3) @ vector  # one passage an article
    numbers, bm25 = qa.index.article_words.search(QUESTION, 3)
    for number, article in qa.index.catalog.articles(range(3)).items():
        places = {place.signal: place for place in qa.why(QUESTION, article.id).places}
        assert list(places) == ["dense", "passage_words", "article_words", "recency", "score"]
        assert places["dense"].value == pytest.approx(cosines[number], abs=1e-6)
        assert places["dense"].rank == 1 + (cosines > cosines[number] + 1e-6).sum()
        if number in numbers:
            at = int(np.flatnonzero(numbers == number)[0])
            assert places["article_words"].value == pytest.approx(bm25[at], rel=1e-5)
            assert places["article_words"].rank == at + 1
        else:
            assert (places["article_words"].value, places["article_words"].rank) == (0, None)
        assert places["score"].rank == qa.why(QUESTION, article.id).rank


def test_words_with_their_weight(qa: QA) -> None:
    words = {word.word: word for word in qa.why(QUESTION, "sport/cup.md").words}
    assert set(words) == {"saved", "penalty", "village", "during", "flood"}
    assert sum(word.weight for word in words.values()) == pytest.approx(1)
    found = {word: (words[word].passage, words[word].article) for word in words}
    assert found["saved"] == found["penalty"] == found["village"] == (True, True)
    assert found["flood"] == found["during"] == (False, False)
    assert words["during"].term == "dure"
    assert words["during"].weight > words["flood"].weight  # no article has it


def test_a_word_elsewhere_in_the_article(tmp_path: Path, encoder: WordEncoder) -> None:
    source = tmp_path / "a.txt"
    source.write_text(
        "\n\n".join(f"The {what} here. " * 80 for what in ("heron nests", "grey stone lies", "otter swims"))
    )
    QA.build([source], tmp_path / "qa", BuildOptions(encoder=encoder))
    explanation = open_qa(tmp_path / "qa", encoder).why("heron nests, otter?", "a.txt")
    words = {word.word: word for word in explanation.words}
    assert (words["heron"].passage, words["heron"].article) == (True, True)
    assert (words["otter"].passage, words["otter"].article) == (False, True)
    assert "otter" not in explanation.passages[0].passage.text
    assert [place.rank for place in explanation.passages] == sorted(
        place.rank for place in explanation.passages
    )


def test_beyond_the_pool(qa: QA, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.retrieval.ranking.POOL", 1)
    monkeypatch.setattr(explain, "POOL", 1)
    explanation = qa.why("the village cup", "bridge.md")
    assert (explanation.rank, explanation.pool) == (None, 1)
    assert explanation.candidates < explanation.articles == 3
    assert {place.signal: place.rank for place in explanation.places}["score"] in (2, 3)


@pytest.mark.parametrize(
    "wanted",
    [
        "bridge.md",
        "https://news.example/bridge",
        "http://www.news.example/bridge/",
        "news.example/bridge",
        "bridge  REOPENS",
        "PATH",
    ],
)
def test_an_article_is_known_by_any_name(wanted: str, qa: QA, sources: Path) -> None:
    article = qa.why("bolts", wanted.replace("PATH", str(sources / "bridge.md"))).article
    assert article is not None
    assert article.id == "bridge.md"
    assert article.text.startswith("The old bridge")


def test_what_is_not_indexed_has_near_misses(qa: QA) -> None:
    for wanted, near in (
        ("brigde.md", "bridge.md"),
        ("wins the", "sport/cup.md"),
        ("http://www.news.example/bridges", "bridge.md"),
    ):
        explanation = qa.why(QUESTION, wanted)
        assert explanation.article is None
        assert near in [article.id for article in explanation.similar]
        assert (explanation.rank, explanation.places, explanation.words) == (None, (), ())


@pytest.mark.parametrize(
    "wanted", ["the penalty", "zebra crossing", "http://news.example/2022/06/03/zebra", "sport", "x.md", "?"]
)
def test_what_is_like_no_name_has_no_near_misses(wanted: str, qa: QA) -> None:
    """The words of a text are no name: it would be a search."""
    similar = [article.id for article in qa.why(QUESTION, wanted).similar]
    assert similar == (["sport/cup.md"] if wanted == "sport" else [])


def test_a_name_of_several_articles(sources: Path, tmp_path: Path, encoder: WordEncoder) -> None:
    (sources / "copy.md").write_text("---\ntitle: Bridge reopens\n---\nAnother text.")
    QA.build([sources], tmp_path / "qa", BuildOptions(encoder=encoder))
    with pytest.raises(QueryError, match=r"2 articles are called 'Bridge reopens': .*\(bridge.md, copy.md\)"):
        open_qa(tmp_path / "qa", encoder).why("bolts", "Bridge reopens")


def test_an_article_must_be_named(qa: QA) -> None:
    with pytest.raises(QueryError, match="the article is not named"):
        qa.why("bolts", " ")


@pytest.mark.parametrize("wanted", ["\ud800", "\0", "x" * 5000, "'; DROP TABLE articles; --", "%", "*"])
def test_any_name_can_be_asked_for(wanted: str, qa: QA) -> None:
    assert qa.why("bolts", wanted).article is None


def test_a_copy_may_stand_for_it(sources: Path, tmp_path: Path, encoder: WordEncoder) -> None:
    text = (sources / "sport" / "cup.md").read_text()
    (sources / "copy.md").write_text(text.replace("source: Weekly", "source: Echo").replace("09-10", "09-12"))
    QA.build([sources], tmp_path / "qa", BuildOptions(encoder=encoder))
    grouped = open_qa(tmp_path / "qa", encoder)
    made = {id: grouped.why(QUESTION, id) for id in ("copy.md", "sport/cup.md")}
    [shown] = [id for id, explanation in made.items() if explanation.copy_of is None]
    [hidden] = made.keys() - {shown}
    copy = made[hidden].copy_of
    assert copy is not None
    assert copy.id == shown
    assert [explanation.rank for explanation in made.values()] == [1, 1]
    assert made[hidden].first is None
    every = open_qa(tmp_path / "qa", encoder, grouped=False)
    ranks = {id: every.why(QUESTION, id) for id in made}
    assert sorted(explanation.rank or 0 for explanation in ranks.values()) == [1, 2]
    assert {explanation.copy_of for explanation in ranks.values()} == {None}


def test_as_of_a_day_before_it(qa: QA) -> None:
    explanation = qa.why(QUESTION, "sport/cup.md", Filter(as_of="2022-09-09"))
    assert explanation.dropped == ("as of 2022-09-09: the article has the date 2022-09-10",)
    assert "date" in [place.signal for place in explanation.places]


def test_filters_that_leave_it_out(qa: QA) -> None:
    narrow = Filter(since="2022-06-04", until="2022-12-31", sources=("weekly",))
    explanation = qa.why(QUESTION, "bridge.md", narrow)
    assert explanation.dropped == (
        "since 2022-06-04: the article has the date 2022-06-03",
        "source Weekly: the article is from Daily",
    )
    assert explanation.articles == 3
    inside = qa.why(QUESTION, "sport/cup.md", narrow)
    assert (inside.dropped, inside.articles, inside.rank) == ((), 1, 1)


def test_reasons_agree_with_the_search(qa: QA) -> None:
    filters = [Filter(since="2022-06-03"), Filter(since="2022-06-04"), Filter(until="2022-06-03"), Filter()]
    filters += [
        Filter(as_of="2022-06-03"),
        Filter(until="2022-06-02"),
        Filter(sources=("Daily",)),
        Filter(sources=("Weekly", "Daily")),
    ]
    for narrow in filters:
        found = {place.passage.article.id for place in qa.search("the", 10, narrow)}
        for article in qa.index.catalog.all_articles():
            assert bool(left_out(article, narrow)) == (article.id not in found), (narrow, article.id)


def test_reasons_for_an_article_that_says_nothing_of_itself() -> None:
    reasons = left_out(Article("a", "", ""), Filter("2022-01-01", "2022-12-31", ("CNN", "BBC")))
    assert reasons == (
        "since 2022-01-01: the article has no date",
        "until 2022-12-31: the article has no date",
        "source CNN, BBC: the article is from no named publisher",
    )


@pytest.fixture
def index(sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load_with(monkeypatch, WordEncoder)
    monkeypatch.chdir(tmp_path)
    QA.build([sources])


@pytest.mark.usefixtures("index")
def test_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["why", QUESTION, "bridge.md", "--until", "2022-01-01"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Bridge reopens\nbridge.md · Daily · 2022-06-03 · https://news.example/bridge\n")
    assert "Left out by until 2022-01-01: the article has the date 2022-06-03." in out
    assert "Rank 3 of 3 candidate articles." in out
    assert "First: Village wins the cup" in out
    assert "nowhere in the article  " in out
    assert cli.main(["why", QUESTION, "zebra"]) == 0
    assert capsys.readouterr().out.startswith("zebra is not indexed.\n")


@pytest.mark.usefixtures("index")
def test_beyond_the_pool_is_said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.retrieval.ranking.POOL", 1)
    monkeypatch.setattr(explain, "POOL", 1)
    assert cli.main(["why", "the village cup", "bridge.md"]) == 0
    assert "Not among the 1 candidates of either search; of all 3 articles" in capsys.readouterr().out


@pytest.mark.usefixtures("index")
def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["why", QUESTION, "sport/cup.md", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert (made["indexed"], made["rank"], made["first"], made["dropped"]) == (True, 1, None, [])
    assert made["article"]["title"] == "Village wins the cup"
    assert made["places"][0]["signal"] == "dense"
    assert made["passages"][0]["rank"] == 1
    assert cli.main(["why", QUESTION, "zebra", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert (made["indexed"], made["article"], made["rank"]) == (False, None, None)
