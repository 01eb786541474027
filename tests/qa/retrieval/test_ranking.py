from datetime import date
from pathlib import Path

import numpy as np
import pytest

from embeddings.build.build import build_index
from embeddings.build.options import BuildOptions
from embeddings.index.index import ArticleIndex
from embeddings.types import Filter
from qa.pipeline import QA
from qa.question.periods import Period, named_period
from qa.retrieval.ranking import LEAD, NEW, Query, Ranking, _by_article, _nearness, _recency, _today, rank
from tests.fakes import WordEncoder
from tests.opened import open_index, open_qa


@pytest.fixture
def index(sources: Path, tmp_path: Path, encoder: WordEncoder) -> ArticleIndex:
    (sources / "old.md").write_text(
        "---\ntitle: Village wins the cup\ndate: 2015-09-10\nsource: Weekly\n---\n"
        "The village team won the cup for the first time, beating the city by two goals to one. "
        "Goalkeeper Ines Prat saved a penalty."
    )
    build_index([sources], tmp_path / "qa", BuildOptions(encoder=encoder))
    return open_index(tmp_path / "qa", encoder)


def ask(index: ArticleIndex, text: str, narrow: Filter | None = None) -> Ranking:
    query = Query(text, index.encoder.encode_query([text])[0], named_period(text))
    return rank(index, query, narrow or Filter())


def ids(index: ArticleIndex, ranking: Ranking) -> list[str]:
    return [passage.article.id for passage in index.catalog.passages(ranking.numbers)]


def test_every_candidate_has_every_signal(index: ArticleIndex) -> None:
    text = "Who saved the penalty for the village team?"
    ranking = ask(index, text)
    query = index.encoder.encode_query([text])[0]
    vectors = index.vectors.rows(0, len(index.vectors))[ranking.numbers]
    np.testing.assert_allclose(ranking.signals["dense"], vectors @ query, atol=1e-5)
    numbers, scores = index.passage_words.search(text, 10)
    bm25 = dict(zip(numbers.tolist(), scores.tolist(), strict=True))
    expected = [bm25.get(int(number), 0.0) for number in ranking.numbers]
    np.testing.assert_allclose(ranking.signals["passage_words"], expected, rtol=1e-5)


def test_scores_are_the_weighted_sum(index: ArticleIndex) -> None:
    text = "Who saved the penalty for the village team?"
    ranking = ask(index, text)
    signals = ranking.signals
    most = 2.2 * index.article_words.idf(index.article_words.terms(text)).sum()
    expected = (
        0.25 * np.maximum(signals["dense"], 0) / signals["dense"].max()
        + 0.25 * signals["passage_words"] / most
        + 0.35 * signals["article_words"] / most
        + 0.14 * signals["recency"]
    )
    np.testing.assert_allclose(ranking.scores, np.sort(expected)[::-1], rtol=1e-5)


def test_among_equals_the_newer_comes_first_unless_a_year_is_named(index: ArticleIndex) -> None:
    assert ids(index, ask(index, "Who saved the penalty?"))[:2] == ["sport/cup.md", "old.md"]
    assert ids(index, ask(index, "Who saved the penalty in 2015?"))[:2] == ["old.md", "sport/cup.md"]


def test_filters_hold_in_both_searches(index: ArticleIndex) -> None:
    assert ids(index, ask(index, "village cup", Filter(until="2020-01-01"))) == ["old.md"]
    assert len(ask(index, "village cup", Filter(sources=("Nobody",)))) == 0


def test_recency_by_hand() -> None:
    days = np.array([1000, 1000 - NEW * 365.25, 1000 - (NEW + 1) * 365.25, np.nan], np.float32)
    np.testing.assert_allclose(_recency(days, 1000.0), [1, 1, np.exp(-2), 0.5], atol=1e-3)
    asked = Period(date(1999, 1, 1), date(2003, 12, 31))
    assert _today(asked, 800_000.0) == 731_580
    assert _today(asked, 700_000.0) == 700_000
    assert _today(None, 5.0) == 5.0


def test_one_article_of_the_far_future_makes_no_other_old(tmp_path: Path, encoder: WordEncoder) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    for number in range(40):
        day = date(2022, 1, 1).replace(month=1 + number % 12)
        text = f"---\ntitle: T{number}\ndate: {day}\n---\nThe village cup, edition {number}."
        (folder / f"{number:02}.md").write_text(text)
    QA.build([folder], tmp_path / "before", BuildOptions(encoder=encoder))
    (folder / "future.md").write_text("---\ntitle: Zebra\ndate: 2031-01-01\n---\nA zebra escaped.")
    QA.build([folder], tmp_path / "after", BuildOptions(encoder=encoder))
    asked = [open_qa(tmp_path / name, encoder).search("village cup", 40) for name in ("before", "after")]
    recency = [{p.passage.article.id: p.signals.recency for p in ranked} for ranked in asked]
    assert len(set(recency[0].values())) > 1
    assert recency[0] == {id: value for id, value in recency[1].items() if id != "future.md"}


def test_nearness_by_hand() -> None:
    june = Period(date(2022, 6, 1), date(2022, 6, 30))
    days = [date(2022, 6, 1), date(2022, 6, 30), date(2022, 7, 30), date(2022, 5, 2)]
    found = _nearness(np.array([*(day.toordinal() for day in days), np.nan], np.float32), june)
    np.testing.assert_allclose(found, [1, 1, np.exp(-1), np.exp(-1), 0], atol=1e-3)
    assert not _nearness(np.array([1.0], np.float32), None).any()


def test_articles_keep_their_order_and_leads_gain_inside() -> None:
    scores = np.array([0.50, 0.48, 0.40, 0.49], np.float32)
    articles = np.array([7, 7, 7, 8])
    leads = np.array([False, True, False, True])
    expected = [0.50 - LEAD + 0.02, 0.50, 0.40 - LEAD + 0.02, 0.49]
    np.testing.assert_allclose(_by_article(scores, articles, leads), expected, atol=1e-6)
