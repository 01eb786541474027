"""Sentences of the best passages, scored by how well each answers the question."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from embeddings.index.index import ArticleIndex
from embeddings.text.sentences import sentence_spans
from embeddings.types import Passage, Vectors
from qa.answer.fits_period import fits
from qa.retrieval.cosine_scale import comparable
from qa.retrieval.coverage import Coverage
from qa.retrieval.ranking import Query
from qa.types import Answer

READ = 5
"""Passages whose sentences are compared."""
LEAD = 600
"""Characters at the head of an article that count as its lead."""
_RARE = 0.16
"""Idf, as a share of the largest possible, from which a word can be evidence."""
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|million"
    r"|billion|trillion|half|percent|first|second|third)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[\w$£€%][\w$£€%.,’'-]*")
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?"
_DATE = re.compile(
    rf"\b\d{{1,2}} {_MONTH}(?: (?:19|20)\d\d)?|\b{_MONTH} \d{{1,2}}(?:, (?:19|20)\d\d)?"
    rf"|\b{_MONTH} (?:19|20)\d\d"
    r"|\b(?:19|20)\d\d\b|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
)
_ASKS_NUMBER = re.compile(
    r"\bhow (?:many|much|old|long|far|tall|big|fast|high|large|often)\b"
    r"|\bpercent(?:age)?\b|\b(?:what|which) (?:number|price|share)\b"
)
_ASKS_DATE = re.compile(r"\bwhen\b|\b(?:what|which) (?:year|day|date|month)\b")
_ASKS_NAME = re.compile(
    r"\b(?:who|whom|whose|where|which|name)\b"
    r"|\bwhat (?:country|city|state|company|team|nation|island|show|movie|film)\b"
)


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for a sentence."""

    cosine: float
    """Of sentence and question."""
    coverage: float
    """Share of the question that the sentence holds."""
    pairs: float
    """Share of the question's pairs of neighbouring terms that it holds."""
    passage: float
    """Score of its passage."""
    name: float
    """1 where the question asks for a name and the sentence holds one that the question does not."""
    number: float
    """1 where it asks for a number (or a date) and the sentence holds a new one."""
    lead: float
    """`match` at the head of an article, else 0."""
    vote: float
    """`match` times how strongly the good sentences agree on a name or number that this one holds
    (Clarke, Cormack and Lynam, "Exploiting redundancy in question answering", SIGIR 2001).

    `match` is the most of the question that a passage covers: where the words of question and
    passages differ, agreement says little."""


WEIGHTS = Features(
    cosine=3.0, coverage=0.8, pairs=2.0, passage=3.5, name=1.75, number=2.2, lead=0.6, vote=4.5
)
"""Fitted on news of 2022, softmax over the sentences of each question: benchmarks/fit/signs.py."""
_VOTING = Features(cosine=2.8, coverage=3.7, pairs=0, passage=6.7, name=0, number=0, lead=0, vote=0)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A candidate answer with its features and their weighted sum."""

    answer: Answer
    features: Features
    score: float


@dataclass(frozen=True, slots=True)
class _Candidate:
    answer: Answer
    passage: float
    evidence: frozenset[str]
    """Rare terms that are not the question's."""
    news: frozenset[str]
    """Those of them that are names or numbers."""
    name: bool
    number: bool
    date: bool


def score_sentences(
    index: ArticleIndex, query: Query, passages: Sequence[Passage], scores: Sequence[float]
) -> list[Sentence]:
    """The sentences of `passages`, best answer first; `scores` are the passages' own."""
    coverage = Coverage.of(query.text, index.article_words)
    every = _candidates(query.text, coverage, passages[:READ], scores)
    candidates = [candidate for candidate in every if fits(query, candidate.answer)]
    if not candidates:
        return []
    columns = _columns(index, query, coverage, passages[:READ], candidates)
    found = [
        Sentence(candidate.answer, features, _weighted(features, WEIGHTS))
        for candidate, features in zip(candidates, columns, strict=True)
    ]
    return sorted(found, key=lambda sentence: -sentence.score)


def _columns(
    index: ArticleIndex,
    query: Query,
    coverage: Coverage,
    passages: Sequence[Passage],
    candidates: Sequence[_Candidate],
) -> list[Features]:
    texts = [candidate.answer.text for candidate in candidates]
    cosines = comparable(index, index.encoder.encode_document(texts) @ query.vector)
    asks = _asks(query.text)
    match = max(coverage.share([p.article.title, p.text], p.article.language) for p in passages)
    rows = [
        Features(
            cosine=float(cosine),
            coverage=coverage.share([text], candidate.answer.article.language),
            pairs=coverage.pairs(text, candidate.answer.article.language),
            passage=candidate.passage,
            name=float(asks == "name" and candidate.name),
            number=float((asks == "number" and candidate.number) or (asks == "date" and candidate.date)),
            lead=match * float(candidate.answer.start < LEAD),
            vote=0.0,
        )
        for candidate, text, cosine in zip(candidates, texts, cosines, strict=True)
    ]
    votes = _votes(coverage, candidates, np.array([_weighted(row, _VOTING) for row in rows], np.float32))
    return [replace(row, vote=match * vote) for row, vote in zip(rows, votes, strict=True)]


def _candidates(
    question: str, coverage: Coverage, passages: Sequence[Passage], scores: Sequence[float]
) -> list[_Candidate]:
    """Each sentence once, with the best passage that holds it."""
    found: dict[tuple[str, int], _Candidate] = {}
    asked = set(_words(question.lower()))
    for rank, (passage, score) in enumerate(zip(passages, scores, strict=False), 1):
        for start, end in sentence_spans(passage.text, passage.article.language):
            answer = Answer(passage.article, passage.start + start, passage.start + end, rank)
            key = (passage.article.id, answer.start)
            if key not in found:
                found[key] = _candidate(answer, score, asked, coverage)
    return list(found.values())


def _candidate(answer: Answer, score: float, asked: set[str], coverage: Coverage) -> _Candidate:
    words = _words(answer.text)
    new = [(place, word) for place, word in enumerate(words) if word.lower() not in asked]
    names = [word for place, word in new if word[0].isupper() and place > 0]
    undated = _words(_DATE.sub(" ", answer.text))
    numbers = [word for word in undated if word.lower() not in asked and _NUMBER.search(word)]
    language = answer.article.language
    evidence = coverage.words.terms(answer.text, language)
    marked = [word for _, word in new if word[0].isupper() or any(c.isdigit() for c in word)]
    news = coverage.words.terms(" ".join(marked), language) if marked else []
    return _Candidate(
        answer,
        score,
        frozenset(evidence) - coverage.shares(language).keys(),
        frozenset(news) - coverage.shares(language).keys(),
        bool(names),
        bool(numbers),
        bool(_DATE.search(answer.text)),
    )


def _votes(coverage: Coverage, candidates: Sequence[_Candidate], scores: Vectors) -> list[float]:
    """For each candidate, the support of its best name or number among all candidates, by rarity."""
    weights = np.exp(scores - scores.max())
    weights /= weights.sum()
    support: dict[str, float] = {}
    for candidate, weight in zip(candidates, weights, strict=True):
        for term in candidate.evidence:
            support[term] = support.get(term, 0.0) + float(weight)
    terms = sorted({term for candidate in candidates for term in candidate.news})
    rarity = coverage.words.rarity(terms)
    votes = {
        term: support.get(term, 0.0) * float(rare)
        for term, rare in zip(terms, rarity, strict=True)
        if rare >= _RARE
    }
    return [max((votes.get(term, 0.0) for term in candidate.news), default=0.0) for candidate in candidates]


def _weighted(row: Features, weights: Features) -> float:
    return float(sum(getattr(row, field.name) * getattr(weights, field.name) for field in fields(row)))


def _asks(question: str) -> str:
    """What the question asks for: `number`, `date`, `name`, or anything else: ``."""
    lower = question.lower()
    kinds = {"number": _ASKS_NUMBER, "date": _ASKS_DATE, "name": _ASKS_NAME}
    return next((kind for kind, pattern in kinds.items() if pattern.search(lower)), "")


def _words(text: str) -> list[str]:
    return [word.strip(".,’'-") for word in _WORD.findall(text) if word.strip(".,’'-")]
