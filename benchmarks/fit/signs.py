"""Fits the weights in qa/sentence.py and qa/answerability.py, with figures by cross-validation over weeks.

    python -m benchmarks.fit signs INDEX QUESTIONS.jsonl UNANSWERABLE.jsonl [INDEX QUESTIONS.jsonl, to check]

Questions of one week (the part of the id before `_`) stay in one fold. Whether the corpus answers is fitted
on the corpus and on random parts of it, so that it holds for small corpora too.
"""

import json
import random
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, astuple, dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import StandardScaler

from embeddings.types import Article, Filter
from qa import QA
from qa.answer import answerability, sentence
from qa.answer.sentence import score_sentences
from qa.evaluation.calibration import calibration_error
from qa.evaluation.metrics import holds_answer
from qa.evaluation.questions import Question, read_questions
from qa.retrieval.ranking import rank

Array = NDArray[np.float64]
SENTENCE = [field.name for field in fields(sentence.Features)]
FOUND = [field.name for field in fields(answerability.Found)]
_PARTS = {30: 8, 150: 3, 700: 2}
"""Articles of a random part of the corpus, and how many such parts."""
_ASKED = 60
_PENALTY = 1e-3
_FOLDS = 5


@dataclass
class Case:
    question: Question
    sentences: Array
    right: NDArray[np.bool_]
    first: NDArray[np.bool_]
    found: Array


def collect(folder: str, questions: Sequence[Question]) -> list[Case]:
    qa = QA.open(folder, reader="none")
    return [_case(qa, question) for question in questions]


def _case(qa: QA, question: Question) -> Case:
    query = qa.query(question.question, Filter())
    ranking = rank(qa.index, query, Filter())
    passages = qa.index.catalog.passages(ranking.numbers[: sentence.READ])
    scores = [float(score) for score in ranking.scores[: sentence.READ]]
    scored = score_sentences(qa.index, query, passages, scores)
    found = answerability.found(qa.index, query, ranking, passages, scored)
    return Case(
        question,
        np.array([astuple(s.features) for s in scored]),
        np.array([holds_answer(question, s.answer.to_json()) for s in scored]),
        np.array([s.answer.rank == 1 for s in scored]),
        np.array(astuple(found) if found else [0.0] * len(FOUND)),
    )


def fit_sentences(cases: Sequence[Case], columns: Sequence[int]) -> Array:
    """Weights that make right sentences likely: softmax over the candidates of each question."""
    known = [case for case in cases if case.right.any()]

    def loss(weights: Array) -> tuple[float, Array]:
        total, slope = 0.0, np.zeros_like(weights)
        for case in known:
            rows = case.sentences[:, columns]
            scores = rows @ weights
            chances = np.exp(scores - scores.max())
            chances /= chances.sum()
            right = chances * case.right
            total -= np.log(right.sum())
            slope += rows.T @ (chances - right / right.sum())
        count = len(known)
        return float(total / count + _PENALTY * weights @ weights), slope / count + 2 * _PENALTY * weights

    return np.asarray(minimize(loss, np.zeros(len(columns)), jac=True, method="L-BFGS-B").x)


def sentence_figures(cases: Sequence[Case], columns: Sequence[int]) -> None:
    right = np.zeros(len(cases))
    for train, test in _folds([case.question for case in cases]):
        weights = fit_sentences([cases[i] for i in train], columns)
        for i in test:
            right[i] = _picked(cases[i], cases[i].sentences[:, columns] @ weights)
    weights = fit_sentences(cases, columns)
    shown = ", ".join(f"{SENTENCE[c]}={w:.2f}" for c, w in zip(columns, weights, strict=True))
    print(f"answer-sentence@1 {right.mean():.3f} cross-validated; {shown}")


def baseline(cases: Sequence[Case]) -> float:
    """The sentence of best cosine in the first passage."""
    return float(np.mean([_picked(case, np.where(case.first, case.sentences[:, 0], -9)) for case in cases]))


def _picked(case: Case, scores: Array) -> float:
    return float(case.right[np.argmax(scores)]) if len(scores) else 0.0


def parts(folder: str, yes: Sequence[Question], no: Sequence[Question]) -> Iterator[list[Case]]:
    """Cases of random parts of the corpus: their vectors are carried over from the whole index."""
    chance = random.Random(0)  # noqa: S311
    articles = {
        article.id: article for article in QA.open(folder, reader="none").index.catalog.all_articles()
    }
    for size, repeats in _PARTS.items():
        for _ in range(repeats):
            kept = _part(articles, yes, size, chance)
            with tempfile.TemporaryDirectory() as place:
                part = _build_part(folder, Path(place), [articles[id] for id in kept])
                known = [question for question in yes if question.relevant & kept]
                asked = chance.sample(known, min(_ASKED, len(known)))
                yield collect(part, [*asked, *chance.sample(list(no), min(_ASKED, len(no)))])


def _part(
    articles: dict[str, Article], yes: Sequence[Question], size: int, chance: random.Random
) -> set[str]:
    """Ids of `size` articles, up to seven tenths of them relevant to some question."""
    asked = chance.sample(list(yes), min(len(yes), max(8, size // 4)))
    kept = {chance.choice(sorted(question.relevant)) for question in asked}
    kept = set(sorted(kept)[: int(size * 0.7)])
    return kept | set(chance.sample(sorted(articles.keys() - kept), size - len(kept)))


def _build_part(folder: str, place: Path, articles: Sequence[Article]) -> str:
    source, part = place / "part.jsonl", place / "index"
    with source.open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(asdict(article)) + "\n" for article in articles)
    shutil.copytree(folder, part)
    QA.build([source], part)
    return str(part)


@dataclass
class Fit:
    """A logistic regression, with its weights on the raw features."""

    weights: Array
    bias: float

    def __call__(self, rows: Array) -> Array:
        return np.asarray(1 / (1 + np.exp(-(rows @ self.weights + self.bias))))


def fit_answerable(features: Array, kinds: Array, weights: Array) -> Fit:
    scaler = StandardScaler().fit(features)
    model = LogisticRegression().fit(scaler.transform(features), kinds, sample_weight=weights)
    slopes = model.coef_[0] / scaler.scale_
    return Fit(slopes, float(model.intercept_[0] - scaler.mean_ @ slopes))


def answerable_figures(groups: Sequence[Sequence[Case]], names: Sequence[str], check: Sequence[Case]) -> None:
    """The last group is the whole corpus; it counts three times as much as all parts of one size."""
    columns = [FOUND.index(name) for name in names]
    cases = [case for group in groups for case in group]
    features = np.array([case.found[columns] for case in cases])
    kinds = np.array([float(bool(case.question.relevant)) for case in cases])
    sizes = np.concatenate([[round(group[0].found[-1], 3)] * len(group) for group in groups])
    weights = np.zeros(len(cases))
    for size in np.unique(sizes):
        for kind in (0, 1):
            these = (sizes == size) & (kinds == kind)
            weights[these] = (3 if size == sizes.max() else 1) / these.sum()
    weights *= len(weights) / weights.sum()
    chances = np.zeros(len(cases))
    for train, test in _folds([case.question for case in cases]):
        chances[test] = fit_answerable(features[train], kinds[train], weights[train])(features[test])
    for size in np.unique(sizes):
        these = sizes == size
        print(f"{np.exp(size):6.0f} articles: {_abstention(kinds[these], chances[these])}")
    fit = fit_answerable(features, kinds, weights)
    if check:
        rows = np.array([case.found[columns] for case in check])
        truth = np.array([float(bool(case.question.relevant)) for case in check])
        print(f"          check: {_abstention(truth, fit(rows))}")
    shown = ", ".join(f"{name}={weight:.2f}" for name, weight in zip(names, fit.weights, strict=True))
    print(f"    {shown}, bias={fit.bias:.2f}")


def _abstention(kinds: Array, chances: Array) -> str:
    weights = np.where(kinds == 1, 0.5 / (kinds == 1).sum(), 0.5 / (kinds == 0).sum())
    said = [
        f"at {t}: {(chances[kinds == 1] >= t).mean():.2f} yes {(chances[kinds == 0] >= t).mean():.2f} no"
        for t in (0.2, 0.3, 0.4, 0.5)
    ]
    auroc, error = roc_auc_score(kinds, chances), calibration_error(kinds, chances, weights)
    return f"AUROC {auroc:.3f} ECE {error:.3f} answered {'; '.join(said)}"


def _folds(questions: Sequence[Question]) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    weeks = [_week(question) for question in questions]
    return list(GroupKFold(_FOLDS, shuffle=True, random_state=0).split(weeks, groups=weeks))


def _week(question: Question) -> str:
    return question.id.split("_")[0]


def main(index: str, questions: str, unanswerable: str, *check: str) -> None:
    judged = [question for question in read_questions(questions) if question.relevant]
    unjudged = read_questions(unanswerable)
    yes, no = collect(index, judged), collect(index, unjudged)
    checked = collect(check[0], read_questions(check[1])) if check else []
    print(f"baseline: best cosine of the first passage {baseline(yes):.3f}")
    sentence_figures(yes, list(range(len(SENTENCE))))
    for without in range(len(SENTENCE)):
        print(f"without {SENTENCE[without]}:", end=" ")
        sentence_figures(yes, [c for c in range(len(SENTENCE)) if c != without])
    groups = [*parts(index, judged, unjudged), [*yes, *no]]
    answerable_figures(groups, FOUND, checked)
    for name in FOUND:
        print(f"without {name}:")
        answerable_figures(groups, [other for other in FOUND if other != name], checked)
