"""What comes back for a question, and its public JSON form."""

from dataclasses import asdict, dataclass
from typing import Any

from embeddings.types import Article, Passage


@dataclass(frozen=True, slots=True)
class Signals:
    """Why a passage ranks where it does; 0 where a signal says nothing."""

    dense: float
    """Cosine of question and passage, -1 to 1: the meaning."""
    passage_words: float
    """BM25 of the passage, 0 or more: the words."""
    article_words: float
    """BM25 of the whole article, 0 or more."""
    recency: float
    """1 for an article of the corpus's last half year, falling with its age before that to 0."""
    date: float = 0.0
    """1 for an article of the days asked about, falling to 1/e with every month outside them."""
    edition: float = 0.0
    """What an article gains, or loses, by its year, where there are several years of one event."""
    reranker: float = 0.0
    """The cross-encoder's score where one is used, 0 to 1 over the passages that it read."""
    reader: float = 0.0
    """What the reader adds to the passages that it read, 0 or more."""


@dataclass(frozen=True, slots=True)
class RankedPassage:
    """A passage in its place."""

    rank: int
    """1 is best."""
    passage: Passage
    score: float
    """Orders the passages of one question; it has no meaning across questions."""
    signals: Signals
    also: tuple[Article, ...] = ()
    """Copies of the same report in other articles, earliest first."""
    corpus: str | None = None
    """The corpus that it is from, where there are several."""

    def holds(self, answer: "Answer | None") -> bool:
        """Whether `answer` stands in this passage."""
        passage = self.passage
        if not answer or (answer.corpus, answer.article.id) != (self.corpus, passage.article.id):
            return False
        return passage.start <= answer.start and answer.end <= passage.end

    def to_json(self) -> dict[str, Any]:
        """Its part of `qa ask --json`."""
        article = self.passage.article
        return {
            **_named(self.corpus),
            "rank": self.rank,
            "article": article.id,
            "start": self.passage.start,
            "end": self.passage.end,
            "pages": pages_json(self.passage.pages),
            "text": self.passage.text,
            "score": round(self.score, 6),
            "signals": {name: round(value, 6) for name, value in asdict(self.signals).items()},
            **_origin(article),
            "also": [{"article": copy.id, **_origin(copy)} for copy in self.also],
        }


def pages_json(on: tuple[int, int] | None) -> list[int] | None:
    """The first and the last page, as JSON has them."""
    return list(on) if on else None


def _named(corpus: str | None) -> dict[str, str]:
    return {"corpus": corpus} if corpus else {}


def _origin(article: Article) -> dict[str, str | None]:
    return {"title": article.title, "url": article.url, "date": article.date, "source": article.source}


@dataclass(frozen=True, slots=True)
class Short:
    """Where the shortest answer stands: characters of its article's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The sentence that answers: `article.text[start:end]`, inside the passage of rank `rank`."""

    article: Article
    start: int
    end: int
    rank: int
    short: Short | None = None
    """The name, number or words in it that answer; None without a reader."""
    corpus: str | None = None
    """The corpus that it is from, where there are several."""

    @property
    def text(self) -> str:
        """The sentence, as the article has it."""
        return self.article.text[self.start : self.end]

    @property
    def pages(self) -> tuple[int, int] | None:
        """The first and the last page that it stands on, from 1; None where the source has no pages."""
        return self.article.on_pages(self.start, self.end)

    @property
    def short_text(self) -> str:
        """The short answer; the whole sentence without a reader."""
        return self.article.text[self.short.start : self.short.end] if self.short else self.text

    def to_json(self) -> dict[str, Any]:
        """Its part of `qa ask --json`."""
        short = self.short and {"text": self.short_text, **asdict(self.short)}
        return {
            **_named(self.corpus),
            "text": self.text,
            "article": self.article.id,
            "start": self.start,
            "end": self.end,
            "pages": pages_json(self.pages),
            "short": short,
        }


@dataclass(frozen=True, slots=True)
class CorpusAnswer:
    """What one of several corpora has to say."""

    corpus: str
    answerable: float
    """Probability that this corpus answers, 0 to 1."""
    answer: Answer | None = None

    def to_json(self) -> dict[str, Any]:
        """Its part of `qa ask --json`."""
        answer = self.answer.to_json() if self.answer else None
        return {"corpus": self.corpus, "answerable": round(self.answerable, 4), "answer": answer}


@dataclass(frozen=True, slots=True)
class Result:
    """A question with what the corpus has to say."""

    question: str
    understood: str
    """The question as it was read: a follow-up with the words that it left out."""
    answer: Answer | None
    """None where the corpus does not seem to answer; the passages are then merely related."""
    answerable: float
    """Probability that the corpus answers the question, 0 to 1."""
    passages: tuple[RankedPassage, ...]
    ms: float
    """Milliseconds from question to result."""
    days: tuple[str, ...] = ()
    """Days of publication of the passages that match best, many more than are in `passages`."""
    agreeing: tuple[Answer, ...] = ()
    """The same short answer in other articles."""
    differing: tuple[Answer, ...] = ()
    """Other short answers, of other articles, that are likely too; one an article, newest first."""
    other_years: tuple[Article, ...] = ()
    """Articles on other years of the event that the first one is about, newest first."""
    corpora: tuple[CorpusAnswer, ...] = ()
    """Where there are several: what each that was asked says, the one that the answer is from first."""

    def to_json(self) -> dict[str, Any]:
        """As `qa ask --json` prints it."""
        corpora = {"corpora": [said.to_json() for said in self.corpora]} if self.corpora else {}
        return {
            "question": self.question,
            "understood": self.understood,
            "answer": self.answer.to_json() if self.answer else None,
            "answerable": round(self.answerable, 4),
            **corpora,
            "agreeing": [answer.to_json() for answer in self.agreeing],
            "differing": [answer.to_json() for answer in self.differing],
            "other_years": [{"article": other.id, **_origin(other)} for other in self.other_years],
            "passages": [ranked.to_json() for ranked in self.passages],
            "ms": round(self.ms, 1),
        }
