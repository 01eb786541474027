"""The index that the page answers from: opened when first needed, and again once another is published."""

import re
from collections import OrderedDict
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from embeddings.backends.open import store
from embeddings.errors import IndexMismatchError, QAError
from embeddings.text.analysis import analyze, has_spaces, language_in
from embeddings.types import ENGLISH, Article, Filter
from qa.answer.load_judge import DEFAULT_READER
from qa.corpora.models import Models
from qa.pipeline import QA
from qa.types import RankedPassage, Result
from qa.web.reasons import Term
from qa.web.turns import Turn

_RARE = 1.6
"""Inverse document frequency from which a word is worth underlining: in less than a fifth of passages."""
_REMEMBERED = 200
"""Answers from the open index: whoever waits with a question that was just answered need not wait longer."""
_LARGEST = 100_000
"""Characters of the articles of an answer that is remembered."""


class LiveQA:
    """Answers from the published generation of the index at `place`, one question at a time.

    With others beside it, `models` are what they share, so that all answer one after the other, and `name`
    is what stands for the place in what visitors are told.
    """

    def __init__(
        self,
        place: str | Path,
        reader: str = DEFAULT_READER,
        models: Models | None = None,
        name: str = "",
    ) -> None:
        self.place = place
        self._name = name
        self._models = models or Models(reader)
        self.store = store(place)
        self._lock = self._models.lock
        self._qa: QA | None = None
        self._generation: str | None = None
        self._answers: OrderedDict[tuple[str, int, Filter], Result] = OrderedDict()
        self._listed: tuple[Article, ...] = ()
        self._listed_from: str | None = None

    def current(self) -> QA:
        """The index as it is published now. Raises QAError where it cannot be opened."""
        with self._lock:
            published = self.store.current()
            if not self._qa or published != self._generation:
                before, self._qa, self._generation = self._qa, self._open(), published
                self._answers.clear()
                if before:  # no question uses it: each holds the lock until it is answered
                    before.close()
            return self._qa

    def close(self) -> None:
        """Close the index that is open; the next question opens it again."""
        with self._lock:
            if self._qa:
                self._qa.close()
            self._qa = self._generation = None
            self._answers.clear()

    def ask(self, question: str, top_k: int, narrow: Filter, before: Result | None = None) -> Turn:
        """A turn of a conversation, after `before`. Raises QAError."""
        with self._lock:
            qa = self.current()
            result = self._answered(qa, question, top_k, narrow, before)
            words = qa.index.passage_words
            terms = words.terms(result.understood)
            rare = frozenset(
                term for term, idf in zip(terms, words.idf(terms), strict=True) if float(idf) >= _RARE
            )
        return Turn(question, narrow, result, rare)

    def result(self, question: str, top_k: int, narrow: Filter, after: str | None = None) -> Result:
        """What `QA.ask` returns, asked after the question `after`. Raises QAError."""
        with self._lock:
            qa = self.current()
            before = self._answered(qa, after, 5, narrow) if after else None
            return self._answered(qa, question, top_k, narrow, before)

    def _answered(
        self, qa: QA, question: str, top_k: int, narrow: Filter, before: Result | None = None
    ) -> Result:
        """What `qa` answers, or has answered: a question that follows another is always asked again."""
        key = question, top_k, narrow
        if before is None and key in self._answers:
            self._answers.move_to_end(key)
            return self._answers[key]
        result = qa.ask(question, top_k, narrow, before)
        if before is None and sum(len(one.passage.article.text) for one in result.passages) <= _LARGEST:
            self._answers[key] = result
            if len(self._answers) > _REMEMBERED:
                self._answers.popitem(last=False)
        return result

    def passages(self, text: str, top_k: int, narrow: Filter) -> tuple[RankedPassage, ...]:
        """What `QA.search` returns. Raises QAError."""
        with self._lock:
            return self.current().search(text, top_k, narrow)

    def warm(self) -> None:
        """Load what the first question would have to wait for."""
        with suppress(QAError):
            self.result("Who?", 1, Filter())  # what is loaded and compiled for it serves every question

    def told(self, text: str) -> str:
        """`text` as visitors may read it: with others beside it, the index's name stands for its place."""
        for place in (str(Path(self.place).absolute()), self.store.name, str(self.place)):
            inside = rf"(?<![\w./-]){re.escape(place)}(?![\w-])"
            text = re.sub(inside, lambda _: self._name, text) if self._name else text
        return text

    def publishers(self) -> tuple[str, ...]:
        """Those whose articles are there, most first. Raises QAError."""
        with self._lock:
            return tuple(self.current().index.catalog.sources())

    def articles(self) -> tuple[Article, ...]:
        """Every article without its text, newest first. Raises QAError."""
        with self._lock:
            published = self.store.current()
            if published != self._listed_from:
                with self.store.look() as (_, catalog):
                    bare = list(catalog.headings())
                self._listed = tuple(sorted(bare, key=lambda a: a.date or "", reverse=True))
                self._listed_from = published
            return self._listed

    def article(self, id: str) -> Article | None:
        """The whole article of this id; None where there is none. Raises QAError."""
        with self._lock:
            if self._qa and self.store.current() == self._generation:
                return self._qa.index.catalog.article(id)
            with self.store.look() as (_, catalog):
                return catalog.article(id)

    def holding(self, text: str) -> frozenset[str]:
        """Ids of the articles whose title or text has every word of `text`. Raises QAError."""
        with self._lock:
            index = self.current().index
            words = index.article_words
            found = [set(words.search(word, len(words))[0].tolist()) for word in text.split()]
            numbers = set.intersection(*found) if found else set()
            headings = enumerate(index.catalog.headings()) if numbers else ()
            return frozenset(article.id for number, article in headings if number in numbers)

    def _open(self) -> QA:
        if self._qa:
            try:  # the model stays loaded unless the new index was built with another
                return QA.open(self.place, self._qa.index.encoder, reader=self._qa.judge)
            except IndexMismatchError:
                pass
        return self._models.open(self.place, reader=self._qa.judge if self._qa else None)


@lru_cache(maxsize=20_000)
def term(word: str, language: str = ENGLISH) -> str | None:
    """`word` as an index has it of articles in `language`."""
    found = analyze(word, language)
    return found[0] if found and (has_spaces(language) or len(found) == 1) else None


def asked_term(turn: Turn) -> Term:
    """Says of a word which of the rare words of `turn`'s question it is."""
    languages = sorted({language_in(known) for known in turn.terms})

    def found(word: str, language: str | None = None) -> str | None:
        known = (term(word, one) for one in ([language] if language else languages))
        return next((one for one in known if one in turn.terms), None)

    return found
