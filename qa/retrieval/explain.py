"""Why an article stands where it does for a question, or does not: QA.why."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from embeddings.index.index import ArticleIndex
from embeddings.index.parts import ArticleCatalog
from embeddings.text.analysis import bare, has_spaces
from embeddings.types import Article, Filter, Numbers, Vectors
from qa.retrieval.coverage import Coverage
from qa.retrieval.lookup import find, similar
from qa.retrieval.ranking import POOL, Query, Ranking, rank
from qa.types import RankedPassage, Signals

_CLOSEST = 3
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Place:
    """What an article has of one signal, and where that puts it."""

    signal: str
    """A field of Signals, or `score`, the fusion of them all."""
    value: float
    """Of the article's best passage."""
    rank: int | None
    """Among all articles that pass the filters, equals alike; None where no word matches."""
    best: float
    """What the article has that is first when everything is fused."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the question, and where it was found."""

    word: str
    term: str
    """As it is indexed."""
    weight: float
    """Share of the question's total idf, 0 to 1."""
    passage: bool
    """Whether the closest passage has it, or the title."""
    article: bool
    """Whether the article has it anywhere."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an article does or does not come first."""

    question: str
    wanted: str
    """The article as it was asked for."""
    article: Article | None
    """None where it is not indexed; nothing else is known then but what is `similar`."""
    similar: tuple[Article, ...] = ()
    dropped: tuple[str, ...] = ()
    """The filters that leave it out, with the reason; all ranks are then as without filters."""
    copy_of: Article | None = None
    """The copy of the same report that is shown in its stead."""
    rank: int | None = None
    """Its own or its copy's among the candidates' articles, as `qa ask` ranks them; None without one."""
    candidates: int = 0
    """Articles with a candidate passage."""
    pool: int = 0
    """Passages that each search offers as candidates."""
    articles: int = 0
    """Articles that were compared."""
    places: tuple[Place, ...] = ()
    """By each signal that says anything, then fused, had every passage been a candidate."""
    passages: tuple[RankedPassage, ...] = ()
    """The article's closest, best first; their ranks are among all passages."""
    words: tuple[Word, ...] = ()
    first: Article | None = None
    """The article that comes first instead."""

    def to_json(self) -> dict[str, Any]:
        """As `qa why --json` prints it."""
        return {
            "question": self.question,
            "wanted": self.wanted,
            "indexed": self.article is not None,
            "article": _named(self.article),
            "similar": [_named(article) for article in self.similar],
            "dropped": list(self.dropped),
            "copy_of": _named(self.copy_of),
            "rank": self.rank,
            "candidates": self.candidates,
            "pool": self.pool,
            "articles": self.articles,
            "places": [_rounded(asdict(place)) for place in self.places],
            "passages": [place.to_json() for place in self.passages],
            "words": [_rounded(asdict(word)) for word in self.words],
            "first": _named(self.first),
        }


def explain(
    index: ArticleIndex, query: Query, wanted: str, narrow: Filter, grouped: bool = True
) -> Explanation:
    """Where the article `wanted` (its id, path, address or title) stands for `query`.

    Every passage is compared, not the candidates alone: time and memory grow with the corpus. Raises
    QueryError where several articles are called so.
    """
    wanted = wanted.encode("utf-8", "replace").decode()
    article = find(index.catalog, wanted)
    number = index.catalog.number(article.id) if article else None
    if article is None or number is None:
        return Explanation(query.text, wanted, None, similar(index, wanted))
    dropped = left_out(article, narrow)
    narrow = Filter() if dropped else narrow
    candidates = rank(index, query, narrow, 1, grouped)
    every = rank(index, query, narrow, index.manifest.passages, grouped=False)
    order = list(dict.fromkeys(candidates.articles.tolist()))
    shown = _shown(index.catalog, number, order) if grouped else number
    closest = np.flatnonzero(every.articles == number)[:_CLOSEST]
    ranked = tuple(
        RankedPassage(
            int(place) + 1,
            passage,
            float(every.scores[place]),
            Signals(**{name: float(values[place]) for name, values in every.signals.items()}),
        )
        for place, passage in zip(closest, index.catalog.passages(every.numbers[closest]), strict=True)
    )
    first = next(iter(order), number)
    named = index.catalog.articles({shown, first})
    return Explanation(
        query.text,
        wanted,
        article,
        dropped=dropped,
        copy_of=named[shown] if shown != number else None,
        rank=order.index(shown) + 1 if shown in order else None,
        candidates=len(order),
        pool=POOL,
        articles=len(np.unique(every.articles)),
        places=tuple(_places(every, number, first)) if ranked else (),
        passages=ranked,
        words=tuple(_words(index, query.text, article, ranked)),
        first=named[first] if first != shown else None,
    )


def _shown(catalog: ArticleCatalog, number: int, order: Sequence[int]) -> int:
    """The article of `order` that has the report of the article `number`; `number` without one."""
    story, *others = catalog.stories(np.array([number, *order], np.int64))
    return next((other for other, its_story in zip(order, others, strict=True) if its_story == story), number)


def left_out(article: Article, narrow: Filter) -> tuple[str, ...]:
    """The reasons for which `narrow` leaves `article` out."""
    day, source = article.date, article.source
    reasons = []
    if narrow.since and not (day and day >= narrow.since):
        reasons.append(f"since {narrow.since}: the article has {f'the date {day}' if day else 'no date'}")
    if narrow.until and not (day and day <= narrow.until):
        reasons.append(f"until {narrow.until}: the article has {f'the date {day}' if day else 'no date'}")
    if narrow.as_of and not (day and day <= narrow.as_of):
        reasons.append(f"as of {narrow.as_of}: the article has {f'the date {day}' if day else 'no date'}")
    if narrow.sources and source not in narrow.sources:
        names = ", ".join(narrow.sources)
        reasons.append(f"source {names}: the article is from {source or 'no named publisher'}")
    return tuple(reasons)


def _places(every: Ranking, number: int, first: int) -> Iterable[Place]:
    for name, values in {**every.signals, "score": every.scores}.items():
        if not values.any():
            continue
        articles, best = _best(every, values)
        value = float(best[articles == number][0])
        above = int((best > value).sum())
        yield Place(name, value, above + 1 if value else None, float(best[articles == first][0]))


def _best(every: Ranking, values: Vectors) -> tuple[Numbers, Vectors]:
    """The articles' numbers, and of each the best of `values`."""
    articles, inverse = np.unique(every.articles, return_inverse=True)
    best = np.full(len(articles), -np.inf, np.float32)
    np.maximum.at(best, inverse, values)
    return articles, best


def _words(
    index: ArticleIndex, question: str, article: Article, ranked: tuple[RankedPassage, ...]
) -> Iterable[Word]:
    words = index.article_words
    language = article.language
    shares = Coverage.of(question, words).shares(language)
    spelled = {
        term: word for word in reversed(_WORD.findall(question)) for term in words.terms(word, language)
    }
    title = set(words.terms(article.title, language))
    inside = title | set(words.terms(article.text, language))
    closest = title | set(words.terms(ranked[0].passage.text, language) if ranked else ())
    for term, share in sorted(shares.items(), key=lambda item: -item[1]):
        yield Word(_spelled(term, spelled, language), bare(term), share, term in closest, term in inside)


def _spelled(term: str, words: dict[str, str], language: str) -> str:
    """The word of the question that `term` stands for; itself where it is but a part of one."""
    return words.get(term, bare(term)) if has_spaces(language) else bare(term)


def _named(article: Article | None) -> dict[str, Any] | None:
    keys = ("id", "title", "url", "date", "source", "path")
    return {key: getattr(article, key) for key in keys} if article else None


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    return {key: round(value, 6) if isinstance(value, float) else value for key, value in values.items()}
