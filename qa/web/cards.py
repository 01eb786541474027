"""Passages as people read them: the answer marked, matching words underlined, and why each ranks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from types import MappingProxyType

from markupsafe import Markup

from embeddings.text.sentences import Span
from embeddings.types import Article
from qa.types import Answer, RankedPassage
from qa.web.reasons import WORD, Term, reasons
from qa.wording.markup import element, join, link
from qa.wording.phrases import pages

NO_BREAKS: Mapping[int, int] = MappingProxyType({})
_COPIES = 5
"""Copies of a report that are named."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Consecutive characters of a text that look alike."""

    text: str
    answer: bool = False
    word: bool = False
    short: bool = False
    page: int | None = None
    """The page that begins with it, where that is shown."""


def pieces(
    text: str, span: Span, answer: Answer | None, term: Term, breaks: Mapping[int, int] = NO_BREAKS
) -> list[Piece]:
    """`text[start:end]` of `span` cut where the answer, its short form and matching words begin and end.

    `breaks` has the numbers of pages by where they begin.
    """
    start, end = span
    sentence = _within(span, (answer.start, answer.end) if answer else None)
    short = _within(span, (answer.short.start, answer.short.end) if answer and answer.short else None)
    words = [found.span() for found in WORD.finditer(text, start, end) if term(found.group())]
    begins = [begin for begin in breaks if start < begin < end]
    cuts = sorted({start, end, *sentence, *short, *begins, *(cut for word in words for cut in word)})
    made = [
        Piece(
            text[first:last],
            _holds(sentence, first),
            _inside(first, words),
            _holds(short, first),
            breaks.get(first),
        )
        for first, last in pairwise(cuts)
    ]
    return [piece for piece in made if piece.text]


def _within(span: Span, part: Span | None) -> Span:
    """What of `part` lies in `span`; an empty stretch without any."""
    low, high = part or (span[0], span[0])
    low, high = max(low, span[0]), min(high, span[1])
    return (low, high) if low < high else (span[0], span[0])


def _holds(span: Span, at: int) -> bool:
    return span[0] <= at < span[1]


def _inside(at: int, words: Sequence[Span]) -> bool:
    return any(_holds(word, at) for word in words)


def inside_of(passage: RankedPassage, answer: Answer | None) -> Answer | None:
    """The answer, if it lies in this passage."""
    return answer if passage.holds(answer) else None


def quotation(
    text: str, span: Span, answer: Answer | None, term: Term, breaks: Mapping[int, int] = NO_BREAKS
) -> Markup:
    """`text[start:end]` with the answer in one `<mark>`, its short form strong, matching words underlined.

    `breaks` has the numbers of pages by where they begin: a line says so there.
    """
    before: list[Markup] = []
    marked: list[Markup] = []
    after: list[Markup] = []
    for piece in pieces(text, span, answer, term, breaks):
        shown = element("u", piece.text) if piece.word else join([piece.text])
        shown = element("strong", shown) if piece.short else shown
        shown = join([page_break(piece.page), shown]) if piece.page else shown
        (marked if piece.answer else after if marked else before).append(shown)
    return join([*before, element("mark", *marked) if marked else None, *after])


def breaks_of(article: Article) -> dict[int, int]:
    """The numbers of an article's pages, from the second on, by where they begin."""
    return {begin: number for number, begin in enumerate(article.pages, 2)}


def paged(article: Article, start: int, end: int) -> Markup:
    """`article.text[start:end]`, with a line where a page begins."""
    breaks = breaks_of(article)
    cuts = sorted({start, *(begin for begin in breaks if start < begin < end), end})
    return join(
        child
        for first, last in pairwise(cuts)
        for child in (page_break(breaks[first]) if first in breaks else None, article.text[first:last])
    )


def page_break(number: int) -> Markup:
    """Says that a page begins here; the number is no part of the text, and is not copied with it."""
    return element("span", class_="page", role="separator", aria_label=f"Page {number}", data_page=number)


def origin(article: Article, on: Span | None = None) -> str:
    """Publisher and day, as far as they are known, and the pages that are meant."""
    return " · ".join(part for part in (article.source, day(article.date), pages(on)) if part)


def title(article: Article) -> str:
    """The title of `article` in one line, or its id without one."""
    return " ".join(article.title.split()) or article.id


def day(iso: str | None) -> str | None:
    """`2022-11-03` as `3 November 2022`."""
    try:
        found = date.fromisoformat(iso or "")
    except ValueError:
        return iso
    return f"{found.day} {found:%B %Y}"


def card(
    ranked: RankedPassage,
    among: Sequence[RankedPassage],
    answer: Answer | None,
    asked: frozenset[str],
    term: Term,
) -> Markup:
    """One passage with all that is known of it; `among` and `asked` are those of `reasons`."""
    passage = ranked.passage
    quoted = quotation(passage.article.text, (passage.start, passage.end), inside_of(ranked, answer), term)
    return element(
        "article",
        heading(passage.article, str(ranked.rank), passage.pages, ranked.corpus),
        element("blockquote", quoted, class_="quotation", dir="auto"),
        _also(ranked.also),
        element("p", "; ".join(reasons(ranked, among, asked, term)), class_="why"),
        class_="card",
        tabindex=-1,
        aria_label=f"Passage {ranked.rank}: {title(passage.article)}",
    )


def _also(copies: Sequence[Article]) -> Markup | None:
    """The other articles that hold the same report."""
    if not copies:
        return None
    facts = [
        join([element("span", origin(copy) or title(copy), dir="auto"), " ", link(copy.url)])
        for copy in copies[:_COPIES]
    ]
    more = [join([f"and {len(copies) - _COPIES} more"])] if len(copies) > _COPIES else []
    return element("ul", *(element("li", fact) for fact in [*facts, *more]), class_="also")


def heading(
    article: Article, rank: str | None = None, on: Span | None = None, corpus: str | None = None
) -> Markup:
    """Title, corpus, publisher, day and link of an article, and the pages that are meant."""
    facts = [element("span", part) for part in (article.source, day(article.date), pages(on)) if part]
    facts[:0] = [element("span", corpus, class_="corpus", dir="auto")] if corpus else []
    return element(
        "header",
        element("span", rank, class_="rank", aria_hidden="true") if rank else None,
        element("h3", title(article), dir="auto"),
        element("p", *facts, link(article.url), class_="origin"),
    )
