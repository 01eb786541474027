"""Whether an answer is of the quarter, or of the year to come, that a question names."""

from datetime import date

from qa.question.quarters import of_another_time, quarters
from qa.retrieval.ranking import Query
from qa.types import Answer


def fits(query: Query, answer: Answer) -> bool:
    """Whether `answer` can be of that time; where its sentence names no quarter, its title may."""
    article = answer.article
    said = answer.text if quarters(answer.text) else f"{article.title}. {answer.text}"
    written = date.fromisoformat(article.date) if article.date else None
    asked = query.period.last if query.period else None
    return not of_another_time(query.text, said, written, asked)
