"""What Gradio's own clients call by name: the operations of `programs/corpus.py`, with their defaults."""

from collections.abc import Callable
from typing import Any, TypeVar

from embeddings.errors import QAError
from qa.web.live_corpora import LiveCorpora
from qa.web.programs.corpus import Corpus

T = TypeVar("T")


def functions(live: LiveCorpora, failure: Callable[[str], Exception]) -> list[Callable[..., Any]]:
    """The six operations by their names; what they cannot serve they raise as `failure`."""
    offered = Corpus(live)

    def ask(
        question: str,
        top_k: int = 5,
        since: str | None = None,
        until: str | None = None,
        sources: list[str] | None = None,
        as_of: str | None = None,
        after: str | None = None,
        corpus: str | None = None,
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
            after: The question before, from which words that this one leaves out are carried over.
            corpus: Only this corpus, named as in `corpora`; without it all of them.

        Returns:
            understood (the question as it was read), answer (text, article, start, end, and pages: the
            first and the last; null where the corpus does not seem to answer), answerable (0 to 1),
            passages and ms.

        """
        return _foreseen(
            failure, lambda: offered.ask(question, top_k, since, until, sources, as_of, after, corpus)
        )

    def search(
        text: str,
        top_k: int = 10,
        since: str | None = None,
        until: str | None = None,
        sources: list[str] | None = None,
        as_of: str | None = None,
        corpus: str | None = None,
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
            corpus: Only this corpus, named as in `corpora`; without it all of them.

        Returns:
            Passages, best first: article, start, end, pages, text, score, signals, title, url, date,
            source, and the copies of the same report in other articles (also).

        """
        found = _foreseen(failure, lambda: offered.search(text, top_k, since, until, sources, as_of, corpus))
        return list(found["passages"])

    def articles(
        text: str = "", first: int = 0, count: int = 50, corpus: str | None = None
    ) -> list[dict[str, Any]]:
        """
        List the indexed articles, without their texts.

        Args:
            text: Only articles whose title, publisher or date holds each of these words.
            first: How many matching articles to pass over.
            count: How many to return, 1 to 100.
            corpus: Only this corpus, named as in `corpora`; without it all of them.

        Returns:
            Articles: id, title, url, date, source.

        """
        return list(_foreseen(failure, lambda: offered.articles(text, first, count, corpus))["articles"])

    def read(id: str, start: int = 0, end: int | None = None, corpus: str | None = None) -> dict[str, Any]:
        """
        Read an article, or the part of its text from character `start` to `end`.

        Args:
            id: The article's id, as in a passage or in the list of articles.
            start: The first character.
            end: The character after the last one; without it 20,000 characters are returned.
            corpus: Only this corpus, named as in `corpora`; needed where two have an article of this id.

        Returns:
            id, title, url, date, source, length (of the whole text), start, end, pages and text.

        """
        return _foreseen(failure, lambda: offered.read(id, start, end, corpus))

    def info(corpus: str | None = None) -> dict[str, Any]:
        """
        Say what is indexed.

        Args:
            corpus: Only this corpus, named as in `corpora`; without it all of them.

        Returns:
            Numbers of articles and passages, first and last day, publishers, model, when it was made.

        """
        return _foreseen(failure, lambda: offered.info(corpus))

    def corpora() -> list[dict[str, Any]]:
        """
        List the corpora that can be asked.

        Returns:
            Of each what `info` returns, with its name and what it is about.

        """
        return list(_foreseen(failure, offered.corpora)["corpora"])

    return [ask, search, articles, read, info, corpora]


def offer(live: LiveCorpora) -> None:
    """Add the functions to the page that is being made, under their names."""
    import gradio as gr

    for function in functions(live, lambda message: gr.Error(message, print_exception=False)):
        gr.api(function, api_name=function.__name__, concurrency_id="index", concurrency_limit=1)


def _foreseen(failure: Callable[[str], Exception], work: Callable[[], T]) -> T:
    try:
        return work()
    except QAError as error:
        raise failure(str(error)) from None
