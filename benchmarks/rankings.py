"""Other rankings of the same candidates, to compare ours with: runs as `qa eval` measures them."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.index.index import ArticleIndex
from embeddings.text.sentences import sentence_spans
from embeddings.types import Filter, Passage
from qa import QA
from qa.evaluation.evaluate import DEPTH
from qa.evaluation.metrics import Run
from qa.evaluation.questions import Question
from qa.retrieval.ranking import Query, Ranking, rank

Scores = NDArray[np.float64]
_K = 60
"""Of reciprocal rank fusion: Cormack, Clarke and Buettcher, SIGIR 2009."""


def dense(ranking: Ranking) -> Scores:
    return ranking.signals["dense"].astype(np.float64)


def passage_words(ranking: Ranking) -> Scores:
    return ranking.signals["passage_words"].astype(np.float64)


def article_words(ranking: Ranking) -> Scores:
    """BM25 of the article; inside it, the passage with the best words comes first."""
    return ranking.signals["article_words"] + passage_words(ranking) * 1e-6


def reciprocal_rank_fusion(ranking: Ranking) -> Scores:
    """Of meaning and words of the passage; the candidates hold the first 200 of each."""
    return sum(
        (1 / (_K + _ranks(scores)) for scores in (dense(ranking), passage_words(ranking))), np.zeros(1)
    )


RANKINGS: dict[str, Callable[[Ranking], Scores]] = {
    "dense": dense,
    "BM25 of the passage": passage_words,
    "BM25 of the article": article_words,
    "reciprocal rank fusion": reciprocal_rank_fusion,
}


def runs(qa: QA, questions: Sequence[Question]) -> dict[str, Run]:
    """A run of each of RANKINGS, without answers; all from one search a question."""
    made: dict[str, dict[str, Any]] = {name: {} for name in RANKINGS}
    for question in questions:
        ranking = rank(qa.index, _query(qa.index, question), Filter(), grouped=False)
        orders = {name: np.argsort(-of(ranking), kind="stable")[:DEPTH] for name, of in RANKINGS.items()}
        needed = np.unique(np.concatenate(list(orders.values())))
        passages = qa.index.catalog.passages(ranking.numbers[needed])
        spans = dict(zip(needed.tolist(), map(_span, passages), strict=True))
        for name, order in orders.items():
            made[name][question.id] = {"passages": [spans[place] for place in order.tolist()], "answer": None}
    return dict(made)


def plain_sentences(qa: QA, questions: Sequence[Question], run: Run) -> Run:
    """`run` with other answers: always the sentence of the first passage that is nearest in meaning."""
    return {
        question.id: {**run[question.id], "answer": _nearest(qa.index, question, run[question.id])}
        for question in questions
    }


def _nearest(index: ArticleIndex, question: Question, line: Any) -> dict[str, str] | None:
    sentences = list(_sentences(line["passages"][0]["text"])) if line["passages"] else []
    if not sentences:
        return None
    cosines = index.encoder.encode_document(sentences) @ _query(index, question).vector
    return {"article": line["passages"][0]["article"], "text": sentences[int(cosines.argmax())]}


def _sentences(text: str) -> Iterator[str]:
    return (text[start:end] for start, end in sentence_spans(text))


def _query(index: ArticleIndex, question: Question) -> Query:
    return Query(question.question, index.encoder.encode_query([question.question])[0])


def _span(passage: Passage) -> dict[str, str]:
    return {"article": passage.article.id, "text": passage.text}


def _ranks(scores: Scores) -> Scores:
    """1 for the best; a score of nothing has no rank, that is infinity."""
    ranks = np.empty(len(scores))
    ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return np.where(scores > 0, ranks, np.inf)
