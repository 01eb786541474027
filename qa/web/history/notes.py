"""Conversations and the reading list to take away: Markdown, HTML that a word processor opens, JSON."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from markupsafe import Markup

from embeddings.types import Article
from qa.types import pages_json
from qa.web.cards import day, quotation, title
from qa.web.history.conversations import Asked, Conversation
from qa.web.history.reading_list import Pin
from qa.web.turns import narrowed, reply
from qa.wording.markup import element, join, safe_address
from qa.wording.phrases import agreement, by_corpus, differences, pages
from qa.wording.safe_text import json_text

Talk = tuple[Conversation, Sequence[Asked]]
READING_LIST = "Reading list"
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")
_STYLE = Markup("body{font:12pt Georgia,serif;max-width:42em;margin:2em auto}mark{background:#fde68a}")


class Sources:
    """Numbers of the articles that a note cites, in the order in which it first does."""

    def __init__(self) -> None:
        self.articles: list[Article] = []

    def number(self, article: Article) -> int:
        places = [at for at, known in enumerate(self.articles, 1) if known == article]
        if not places:
            self.articles.append(article)
        return places[0] if places else len(self.articles)

    def cite(self, article: Article, on: tuple[int, int] | None) -> str:
        """The number of `article`, and the pages that are quoted."""
        return ", ".join(part for part in (str(self.number(article)), pages(on)) if part)


def conversations_json(talks: Iterable[Talk]) -> str:
    """`talks` whole, with every passage shown and its source, as JSON."""
    return json_text(
        {
            "conversations": [
                {
                    **asdict(talk),
                    "turns": [
                        {
                            "asked": asked.at,
                            "question": asked.turn.question,
                            "narrow": asdict(asked.turn.narrow),
                            "error": asked.turn.error,
                            "result": asked.turn.result.to_json() if asked.turn.result else None,
                        }
                        for asked in turns
                    ],
                }
                for talk, turns in talks
            ]
        }
    )


def reading_json(pins: Iterable[Pin]) -> str:
    """`pins` with their sources, as JSON."""
    return json_text(
        {"pins": [{"number": pin.number, "pinned": pin.pinned, **_excerpt(pin)} for pin in pins]}
    )


def _excerpt(pin: Pin) -> dict[str, Any]:
    found = pin.excerpt
    article = {name: getattr(found.article, name) for name in ("id", "title", "url", "date", "source")}
    span = {"start": found.start, "end": found.end, "pages": pages_json(found.pages), "text": found.text}
    answer = found.answer.to_json() if found.answer else None
    return {"question": found.question, "article": article, **span, "answer": answer}


def conversations_markdown(talks: Iterable[Talk]) -> str:
    """`talks` as notes in Markdown, what is quoted numbered and its sources listed below."""
    return "\n".join(_talk_markdown(talk, turns) for talk, turns in talks)


def _talk_markdown(talk: Conversation, turns: Sequence[Asked]) -> str:
    lines, sources = [f"# {_plain(talk.title)}", ""], Sources()
    for asked in turns:
        turn = asked.turn
        lines += [f"## {_plain(turn.question)}", "", f"*{_when(asked.at)}*", ""]
        lines += [f"{_plain(said)}\n" for said in _remarks(asked)]
        answer = turn.result.answer if turn.result else None
        if answer:
            lines += [f"**{_plain(answer.short_text)}**\n"] if answer.short else []
            lines += [f"> {_plain(answer.text)} [{sources.cite(answer.article, answer.pages)}]", ""]
        passages = turn.result.passages if turn.result else ()
        lines += ["Passages:", ""] if passages else []
        for ranked in passages:
            cited = sources.cite(ranked.passage.article, ranked.passage.pages)
            corpus = f" ({_plain(ranked.corpus)})" if ranked.corpus else ""
            lines += [f"{ranked.rank}. “{_plain(ranked.passage.text)}” [{cited}]{corpus}"]
        lines += [""] if passages else []
    return "\n".join([*lines, *_sources_markdown(sources)])


def reading_markdown(pins: Sequence[Pin]) -> str:
    """`pins` as a note in Markdown, numbered, with the sources listed below."""
    lines, sources = [f"# {READING_LIST}", ""], Sources()
    for pin in pins:
        found = pin.excerpt
        lines += [f"> {_plain(found.text)} [{sources.cite(found.article, found.pages)}]", ""]
        lines += [f"On the question: {_plain(found.question)}", ""]
    return "\n".join([*lines, *_sources_markdown(sources)])


def _sources_markdown(sources: Sources) -> list[str]:
    if not sources.articles:
        return []
    cited = [f"{number}. {_plain(_source(article))}" for number, article in enumerate(sources.articles, 1)]
    return ["## Sources", "", *cited, ""]


def conversations_html(talks: Iterable[Talk], name: str) -> str:
    """`talks` as a page that stands alone and that Word opens; `name` is its title."""
    return _page(name, [part for talk, turns in talks for part in _talk_html(talk, turns)])


def _talk_html(talk: Conversation, turns: Sequence[Asked]) -> list[Markup]:
    parts, sources = [element("h1", talk.title)], Sources()
    for asked in turns:
        result = asked.turn.result
        parts += [element("h2", asked.turn.question), element("p", element("em", _when(asked.at)))]
        parts += [element("p", said) for said in _remarks(asked)]
        answer = result.answer if result else None
        if answer:
            parts += [element("p", element("strong", answer.short_text))] if answer.short else []
            parts += [_quote(answer.article, (answer.start, answer.end), None, sources)]
        for ranked in result.passages if result else ():
            passage = ranked.passage
            span = passage.start, passage.end
            parts.append(_quote(passage.article, span, answer, sources, ranked.corpus))
    return [*parts, *_sources_html(sources)]


def reading_html(pins: Sequence[Pin]) -> str:
    """`pins` as a page that stands alone and that Word opens."""
    parts, sources = [element("h1", READING_LIST)], Sources()
    for pin in pins:
        found = pin.excerpt
        parts.append(_quote(found.article, (found.start, found.end), found.answer, sources))
        parts.append(element("p", f"On the question: {found.question}"))
    return _page(READING_LIST, [*parts, *_sources_html(sources)])


def _quote(
    article: Article, span: tuple[int, int], answer: Any, sources: Sources, corpus: str | None = None
) -> Markup:
    inside = answer if answer and answer.article == article else None
    named = f" ({corpus})" if corpus else ""
    text = quotation(article.text, span, inside, _no_word)
    cited = sources.cite(article, article.on_pages(*span))
    return element("blockquote", element("p", text, f" [{cited}]{named}"))


def _sources_html(sources: Sources) -> list[Markup]:
    if not sources.articles:
        return []
    return [
        element("h2", "Sources"),
        element("ol", *(element("li", *_cited(article)) for article in sources.articles)),
    ]


def _cited(article: Article) -> list[Markup]:
    address = safe_address(article.url)
    said = join([", ".join(part for part in (title(article), article.source, day(article.date)) if part)])
    return [said, *([join([", "]), element("a", address, href=address)] if address else [])]


def _page(name: str, parts: Sequence[Markup]) -> str:
    head = element("head", Markup('<meta charset="utf-8">'), element("title", name), element("style", _STYLE))
    return f"<!doctype html>\n{element('html', head, element('body', *parts), lang='en')}\n"


def _remarks(asked: Asked) -> list[str]:
    """What is said of a turn beside its answer."""
    turn = asked.turn
    said = [f"Read as: {turn.read_as}" if turn.read_as else None, narrowed(turn.narrow) or None]
    said += [by_corpus(turn.result)] if turn.result else []
    if not turn.result or not turn.result.answer:
        said += reply(turn)
    else:
        said += [agreement(turn.result), differences(turn.result)]
    return [one for one in said if one]


def _source(article: Article) -> str:
    parts = [title(article), article.source, day(article.date), safe_address(article.url)]
    return ", ".join(part for part in parts if part)


def _when(at: str) -> str:
    return f"{day(at[:10])}, {at[11:16]} UTC"


def _plain(text: str) -> str:
    """`text` in one line in which nothing is markup."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _no_word(*_: str | None) -> None:
    return None
