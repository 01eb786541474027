"""The conversation: each question with the evidence it was answered from, and what leaves the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from markupsafe import Markup

from embeddings.types import Article, Filter
from qa.types import RankedPassage, Result
from qa.web.cards import breaks_of, day, heading, inside_of, origin, paged, quotation, title
from qa.web.reasons import Term, bears
from qa.wording.markup import element, join, safe_address
from qa.wording.phrases import NO_ANSWER, NO_PASSAGE, likelihood, others, pages
from qa.wording.safe_text import json_text

RELATED = "The nearest passages are shown as related."
KEPT = 50
"""Questions that a conversation remembers."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of one visitor, with its result, or with the reason why there is none."""

    question: str
    narrow: Filter
    result: Result | None = None
    terms: frozenset[str] = frozenset()
    """The question's rare words, as the index has them."""
    error: str | None = None
    corpus: str | None = None
    """The one that was asked, where there are several and not all were."""

    @property
    def days(self) -> tuple[str, ...]:
        """Days of the passages that match, many more than are shown."""
        return self.result.days if self.result else ()

    @property
    def read_as(self) -> str | None:
        """The question as it was read, where that is not as it was asked."""
        read = self.result.understood if self.result else self.question
        return read if read != self.question else None


def extended(turns: Sequence[Turn], turn: Turn) -> tuple[Turn, ...]:
    """`turns` with another, the oldest dropped beyond what is kept."""
    return (*turns, turn)[-KEPT:]


def messages(turns: Sequence[Turn]) -> list[dict[str, Any]]:
    """The conversation for a chatbot that shows HTML: everything in it is escaped."""
    return [message for turn in turns for message in _messages(turn)]


def _messages(turn: Turn) -> list[dict[str, Any]]:
    return [
        {"role": "user", "content": _plain(turn.question)},
        {"role": "assistant", "content": [{"type": "text", "text": _plain(line)} for line in reply(turn)]},
    ]


def _plain(text: str) -> str:
    return escape(" ".join(text.split()), quote=False)


def reply(turn: Turn) -> list[str]:
    """What is said first, and what stands under it."""
    if turn.error or not turn.result:
        return [_sentence(turn.error or "there is no result")]
    answer = turn.result.answer
    if not answer:
        return [NO_ANSWER, RELATED] if turn.result.passages else [NO_ANSWER, NO_PASSAGE]
    short = [answer.short_text] if answer.short else []
    said = (title(answer.article), origin(answer.article, answer.pages), answer.corpus)
    source = " — ".join(part for part in said if part)
    return [*short, answer.text, source]


def _sentence(message: str) -> str:
    return f"{message[:1].upper()}{message[1:]}."


def turn_of(message: int) -> int:
    """The turn that a message belongs to: each has two."""
    return message // 2


def lead(turn: Turn | None) -> Markup:
    """What stands over the evidence: whose it is, and what it is."""
    if not turn:
        return element("p", "Ask a question: the passages that answer it appear here.", class_="empty")
    return element(
        "header",
        element("p", turn.question, class_="asked", dir="auto"),
        element("p", narrowed(turn.narrow), class_="narrowed") if turn.narrow else None,
        element("h2", _kind(turn.result), class_="kind"),
        element("p", likelihood(turn.result), class_="likely") if turn.result else None,
        *(element("p", said, class_="others", dir="auto") for said in _others(turn.result)),
        class_="lead",
    )


def _others(result: Result | None) -> list[str]:
    return others(result) if result else []


def _kind(result: Result | None) -> str:
    if not result or not result.passages:
        return "No passages"
    return "The answer, where it stands" if result.answer else "Related passages"


def narrowed(narrow: Filter) -> str:
    """`narrow` in words."""
    since, until = day(narrow.since), day(narrow.until)
    span = f"{since} to {until}" if since and until else f"since {since}" if since else f"until {until}"
    parts = [span if since or until else None, ", ".join(narrow.sources) or None]
    only = "; ".join(part for part in parts if part)
    asked = f"As of {day(narrow.as_of)}" if narrow.as_of else None
    return ". ".join(part for part in (asked, f"Only {only}" if only else None) if part)


def bearing(turn: Turn, term: Term) -> list[bool]:
    """Of each passage, best first, whether it is the first, has the question's words, or holds an answer."""
    if not turn.result:
        return []
    given = [turn.result.answer, *turn.result.agreeing, *turn.result.differing]
    return [
        ranked.rank == 1
        or bears(ranked, turn.terms, term)
        or any(inside_of(ranked, answer) for answer in given)
        for ranked in turn.result.passages
    ]


def opened(result: Result, ranked: RankedPassage, term: Term) -> Markup:
    """The whole article, its passage set off, the answer marked, all its passages numbered in the margin."""
    article, passage = ranked.passage.article, ranked.passage
    others = [one for one in result.passages if one.passage.article.id == article.id and one != ranked]
    parts: list[Markup] = []
    breaks, at = breaks_of(article), 0
    for one in sorted([ranked, *others], key=lambda one: (one.passage.start, one != ranked)):
        start, end = one.passage.start, one.passage.end
        apart = one == ranked or start >= passage.end or end <= passage.start
        if start < at or not apart:  # passages may share a sentence: the opened one has it
            continue
        inside = quotation(article.text, (start, end), inside_of(one, result.answer), term, breaks)
        name = "opened-passage" if one == ranked else None
        kind = "passage" if one == ranked else "passage further"
        parts += [
            paged(article, at, start),
            element("span", inside, class_=kind, id=name, data_rank=one.rank),
        ]
        at = end
    return whole(article, join([*parts, paged(article, at, len(article.text))]), ranked.corpus)


def whole(article: Article, text: Markup | None = None, corpus: str | None = None) -> Markup:
    """An article to be read and searched; `text` is its text where something in it is set off."""
    label = "Whole article"
    find = element(
        "search",
        element(
            "input", type="search", placeholder="Find in this article", aria_label="Find in this article"
        ),
        element(
            "button", "↑", type="button", data_find=-1, aria_label="Previous match", title="Previous match"
        ),
        element("button", "↓", type="button", data_find=1, aria_label="Next match", title="Next match"),
        element("output", class_="count", aria_live="polite"),
        class_="find",
    )
    shown = text or paged(article, 0, len(article.text))
    return element(
        "article",
        heading(article, corpus=corpus),
        find,
        element("div", shown, class_="whole", dir="auto", tabindex=0, role="region", aria_label=label),
        class_="card opened",
    )


def citation(text: str, article: Article, on: tuple[int, int] | None = None) -> str:
    """A quotation with its source and the pages that it stands on, in one line."""
    parts = [title(article), article.source, day(article.date), pages(on), safe_address(article.url)]
    return f"“{' '.join(text.split())}” " + ", ".join(part for part in parts if part)


def citations(result: Result) -> str:
    """The answer's citation, or those of the passages where there is no answer."""
    if result.answer:
        return citation(result.answer.text, result.answer.article, result.answer.pages)
    passages = [ranked.passage for ranked in result.passages]
    return "\n\n".join(citation(passage.text, passage.article, passage.pages) for passage in passages)


def as_markdown(result: Result) -> str:
    """The answer with its evidence, to take away."""
    lines = [f"# {' '.join(result.question.split())}", ""]
    if result.answer and result.answer.short:
        lines += [f"**{_line(result.answer.short_text)}**", ""]
    lines += [f"> {_line(result.answer.text)}", ""] if result.answer else [NO_ANSWER, ""]
    lines += ["## Evidence" if result.answer else "## Related passages"]
    for ranked in result.passages:
        article = ranked.passage.article
        facts = [ranked.corpus, origin(article, ranked.passage.pages), safe_address(article.url)]
        lines += ["", f"{ranked.rank}. **{title(article)}** · {' · '.join(fact for fact in facts if fact)}"]
        lines += ["", f"   > {_line(ranked.passage.text)}"]
    return "\n".join(lines) + "\n"


def _line(text: str) -> str:
    return " ".join(text.split())


def as_json(result: Result) -> str:
    """`result` as JSON to be copied."""
    return json_text(result.to_json())
