"""What the page offers to programs: the same functions, by name, as an API and as MCP tools."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from embeddings.backends.info import describe
from embeddings.errors import QAError, QueryError
from embeddings.types import Filter
from qa.web.live import LiveQA

T = TypeVar("T")
MOST = 100
"""Passages or articles that one call returns."""


def functions(live: LiveQA, failure: Callable[[str], Exception]) -> list[Callable[..., Any]]:
    """`ask`, `search`, `articles` and `info`; what they cannot serve they raise as `failure`."""

    def ask(
        question: str,
        top_k: int = 5,
        since: str | None = None,
        until: str | None = None,
        sources: list[str] | None = None,
        as_of: str | None = None,
        after: str | None = None,
    ) -> dict[str, Any]:
        """
        Answer a question with an exact quotation from the indexed news articles, with its evidence.

        Args:
            question: The question, in words, 2,000 characters at most.
            top_k: How many ranked passages to return, 1 to 100.
            since: Only articles of this day (YYYY-MM-DD) or later.
            until: Only articles of this day (YYYY-MM-DD) or earlier.
            sources: Only these publishers, named as in `info`.
            as_of: As a reader of this day (YYYY-MM-DD): nothing later, and recent articles first.
            after: The question before, from which names that this one leaves out are carried over.

        Returns:
            understood (the question as it was read), answer (text, article, start, end; null where the
            corpus does not seem to answer), answerable (0 to 1), passages and ms.

        """
        narrow = _filter(since, until, sources, as_of)
        result = _foreseen(failure, lambda: live.result(question, _number(top_k), narrow, after))
        return result.to_json()

    def search(
        text: str,
        top_k: int = 10,
        since: str | None = None,
        until: str | None = None,
        sources: list[str] | None = None,
        as_of: str | None = None,
    ) -> list[dict[str, Any]]:
        """
        Rank passages of the indexed news articles for a question, a statement or words.

        Args:
            text: What to search for, 2,000 characters at most.
            top_k: How many passages to return, 1 to 100.
            since: Only articles of this day (YYYY-MM-DD) or later.
            until: Only articles of this day (YYYY-MM-DD) or earlier.
            sources: Only these publishers, named as in `info`.
            as_of: As a reader of this day (YYYY-MM-DD): nothing later, and recent articles first.

        Returns:
            Passages, best first: article, start, end, text, score, signals, title, url, date, source,
            and the copies of the same report in other articles (also).

        """
        narrow = _filter(since, until, sources, as_of)
        found = _foreseen(failure, lambda: live.passages(text, _number(top_k), narrow))
        return [ranked.to_json() for ranked in found]

    def articles(text: str = "", first: int = 0, count: int = 50) -> list[dict[str, Any]]:
        """
        List the indexed articles, without their texts.

        Args:
            text: Only articles whose title, publisher or date holds each of these words.
            first: How many matching articles to pass over.
            count: How many to return, 1 to 100.

        Returns:
            Articles: id, title, url, date, source.

        """
        words = text.casefold().split()
        every = _foreseen(failure, live.articles)
        found = [
            {"id": a.id, "title": a.title, "url": a.url, "date": a.date, "source": a.source} for a in every
        ]
        matching = [a for a in found if _holds(words, a["title"], a["source"], a["date"])]
        first = max(first, 0)
        return matching[first : first + min(max(count, 1), MOST)]

    def info() -> dict[str, Any]:
        """
        Say what is indexed.

        Returns:
            Numbers of articles and passages, first and last day, publishers, model, when it was made.

        """
        described = _foreseen(failure, lambda: describe(live.place))
        return {key: value for key, value in described.items() if key not in ("index", "read_from")}

    return [ask, search, articles, info]


def offer(live: LiveQA) -> None:
    """Add the functions to the page that is being made, under their names."""
    import gradio as gr

    for function in functions(live, lambda message: gr.Error(message, print_exception=False)):
        gr.api(function, api_name=function.__name__, concurrency_id="index", concurrency_limit=1)


def _filter(since: str | None, until: str | None, sources: Sequence[str] | None, as_of: str | None) -> Filter:
    return Filter(since or None, until or None, tuple(sources or ()), as_of or None)


def _number(top_k: int) -> int:
    if top_k > MOST:
        raise QueryError(f"the number of passages is {top_k}, expected {MOST} at most")
    return top_k


def _foreseen(failure: Callable[[str], Exception], work: Callable[[], T]) -> T:
    try:
        return work()
    except QAError as error:
        raise failure(str(error)) from None


def _holds(words: Sequence[str], *fields: str | None) -> bool:
    text = " ".join(field or "" for field in fields).casefold()
    return all(word in text for word in words)
