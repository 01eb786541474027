"""Answers without a reader: sentences by words, cosines, names and numbers."""

from embeddings.index.index import ArticleIndex
from qa.answer.answerability import THRESHOLD, answerable, found
from qa.answer.judge import Judgement
from qa.answer.sentence import READ, score_sentences
from qa.retrieval.ranking import Query, Ranking


class Signs:
    """A Judge by hand-made signs, for a machine on which no model is to read."""

    name = "none"

    def judge(self, index: ArticleIndex, asked: Query, query: Query, ranking: Ranking) -> Judgement:
        passages = index.catalog.passages(ranking.numbers[:READ])
        scores = [float(score) for score in ranking.scores[:READ]]
        sentences = score_sentences(index, asked, passages, scores)
        signs = found(index, query, ranking, passages, sentences)
        chance = answerable(signs) if signs else 0.0
        return Judgement(ranking, sentences[0].answer if chance >= THRESHOLD else None, chance)
