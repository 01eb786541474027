"""An article by what people call it: its id, path, address or title."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from rapidfuzz.fuzz import ratio
from rapidfuzz.process import cdist

from embeddings.errors import QueryError
from embeddings.index.index import ArticleIndex
from embeddings.index.parts import ArticleCatalog
from embeddings.types import ENGLISH, Article

_SIMILAR = 5
_HOST = re.compile(r"^\s*\w+://[^/]*")
"""What all addresses of a publisher have."""
_SHORTEST = 3
"""Letters of a piece of a name."""
_ALIKE = 80
"""Of two words that may be the same with a slip: rapidfuzz's ratio, 100 for equals."""
_MOST = 0.6
"""Share of what was asked for that a name must have."""


def find(catalog: ArticleCatalog, wanted: str) -> Article | None:
    """The article whose id, path, address or title is `wanted`; addresses without scheme and titles in
    any case will do. Raises QueryError where there are several.
    """
    if not wanted.strip():
        raise QueryError("the article is not named: give its id, path, address or title")
    by_id = catalog.article(wanted)
    if by_id:
        return by_id
    for key in (_by_path, _by_address, _by_title):
        found = [article for article in catalog.headings() if key(article, wanted)]
        if len(found) > 1:
            ids = ", ".join(article.id for article in found[:_SIMILAR])
            raise QueryError(f"{len(found)} articles are called {wanted!r}: name one by its id ({ids})")
        if found:
            return catalog.article(found[0].id)
    return None


def similar(index: ArticleIndex, wanted: str) -> tuple[Article, ...]:
    """Articles that may have been meant: whose id, title, address or path is like `wanted`, the likest first.

    Alike is what holds it, or most of its words, a slip in each allowed; rare words say more than those that
    many names have.
    """
    terms: dict[str, list[str]] = {}
    holding: list[str] = []
    asked = _address(wanted)
    for article in index.catalog.headings():
        name = " ".join(filter(None, (article.id, article.title, article.url, article.path)))
        terms[article.id] = _terms(index, name)
        if len(asked) >= _SHORTEST and asked in name.casefold():
            holding.append(article.id)
    shares = _shares(_terms(index, _HOST.sub("", wanted)), terms)
    ids = [*holding, *sorted(shares, key=lambda name: -shares[name])]
    found = (index.catalog.article(id) for id in list(dict.fromkeys(ids))[:_SIMILAR])
    return tuple(article for article in found if article)


def _terms(index: ArticleIndex, name: str) -> list[str]:
    """What `name` can be known by: days and numbers of lines are in any."""
    return [term for term in index.article_words.terms(name, ENGLISH) if not term.isdigit()]


def _shares(asked: Sequence[str], terms: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Of each name that has most of `asked`, its share, each term weighed by how few names have it."""
    counts = Counter(term for of_name in terms.values() for term in of_name)
    known = list(counts)
    if not asked or not known:
        return {}
    alike = cdist(asked, known, scorer=ratio, score_cutoff=_ALIKE)
    close = [{known[place] for place in row.nonzero()[0]} for row in alike]
    weights = [math.log1p(len(terms) / max(1, sum(counts[term] for term in same))) for same in close]
    shares = {
        name: sum(weight for weight, same in zip(weights, close, strict=True) if not same.isdisjoint(has))
        / sum(weights)
        for name, has in terms.items()
    }
    return {name: share for name, share in shares.items() if share >= _MOST}


def _by_path(article: Article, wanted: str) -> bool:
    return article.path is not None and article.path.removeprefix("./") == wanted.removeprefix("./")


def _by_address(article: Article, wanted: str) -> bool:
    return bool(article.url) and _address(article.url or "") == _address(wanted)


def _by_title(article: Article, wanted: str) -> bool:
    return " ".join(article.title.split()).casefold() == " ".join(wanted.split()).casefold()


def _address(url: str) -> str:
    return re.sub(r"^\w+://", "", url.strip()).removeprefix("www.").rstrip("/").casefold()
