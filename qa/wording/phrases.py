"""What page and terminal say alike of a result."""

from typing import TYPE_CHECKING

from qa.types import Result

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
    likely = result.answerable
    if result.answer:
        word = "Clearly" if is_clear(result) else "Probably" if likely >= _PROBABLY else "Perhaps"
        said = f"{word} answered"
    else:
        said = "Not answered in these articles"
    figure = "over 99%" if likely > 0.99 else "under 1%" if likely < 0.01 else f"{likely:.0%}"
    return f"{said} ({figure} likely)"


def agreement(result: Result) -> str | None:
    """How many articles give the short answer, where it is more than one."""
    if not result.answer or not result.agreeing:
        return None
    return f"{1 + len(result.agreeing)} articles say “{_line(result.answer.short_text)}”"


def differences(result: Result) -> str | None:
    """What other articles say instead, with their days."""
    others = [
        f"“{_line(answer.short_text)}” ({', '.join(_origin(answer.article.source, answer.article.date))})"
        for answer in result.differing
    ]
    return f"Other articles say {'; '.join(others)}" if others else None


def years(result: Result) -> str | None:
    """The other years of the same event that are there."""
    found = ", ".join(article.date[:4] for article in result.other_years if article.date)
    return f"Also: {found}" if found else None


def change_counts(changes: "Changes") -> str:
    """What became of the articles, without the kinds of which there are none."""
    kinds = ("added", "changed", "renamed", "deleted", "unchanged")
    return ", ".join(f"{getattr(changes, kind):,} {kind}" for kind in kinds if getattr(changes, kind))


def _origin(source: str | None, day: str | None) -> list[str]:
    return [part for part in (source, day) if part] or ["without a date"]


def _line(text: str) -> str:
    return " ".join(text.split())
