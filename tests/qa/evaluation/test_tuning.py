"""Weights fitted to questions of which it is known what decides them."""

import numpy as np
import pytest

from embeddings.errors import QAError
from embeddings.types import Article
from qa.answer.candidates import Candidate
from qa.answer.evidence import DEFAULT_TUNING, Features, Read, Surroundings
from qa.evaluation.questions import Question
from qa.evaluation.tuning import Case, cross_validated, figures, fitted
from qa.types import Answer, Short


def case(number: int, answered: bool, chance: np.random.Generator) -> Case:
    """The right candidate has the best span where there is an answer; else all spans are poor."""
    found, rows = [], []
    right = int(chance.integers(0, 6))
    for rank in range(1, 7):
        best = answered and rank - 1 == right
        span = float(chance.normal(4 if best else -4, 1))
        article = Article(f"a{rank}", "T", f"Answer {rank} here.")
        found.append(Candidate(Answer(article, 0, 14, rank, Short(0, 8)), span, 1.0 - 0.05 * rank))
        rows.append(Features(span, 1.0 - 0.05 * rank, -float(np.log(rank)), 0.0, float(chance.uniform())))
    relevant = frozenset([f"a{right + 1}"]) if answered else frozenset()
    question = Question(str(number), "?", relevant, (f"Answer {right + 1}",) if answered else ())
    hits = np.array([answered and rank == right for rank in range(6)])
    around = Surroundings(0.5, 0.1, 0.1, 5.0)
    return Case(
        question, Read(found, rows, around), hits, [f"a{r}" for r in range(1, 7)], np.linspace(0.95, 0.7, 6)
    )


CASES = [case(number, number % 3 > 0, np.random.default_rng(number)) for number in range(120)]


def test_what_decides_gets_the_weight() -> None:
    tuning = fitted(CASES)
    assert tuning.weights.span > 1
    assert abs(tuning.weights.coverage) < tuning.weights.span
    assert tuning.chances.span > 0
    assert tuning.ranking_gain > 0
    said = figures([(one, tuning) for one in CASES])
    assert "read 1.000" in said
    assert "were all answered 1.000" in said
    assert "AUROC 1.000" in said


def test_cross_validated_figures_are_of_questions_left_out() -> None:
    assert "AUROC 1.000" in cross_validated(CASES)
    chance = np.random.default_rng(7)
    noise = [case(n, bool(chance.integers(0, 2)), np.random.default_rng(1000 + n)) for n in range(60)]
    shuffled = [
        Case(other.question, one.read, other.right, one.articles, one.scores)
        for one, other in zip(noise, noise[1:] + noise[:1], strict=True)
    ]
    auroc = float(cross_validated(shuffled).split("AUROC ")[1][:5])
    assert 0.25 < auroc < 0.75


def test_both_kinds_of_question_are_needed() -> None:
    with pytest.raises(QAError, match="--unanswerable"):
        fitted([one for one in CASES if one.question.relevant])
    assert DEFAULT_TUNING.weights.span > 0
