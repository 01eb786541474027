"""Claims about the seeds, true ones and planted falsehoods, read from `planted.txt` and `held_out.txt`."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from embeddings.types import Article, Passage
from qa.llm.proof.quotes import Library
from qa.llm.proof.types import Claim, Quote
from qa.types import RankedPassage, Signals
from tests.conftest import ROOT


@dataclass(frozen=True, slots=True)
class Case:
    article: str
    claim: Claim
    kind: str
    """How a falsehood was made; empty for a true claim."""


def cases(file: str = "planted.txt") -> list[Case]:
    made: list[Case] = []
    article = ""
    quotes: tuple[Quote, ...] = ()
    for line in Path(__file__).with_name(file).read_text("utf-8").splitlines():
        mark, _, rest = line.partition(" ")
        if mark == "A":
            article = rest
        elif mark == "Q":
            quotes = tuple(Quote(1, words) for words in rest.split(" || "))
        elif mark == "T":
            made.append(Case(article, Claim(rest, quotes), ""))
        elif mark == "F":
            kind, _, text = rest.partition(": ")
            made.append(Case(article, Claim(text, quotes), kind))
    return made


@cache
def seed(name: str) -> Article:
    path = ROOT / "seeds" / name
    text = path.read_text("utf-8")
    _, head, body = text.split("---\n", 2)
    title = head.split('title: "')[1].split('"\n')[0].replace('\\"', '"')
    return Article(name, title, body.strip())


def library(*articles: Article) -> Library:
    """Each article as one passage."""
    return Library([ranked(rank, article) for rank, article in enumerate(articles, 1)])


def ranked(rank: int, article: Article, start: int = 0, end: int | None = None) -> RankedPassage:
    passage = Passage(rank, article, start, len(article.text) if end is None else end)
    return RankedPassage(rank, passage, 1.0, Signals(0, 0, 0, 0))
