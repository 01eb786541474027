"""An article by what people call it: its id, path, address or title."""

import re
from difflib import get_close_matches

from embeddings.errors import QueryError
from embeddings.index.index import ArticleIndex
from embeddings.index.parts import ArticleCatalog
from embeddings.types import Article

_SIMILAR = 5


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
    """Articles that may have been meant: by letters of id or title, then by words."""
    names: dict[str, str] = {}
    for article in index.catalog.headings():
        names |= dict.fromkeys((article.id.casefold(), article.title.casefold()), article.id)
    asked = wanted.casefold()
    holding = [name for name in names if asked in name][:_SIMILAR]
    ids = [names[name] for name in (*holding, *get_close_matches(asked, names, _SIMILAR))]
    numbers, _ = index.article_words.search(wanted, _SIMILAR)
    matching = index.catalog.articles(numbers)
    ids += [matching[int(number)].id for number in numbers]
    found = (index.catalog.article(id) for id in list(dict.fromkeys(ids))[:_SIMILAR])
    return tuple(article for article in found if article)


def _by_path(article: Article, wanted: str) -> bool:
    return article.path is not None and article.path.removeprefix("./") == wanted.removeprefix("./")


def _by_address(article: Article, wanted: str) -> bool:
    return bool(article.url) and _address(article.url or "") == _address(wanted)


def _by_title(article: Article, wanted: str) -> bool:
    return " ".join(article.title.split()).casefold() == " ".join(wanted.split()).casefold()


def _address(url: str) -> str:
    return re.sub(r"^\w+://", "", url.strip()).removeprefix("www.").rstrip("/").casefold()
