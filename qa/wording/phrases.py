"""What page and terminal say alike of a result."""

from typing import TYPE_CHECKING

from qa.types import Answer, CorpusAnswer, Result

if TYPE_CHECKING:
    from embeddings.build.changes import Changes

NO_ANSWER = "The corpus does not seem to answer this."
NO_PASSAGE = "No passage matches."
_CLEARLY, _PROBABLY = 0.85, 0.7


def is_clear(result: Result) -> bool:
    """Whether it is as good as certain that the corpus answers."""
    return result.answer is not None and result.answerable >= _CLEARLY


def likelihood(result: Result) -> str:
    """How sure it is that the corpus answers, in a word and in a figure."""
    word = _word(result.answerable)
    said = f"{word} answered" if result.answer else "Not answered in these articles"
    return f"{said} ({_figure(result.answerable)})"


def _word(likely: float) -> str:
    return "Clearly" if likely >= _CLEARLY else "Probably" if likely >= _PROBABLY else "Perhaps"


def _figure(likely: float) -> str:
    return f"{'over 99%' if likely > 0.99 else 'under 1%' if likely < 0.01 else f'{likely:.0%}'} likely"


def by_corpus(result: Result) -> str | None:
    """Of which corpus the answer is, and what the others say; None where there is only one."""
    if not result.corpora:
        return None
    first, *others = result.corpora
    if not others:
        return f"In {first.corpus}"
    if not result.answer:
        return f"Asked in {', '.join(said.corpus for said in result.corpora)}"
    said = [_says(other) for other in others]
    return f"From {first.corpus}. {'; '.join(said)}"


def _says(said: CorpusAnswer) -> str:
    if not said.answer:
        return f"{said.corpus} does not seem to answer"
    likely = f"{_word(said.answerable).lower()}, {_figure(said.answerable)}"
    return f"{said.corpus} says “{_line(said.answer.short_text)}” ({likely})"


def others(result: Result) -> list[str]:
    """What each corpus says, which articles agree, which differ, and of what other years there are some."""
    return [said for of in (by_corpus, agreement, differences, years) if (said := of(result))]


def agreement(result: Result) -> str | None:
    """How many articles give the short answer, where it is more than one."""
    if not result.answer or not result.agreeing:
        return None
    return f"{1 + len(result.agreeing)} articles say “{_line(result.answer.short_text)}”"


def differences(result: Result) -> str | None:
    """What other articles say instead, with their days."""
    others = [f"“{_line(answer.short_text)}” ({', '.join(_origin(answer))})" for answer in result.differing]
    return f"Other articles say {'; '.join(others)}" if others else None


def years(result: Result) -> str | None:
    """The other years of the same event that are there."""
    found = ", ".join(article.date[:4] for article in result.other_years if article.date)
    return f"Also: {found}" if found else None


def pages(on: tuple[int, int] | None) -> str | None:
    """The pages that something stands on, as they are cited; None where its source has none."""
    if not on:
        return None
    first, last = on
    return f"p. {first}" if first == last else f"pp. {first}-{last}"


def change_counts(changes: "Changes") -> str:
    """What became of the articles, without the kinds of which there are none."""
    kinds = ("added", "changed", "renamed", "deleted", "unchanged")
    return ", ".join(f"{getattr(changes, kind):,} {kind}" for kind in kinds if getattr(changes, kind))


def _origin(answer: Answer) -> list[str]:
    named = [part for part in (answer.article.source, answer.article.date) if part] or ["without a date"]
    return [*named, *filter(None, [pages(answer.pages)])]


def _line(text: str) -> str:
    return " ".join(text.split())
