"""What is made of the ranked passages: their last order, the answer, and how sure it is."""

from dataclasses import dataclass
from typing import Protocol

from embeddings.index.index import ArticleIndex
from qa.retrieval.ranking import Query, Ranking
from qa.types import Answer


@dataclass(frozen=True, slots=True)
class Judgement:
    """The passages in their last order, and what answers among them."""

    ranking: Ranking
    answer: Answer | None
    """None where the corpus does not seem to answer; its rank is that of `ranking`."""
    answerable: float
    """Probability that the corpus answers, 0 to 1."""
    agreeing: tuple[Answer, ...] = ()
    """The same short answer in other articles, one an article."""
    differing: tuple[Answer, ...] = ()
    """Other short answers of other articles that are likely too, newest first."""


class Judge(Protocol):
    """Decides what answers a question."""

    @property
    def name(self) -> str:
        """As a user names it: a reader's name, or `none`."""

    def judge(self, index: ArticleIndex, asked: Query, query: Query, ranking: Ranking) -> Judgement:
        """`asked` is the question as it was put, `query` as it was understood and searched for.

        The same passages are read however many are shown.
        """
