"""Several years of one event, such as an award: the newest before the day asked comes first."""

import re
from collections.abc import Sequence
from datetime import date

import numpy as np
from rapidfuzz.fuzz import token_sort_ratio
from rapidfuzz.process import cdist

from embeddings.index.index import ArticleIndex
from embeddings.types import Article, Numbers, Vectors

FIRST = 20
"""Articles among which years of one event are looked for."""
CLOSE = 0.1
"""By how much one year may score more than another and still be no likelier to be meant."""
_APART = 250
"""Days between two years of one event, at least: awards and elections move by some months."""
_ALIKE = 80
"""Of titles without their years and numbers: rapidfuzz's ratio of their words, 100 for equals."""
_COUNTED = re.compile(r"['’]?\b\d+(?:st|nd|rd|th)?\b|[^\w\s]")


def gains(
    index: ArticleIndex, question: str, articles: Numbers, scores: Vectors, nearness: Vectors
) -> Vectors:
    """What each passage, best first, gains by its article being of the year that is likelier meant.

    That is the one nearest to the days asked about, then the newest. It takes the place of the best of those
    that score nearly the same, and that one its own; but a year that lacks words of the question that the
    best one has, such as a winner's name, is not meant.
    """
    words = index.article_words
    asked = {language: set(words.terms(question, language)) for language in words.languages}

    def held(number: int) -> set[str]:
        article = named[number]
        text = f"{article.title}\n{article.text}"
        return asked[article.language] & set(words.terms(text, article.language))

    gained = np.zeros(len(scores), np.float32)
    unique, firsts = np.unique(articles, return_index=True)
    best = sorted(zip(firsts.tolist(), unique.tolist(), strict=True))[:FIRST]
    numbers = [number for _, number in best]
    named = index.catalog.articles(numbers)
    day_of = index.catalog.days(np.array(numbers, np.int64)).tolist()
    days = dict(zip(numbers, day_of, strict=True))
    for group in _groups([named[number] for number in numbers], day_of):
        places = [best[at] for at in group]
        top = float(scores[places[0][0]])
        places = [place for place in places if top - float(scores[place[0]]) <= CLOSE]
        has = held(places[0][1])
        places = [place for place in places if has <= held(place[1])]
        likelier = sorted(places, key=lambda place: (-nearness[place[0]], -days[place[1]]))
        for (first, number), (taken, _) in zip(likelier, places, strict=True):
            gained[articles == number] += np.float32(scores[taken] - scores[first])
    return gained


def other_years(article: Article, others: Sequence[Article]) -> tuple[Article, ...]:
    """Of `others`, those of other years of the event that `article` is of, newest first, one a year."""
    every = [article, *(other for other in others if other.id != article.id)]
    days = [_day(one) for one in every]
    group = next((group for group in _groups(every, days) if 0 in group), [])
    years: dict[str, Article] = {}
    for at in sorted(group, key=lambda at: -days[at]):
        years.setdefault((every[at].date or "")[:4], every[at])
    return tuple(one for year, one in years.items() if year != (article.date or "")[:4])


def _groups(articles: Sequence[Article], days: Sequence[float]) -> list[list[int]]:
    """Places in `articles` that are years of one event, in order: at least two, each in one group."""
    titles = [" ".join(_COUNTED.sub(" ", article.title).casefold().split()) for article in articles]
    alike = cdist(titles, titles, scorer=token_sort_ratio, score_cutoff=_ALIKE) > 0
    groups: list[list[int]] = []
    taken: set[int] = set()
    for at, title in enumerate(titles):
        if not title or at in taken or np.isnan(days[at]):
            continue
        group = [at]
        for other in range(at + 1, len(titles)):
            apart = all(abs(days[other] - days[one]) >= _APART for one in group)
            if alike[at, other] and other not in taken and apart:
                group.append(other)
        if len(group) > 1:
            groups.append(group)
            taken.update(group)
    return groups


def _day(article: Article) -> float:
    return float(date.fromisoformat(article.date).toordinal()) if article.date else float("nan")
