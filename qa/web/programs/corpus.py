"""What a program can ask of the corpus, each in JSON's own types."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from embeddings.errors import QueryError
from embeddings.types import Article, Filter
from qa.types import pages_json
from qa.web.live_corpora import LiveCorpora

MOST = 100
"""Passages or articles that one call returns."""
LONGEST_PART = 100_000
"""Characters of an article that one call returns."""
PART = 20_000
"""Characters of an article where no end is given."""
_OWN = ("index", "read_from")
"""Paths of this machine, which are its owner's business."""


class NoArticleError(QueryError):
    """No article has the id that was given."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """The operations. Each raises QAError for what it cannot serve."""

    live: LiveCorpora

    def ask(
        self,
        question: str,
        top_k: int = 5,
        since: str | None = None,
        until: str | None = None,
        sources: Sequence[str] | None = None,
        as_of: str | None = None,
        after: str | None = None,
        corpus: str | None = None,
    ) -> dict[str, Any]:
        narrow = _filter(since, until, sources, as_of)
        return self.live.result(question, _number(top_k), narrow, after, corpus).to_json()

    def search(
        self,
        text: str,
        top_k: int = 10,
        since: str | None = None,
        until: str | None = None,
        sources: Sequence[str] | None = None,
        as_of: str | None = None,
        corpus: str | None = None,
    ) -> dict[str, Any]:
        found = self.live.passages(text, _number(top_k), _filter(since, until, sources, as_of), corpus)
        return {"passages": [ranked.to_json() for ranked in found]}

    def articles(
        self, text: str = "", first: int = 0, count: int = 50, corpus: str | None = None
    ) -> dict[str, Any]:
        words = text.casefold().split()
        matching = [found for found in self.live.articles(corpus) if _holds(words, found[1])]
        first = max(first, 0)
        shown = matching[first : first + min(max(count, 1), MOST)]
        return {"articles": [_heading(of, article) for of, article in shown], "total": len(matching)}

    def read(
        self, id: str, start: int = 0, end: int | None = None, corpus: str | None = None
    ) -> dict[str, Any]:
        found = self.live.article(id, corpus)
        if not found:
            raise NoArticleError(f"no article has the id {id!r}: take it from a passage or from the list")
        of, article = found
        length = len(article.text)
        start = min(max(start, 0), length)
        end = min(max(end if end is not None else start + PART, start), start + LONGEST_PART, length)
        return {
            **_heading(of, article),
            "length": length,
            "start": start,
            "end": end,
            "pages": pages_json(article.on_pages(start, end)),
            "text": article.text[start:end],
        }

    def info(self, corpus: str | None = None) -> dict[str, Any]:
        return _public(self.live.info(corpus))

    def corpora(self) -> dict[str, Any]:
        return {"corpora": [_public(one) for one in self.live.described()]}


def _public(described: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in described.items() if key not in _OWN}


def _heading(corpus: str | None, article: Article) -> dict[str, Any]:
    return {
        **({"corpus": corpus} if corpus else {}),
        "id": article.id,
        "title": article.title,
        "url": article.url,
        "date": article.date,
        "source": article.source,
    }


def _filter(since: str | None, until: str | None, sources: Sequence[str] | None, as_of: str | None) -> Filter:
    return Filter(since or None, until or None, tuple(sources or ()), as_of or None)


def _number(top_k: int) -> int:
    if top_k > MOST:
        raise QueryError(f"the number of passages is {top_k}, expected {MOST} at most")
    return top_k


def _holds(words: Sequence[str], article: Article) -> bool:
    text = f"{article.title} {article.source or ''} {article.date or ''}".casefold()
    return all(word in text for word in words)
