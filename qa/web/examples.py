"""Questions to begin with, for any corpus: made from its headlines, clearly answered by the same articles.

A headline that says who does what becomes the question who did it, or when it was done (a cloze question:
Lewis et al., "Unsupervised Question Answering by Cloze Translation", 2019). The answer has to hold the words
that were left out, or a day as near as that of the headline. Questions that lie beside the articles, in a
file for `qa eval`, come first where their answers are known.
"""

import re
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

import numpy as np

from embeddings.errors import QAError
from embeddings.index.parts import ArticleCatalog
from embeddings.types import Article, Filter
from qa.evaluation.questions import read_questions
from qa.types import Result
from qa.web.live import LiveQA
from qa.wording.phrases import is_clear

MOST = 4
_TRIED = 24
"""Questions of each kind that are tried: a corpus whose headlines make no questions costs no more."""
_FEWEST, _LONGEST = 4, 75
"""Words of a question, and its characters."""
_VERBS = {
    verb: (past, base)
    for verb, past, base in map(
        str.split,
        """adopts adopted adopt; appoints appointed appoint; approves approved approve; bans banned
        ban; beats beat beat; becomes became become; begins began begin; breaks broke break; buys
        bought buy; closes closed close; crosses crossed cross; defeats defeated defeat; defends
        defended defend; dies died die; escapes escaped escape; falls fell fall; fetches fetched
        fetch; fires fired fire; gets got get; gives gave give; goes went go; hits hit hit; joins
        joined join; kills killed kill; launches launched launch; leaves left leave; loses lost
        lose; makes made make; marries married marry; offers offered offer; opens opened open;
        orders ordered order; passes passed pass; plans planned plan; quits quit quit; raises
        raised raise; reaches reached reach; recalls recalled recall; rejects rejected reject;
        resigns resigned resign; returns returned return; says said say; sells sold sell; sets set
        set; signs signed sign; sues sued sue; switches switched switch; takes took take; tops
        topped top; visits visited visit; warns warned warn; welcomes welcomed welcome; wins won
        win""".split(";"),
    )
}
_HEADLINE = re.compile(
    r"(?P<subject>[A-Z][\w'’.-]*(?: [\w'’.-]+){0,4}?)(?:, [^,]+(?:,[^,]+)?,)? "
    rf"(?P<verb>{'|'.join(_VERBS)})\b"
    r"(?P<rest>[\w ,'’.$£€%-]*)"
)
_ASKED = re.compile(r"(Who|What|When|Where|Why|How|Which)\b[^?:]*\?")
_PARTS = re.compile(r"\s+[-–—|]\s+")
"""Between a headline and the publisher's name."""
_WORD = re.compile(r"\w{3,}")


@dataclass(frozen=True, slots=True)
class Example:
    """A question that may be shown."""

    question: str
    articles: frozenset[str]
    """Ids of the articles any of which has to answer it."""
    answer: re.Pattern[str]
    """What the short answer has to hold."""


class Examples:
    """The example questions of the index that is served, made when wanted, and anew when it is another."""

    def __init__(self, live: LiveQA) -> None:
        self._live = live
        self._lock = threading.Lock()
        self._generation: str | None = None
        self._questions: list[str] = []

    def questions(self) -> list[str]:
        """Up to `MOST` questions; fewer, or none, where no more are clearly answered."""
        with self._lock, suppress(QAError):
            if self._generation != (now := self._live.store.current()):
                self._questions, self._generation = list(self._made()), now
            return self._questions
        return []

    def _made(self) -> Iterator[str]:
        with self._live.store.look() as (manifest, catalog):
            tried = [*islice(_judged(manifest.sources, catalog), _TRIED), *islice(_told(catalog), _TRIED)]
        used: set[str] = set()
        for one in tried:
            if len(used) == MOST:
                return
            if not one.articles & used and holds(self._live.result(one.question, 5, Filter()), one):
                used.add(min(one.articles))
                yield one.question


def _judged(sources: Sequence[str], catalog: ArticleCatalog) -> Iterator[Example]:
    """Questions of files that lie beside the articles, as far as it is known what answers them."""
    for source in sources:
        with suppress(QAError):  # a file that cannot be read offers none
            for one in read_questions(Path(source, "questions.jsonl")):
                known = one.relevant and one.answers and all(map(catalog.article, one.relevant))
                if known and not one.after and len(one.question) <= _LONGEST:
                    yield Example(one.question, one.relevant, _any_of(one.answers))


def _told(catalog: ArticleCatalog) -> Iterator[Example]:
    """What headlines make: first of the stories that most articles tell, then of the newest."""
    headings = list(catalog.headings())
    stories = catalog.stories(np.arange(len(headings))).tolist()
    told = Counter(stories)
    newest = sorted(range(len(headings)), key=lambda at: headings[at].date or "", reverse=True)
    seen: set[int] = set()
    for at in sorted(newest, key=lambda at: -told[stories[at]]):
        if stories[at] not in seen:
            yield from candidates(headings[at])
        seen.add(stories[at])


def candidates(article: Article) -> list[Example]:
    """Questions that an article's headline makes."""
    headline, ids = " ".join(_PARTS.split(article.title)[0].split()), frozenset({article.id})
    if _ASKED.fullmatch(headline):
        made = [Example(headline, ids, re.compile(""))]
    elif found := _HEADLINE.fullmatch(headline):
        past, base = _VERBS[found["verb"]]
        subject, rest = found["subject"], found["rest"].rstrip(" .")
        after = "" if base == "die" else rest  # nobody asks when somebody dies at 91
        made = [Example(f"Who {past}{rest}?", ids, _any_of(_WORD.findall(subject)))]
        if article.date:
            made.append(Example(f"When did {subject} {base}{after}?", ids, _near(article.date)))
    else:
        return []
    return [one for one in made if len(one.question.split()) >= _FEWEST and len(one.question) <= _LONGEST]


def _near(day: str) -> re.Pattern[str]:
    """The month of `day`, or the weekday of it or of the three days before."""
    of = date.fromisoformat(day)
    return _any_of([f"{of:%B}", *(f"{of - timedelta(before):%A}" for before in range(4))])


def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, words)) or "(?!)", re.IGNORECASE)


def holds(result: Result, example: Example) -> bool:
    """Whether `result` is clear, from an article of `example` or a copy, and has what it must have."""
    answer = result.answer
    if not answer or not answer.short or not is_clear(result):
        return False
    told = {answer.article.id, *(copy.id for copy in result.passages[answer.rank - 1].also)}
    return bool(told & example.articles and example.answer.search(answer.short_text))
