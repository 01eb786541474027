"""Every kind of store under the same tests: what is read is what plain Python makes of the articles."""

import shutil
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from embeddings.backends.info import describe
from embeddings.backends.open import read_info, store
from embeddings.backends.verify import verify
from embeddings.build.build import build_index
from embeddings.build.options import BuildOptions
from embeddings.build.preview import preview
from embeddings.build.report import Report
from embeddings.errors import IndexBusyError, IndexMismatchError, NoIndexError, QAError
from embeddings.index.index import ArticleIndex
from embeddings.index.records import content_hash
from embeddings.sources.corpus import Corpus
from embeddings.text.passages import PassageSettings, cut, document
from embeddings.types import Article, Filter, Passage
from qa import QA
from tests.embeddings.sources.test_corpus import pdf
from tests.fakes import WordEncoder
from tests.opened import open_index

needs_milvus = pytest.mark.skipif(
    not (find_spec("pymilvus") and find_spec("milvus_lite")), reason="article-qa[milvus] is not installed"
)
SETTINGS = PassageSettings(words=12, overlap=0)
LONG = "A word about herons stands here. " * 900
COPY = "The river rose by two metres overnight and flooded the market square, said the mayor to reporters."


@pytest.fixture(params=["folder", pytest.param("milvus", marks=needs_milvus)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    folder = tmp_path / "made"
    return str(folder) if request.param == "folder" else f"milvus+file:{folder}"


@pytest.fixture
def sources(sources: Path) -> Path:
    """More than the usual three: a long article, copies, odd characters, no date, pages."""
    (sources / "pages.pdf").write_bytes(pdf("The bittern booms.", "", "It is seldom seen."))
    (sources / "long.txt").write_text(f"Herons\n\n{LONG}The last heron flew to Zanzibar.", "utf-8")
    for name, day in (("one", "2022-07-02"), ("two", "2022-07-01")):
        head = f"---\ntitle: Flood\ndate: {day}\nsource: 'The \"{name}\" \\ Zeitung'\n---\n"
        (sources / f"{name}.md").write_text(head + COPY, "utf-8")
    (sources / "odd.txt").write_text("Ünïcode «ok» \u202e and 中文没有空格 and a tab\there.", "utf-8")
    return sources


def build(sources: Path, place: str, encoder: WordEncoder, rebuild: bool = False) -> Report:
    return build_index([sources], place, BuildOptions(rebuild=rebuild, settings=SETTINGS, encoder=encoder))


@pytest.fixture
def index(sources: Path, place: str, encoder: WordEncoder) -> ArticleIndex:
    build(sources, place, encoder)
    encoder.documents.clear()
    return open_index(place, encoder)


@pytest.fixture
def expected(sources: Path, encoder: WordEncoder) -> list[Passage]:
    """All passages, cut by hand."""
    articles = [article for article in Corpus([sources]) if isinstance(article, Article)]
    spans = [(article, span) for article in articles for span in cut(article, encoder, SETTINGS)]
    return [Passage(number, article, *span) for number, (article, span) in enumerate(spans)]


def test_what_is_read_is_what_was_written(index: ArticleIndex, expected: list[Passage]) -> None:
    catalog, numbers = index.catalog, np.arange(len(expected))
    assert [(p.article.pages, p.pages) for p in expected if p.article.id == "pages.pdf"] == [
        ((20, 20), (1, 3))
    ]
    assert catalog.passages(numbers[::-1]) == expected[::-1]
    articles = list(dict.fromkeys(passage.article for passage in expected))
    assert list(catalog.all_articles()) == articles
    assert list(catalog.headings()) == [replace(article, text="") for article in articles]
    owners = [articles.index(passage.article) for passage in expected]
    assert catalog.article_numbers(numbers).tolist() == owners
    firsts = [owners.index(number) for number in range(len(articles))]
    assert catalog.leads(np.arange(len(articles))).tolist() == firsts
    assert np.flatnonzero(catalog.first_passages(numbers)).tolist() == firsts
    for number, article in enumerate(articles):
        assert catalog.article(article.id) == article
        assert catalog.number(article.id) == number
        count = owners.count(number)
        spans = [(p.start, p.end) for p in expected[firsts[number] : firsts[number] + count]]
        assert catalog.spans(firsts[number], count) == spans
        kept = catalog.kept()[article.id]
        assert (kept.content, kept.first, kept.count) == (content_hash(article), firsts[number], count)
        same = catalog.kept_by_content(kept.content)
        assert same
        assert same.content == kept.content
    assert catalog.article("nobody") is None
    assert catalog.number("nobody") is None
    assert catalog.kept_by_content(b"nothing") is None


def test_vectors_are_those_of_the_passages(
    index: ArticleIndex, expected: list[Passage], encoder: WordEncoder
) -> None:
    vectors = encoder.encode_document([document(p.article.title, p.text) for p in expected])
    assert (len(index.vectors), index.vectors.dim) == vectors.shape
    np.testing.assert_allclose(index.vectors.rows(0, len(vectors)), vectors, atol=1e-6)
    query = encoder.encode_query(["heron in the market square"])[0]
    cosines = vectors @ query
    numbers, scores = index.vectors.search(query, 7)
    np.testing.assert_allclose(scores, np.sort(cosines)[::-1][:7], atol=1e-5)
    np.testing.assert_allclose(cosines[numbers], scores, atol=1e-5)
    some = np.array([5, 0, 3])
    np.testing.assert_allclose(index.vectors.scores(query, some), cosines[some], atol=1e-5)
    assert len(index.vectors.search(query, 10**9)[0]) == len(vectors)


@pytest.mark.parametrize(
    "narrow",
    [
        Filter(since="2022-06-03"),
        Filter(until="2022-07-01"),
        Filter(since="2022-06-10", until="2022-07-01"),
        Filter(sources=('The "one" \\ Zeitung', "Weekly")),
        Filter(since="2023-01-01"),
        Filter(as_of="2022-07-01"),
        Filter(until="2022-12-31", as_of="2022-06-30", sources=("Daily",)),
    ],
)
def test_filters(narrow: Filter, index: ArticleIndex, expected: list[Passage], encoder: WordEncoder) -> None:
    def passes(article: Article) -> bool:
        day, latest = article.date, narrow.latest
        if (narrow.since or latest) and not day:
            return False
        late_enough = not narrow.since or (day or "") >= narrow.since
        return (
            late_enough
            and (not latest or (day or "") <= latest)
            and (not narrow.sources or article.source in narrow.sources)
        )

    right = [passage.number for passage in expected if passes(passage.article)]
    query = encoder.encode_query(["the river"])[0]
    found = index.vectors.search(query, len(expected), narrow)[0]
    assert sorted(found.tolist()) == right
    words = "the and a of said here stands"
    asked = set(index.passage_words.terms(words))
    matching = [n for n in right if asked & set(index.passage_words.terms(_titled(expected[n])))]
    near, found, articles = index.candidates(query, words, 4 * len(expected), narrow)
    assert sorted(near.tolist()) == right
    assert sorted(found.tolist()) == matching
    assert set(articles.tolist()) == set(index.catalog.article_numbers(np.array(matching, np.int64)).tolist())


def _titled(passage: Passage) -> str:
    return f"{passage.article.title} {passage.text}"


def test_words_rank_as_bm25_does(index: ArticleIndex, expected: list[Passage]) -> None:
    words, question = index.passage_words, "Which market was flooded by the river?"
    terms = [words.terms(f"{p.article.title} {p.article.title} {p.text}") for p in expected]
    asked = words.terms(question)
    counts = np.array([sum(term in text for text in terms) for term in asked])
    idf = np.log1p((len(expected) - counts + 0.5) / (counts + 0.5))
    np.testing.assert_allclose(words.idf(asked), idf, rtol=1e-5)
    np.testing.assert_allclose(words.rarity(["market", "zebra"]) <= 1, True)
    numbers, scores = words.search(question, 5)
    matching = {place for place, text in enumerate(terms) if set(asked) & set(text)}
    assert set(numbers.tolist()) <= matching
    assert (np.diff(scores) <= 1e-6).all()
    assert scores[-1] > 0
    np.testing.assert_allclose(words.scores(question, numbers[::-1]), scores[::-1], rtol=1e-4)
    assert words.scores(question, np.array([min(set(range(len(expected))) - matching)])).tolist() == [0.0]
    assert words.search("of the", 3)[0].size
    assert not words.search("?!", 3)[0].size
    assert not words.search("market", 0)[0].size


def test_an_end_far_down_a_long_article_is_found(index: ArticleIndex) -> None:
    numbers, scores = index.article_words.search("Zanzibar", 5)
    assert numbers.tolist() == [index.catalog.number("long.txt")]
    assert scores[0] > 0
    assert len(set(index.article_words.search("heron river market", 50)[0].tolist())) == 3 + 1


def test_days_and_copies(index: ArticleIndex) -> None:
    catalog = index.catalog
    one, two, flood = (catalog.number(id) or 0 for id in ("one.md", "two.md", "flood.txt"))
    days = catalog.days(np.array([one, two, flood]))
    assert days[0] - days[1] == 1
    assert np.isnan(days[2])
    assert catalog.today == days[0]  # one.md's: all but the newest twentieth of the dated are no newer
    assert catalog.stories(np.array([two, flood, one])).tolist() == [min(one, two), flood, min(one, two)]
    assert [copy.id for copy in catalog.copies(one, Filter())] == ["two.md"]
    assert not catalog.copies(one, Filter(since="2022-07-02"))
    assert not catalog.copies(flood, Filter())


def test_only_what_changed_is_encoded(
    sources: Path, index: ArticleIndex, place: str, encoder: WordEncoder
) -> None:
    (sources / "new.txt").write_text("Something new happened.")
    (sources / "flood.txt").write_text("The river fell again.")
    (sources / "sport/cup.md").rename(sources / "cup.md")
    (sources / "one.md").unlink()
    seen = preview([sources], place, BuildOptions(settings=SETTINGS, encoder=encoder))
    report = build(sources, place, encoder)
    assert sorted(encoder.documents) == ["Something new happened.", "The river fell again."]
    for counted in (seen, report):
        counts = (counted.added, counted.changed, counted.renamed, counted.deleted, counted.unchanged)
        assert counts == (1, 1, 1, 1, 5)
    build(sources, f"{place}.fresh", encoder)
    carried, fresh = (open_index(made, encoder) for made in (place, f"{place}.fresh"))
    count = len(fresh.vectors)
    np.testing.assert_allclose(carried.vectors.rows(0, count), fresh.vectors.rows(0, count), atol=1e-7)
    assert carried.catalog.passages(np.arange(count)) == fresh.catalog.passages(np.arange(count))
    assert len(index.catalog.passages(np.arange(3))) == 3  # who opened the old generation goes on with it


def test_the_same_again_makes_no_generation(
    sources: Path, index: ArticleIndex, place: str, encoder: WordEncoder
) -> None:
    before = store(place).current()
    assert not build(sources, place, encoder).published
    assert store(place).current() == before
    (sources / "one.md").write_text((sources / "one.md").read_text().replace("2022-07-02", "2022-07-03"))
    report = build(sources, place, encoder)
    assert (report.published, report.encoded, report.unchanged) == (True, 0, 8)
    assert store(place).current() != before


def test_other_pages_of_the_same_text_are_kept(
    sources: Path, index: ArticleIndex, place: str, encoder: WordEncoder
) -> None:
    (sources / "pages.pdf").write_bytes(pdf("The bittern booms.", "It is seldom seen."))
    report = build(sources, place, encoder)
    assert (report.published, report.encoded, report.unchanged) == (True, 0, 8)
    article = open_index(place, encoder).catalog.article("pages.pdf")
    assert article
    assert (article.pages, article.text) == ((20,), "The bittern booms.\n\nIt is seldom seen.")


def test_a_name_stays_until_another_is_given(
    sources: Path, index: ArticleIndex, place: str, encoder: WordEncoder
) -> None:
    def about(**given: str) -> tuple[str, str]:
        build_index([sources], place, BuildOptions(encoder=encoder, **given))  # type: ignore[arg-type]
        found = describe(place)
        return found["name"], found["description"]

    derived = describe(place)["name"]
    assert derived in place
    assert about(name="News", description="of\n2022 ") == ("News", "of 2022")
    named = store(place).current()
    assert about() == ("News", "of 2022")
    assert store(place).current() == named, "the same again makes no generation"
    assert about(description="") == ("News", "")
    assert store(place).roll_back()[1].about.description == "of 2022"
    assert about(name="") == (derived, "of 2022")
    with pytest.raises(QAError, match="has 61 characters, expected 60 at most"):
        about(name="n" * 61)
    with pytest.raises(QAError, match="expected what can be printed"):
        about(name="\x1b[2J")


def test_there_is_a_way_back(sources: Path, index: ArticleIndex, place: str, encoder: WordEncoder) -> None:
    first, count = store(place).current(), index.manifest.articles
    with pytest.raises(QAError, match="no generation before"):
        store(place).roll_back()
    (sources / "new.txt").write_text("Something new.")
    build(sources, place, encoder)
    assert store(place).roll_back()[0] == first
    assert open_index(place, encoder).manifest.articles == count
    assert build(sources, place, encoder).added == 1
    assert read_info(place)[1].articles == count + 1


def test_what_fails_changes_nothing(
    sources: Path, index: ArticleIndex, place: str, encoder: WordEncoder
) -> None:
    before = store(place).current()
    shutil.rmtree(sources)
    sources.mkdir()
    (sources / "empty.txt").write_text("")
    with pytest.raises(QAError, match="no article in the sources"):
        build(sources, place, encoder)
    assert store(place).current() == before
    assert list(verify(place, encoder))[-1].startswith("vectors: ")


def test_one_writer_at_a_time(place: str, sources: Path, index: ArticleIndex, encoder: WordEncoder) -> None:
    with store(place).write(), pytest.raises(IndexBusyError, match="another process is writing the index"):
        build(sources, place, encoder)


def test_another_model_is_refused(index: ArticleIndex, place: str) -> None:
    with pytest.raises(
        IndexMismatchError, match=r"the index was made with fake .*qa index --rebuild --index"
    ):
        open_index(place, WordEncoder("other"))


def test_no_index_is_said(place: str, encoder: WordEncoder) -> None:
    for look in (store(place).current, store(place).open, lambda: read_info(place), store(place).roll_back):
        with pytest.raises(NoIndexError, match="there is no index"):
            look()


def test_a_question_is_answered_alike(
    index: ArticleIndex, sources: Path, tmp_path: Path, encoder: WordEncoder
) -> None:
    build(sources, str(tmp_path / "files"), encoder)
    here, files = QA(index), QA(open_index(tmp_path / "files", encoder))
    for question in ("Who scored in the cup?", "Where did the last heron fly?", "What flooded the market?"):
        assert here.search(question)[0].passage == files.search(question)[0].passage
        assert here.ask(question).answerable == pytest.approx(files.ask(question).answerable, abs=0.03)
    assert here.why("Who won the cup?", "sport/cup.md").rank == 1


def test_each_article_has_the_terms_of_its_language(
    sources: Path, place: str, encoder: WordEncoder, tmp_path: Path
) -> None:
    german = "In der Nacht stieg der Fluss um zwei Meter. Die Häuser am Marktplatz wurden überflutet."
    (sources / "fluss.txt").write_text(german, "utf-8")
    (sources / "river.txt").write_text("夜间河水上涨。学校关闭，超市开放。", "utf-8")
    build(sources, place, encoder)
    index = open_index(place, encoder)
    languages = {"fluss.txt": "de", "river.txt": "zh"}
    articles = list(index.catalog.all_articles())
    assert {article.id: article.language for article in articles} == {
        article.id: languages.get(article.id, "en") for article in articles
    }
    numbers = np.array([index.catalog.number(id) for id in ("fluss.txt", "bridge.md", "river.txt")])
    assert index.catalog.languages(numbers) == ["de", "en", "zh"]
    assert index.manifest.languages == {"en": len(articles) - 2, "de": 1, "zh": 1}
    assert index.article_words.languages == ("en", "de", "zh")

    def found(question: str) -> list[str]:
        numbers, _ = index.article_words.search(question, 3)
        named = index.catalog.articles(numbers)
        return [named[int(number)].id for number in numbers]

    assert found("Welches Haus war überflutet?") == ["fluss.txt"]
    assert found("河水") == ["river.txt"]
    assert found("学上") == []
    with QA.open(place, encoder, reader="none") as qa:
        assert [ranked.passage.article.id for ranked in qa.search("超市 河水", 1)] == ["river.txt"]
        why = qa.why("Welche Häuser?", "fluss.txt")
        assert [(word.word, word.term, word.article) for word in why.words][:1] == [("Häuser", "haus", True)]
        [answer] = qa.ask("Welche Häuser wurden in der Nacht überflutet?", 1).passages
        assert answer.passage.article.language == "de"
    kept = build(sources, place, encoder)
    assert (kept.published, kept.languages) == (False, index.manifest.languages)
