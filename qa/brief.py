"""A topic as a chronology: of each article on it the sentence that says most of it, by day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from embeddings.text.sentences import sentence_spans
from embeddings.types import Article, Filter
from qa.pipeline import QA
from qa.retrieval.cosine_scale import comparable
from qa.retrieval.coverage import Coverage
from qa.types import Answer, RankedPassage

_SEARCHED = 10
"""Passages that are ranked for a line."""
_WORDS = 0.25
_ON_TOPIC = 0.42
"""Cosine of passage and topic, and `_WORDS` times the share of the topic's words that it holds, from which an
article is on the topic; chosen on the seeds."""
_LEAD = 600
_LEADS = 0.05
"""What a sentence gains at the head of its article."""
_LOSES = 0.15
"""What it loses where it begins with a pronoun."""
_UNCLEAR = frozenset("he she it they his her its their this that these those".split())


@dataclass(frozen=True, slots=True)
class Line:
    """One article's part of a brief."""

    sentence: Answer
    """What it says, as it stands; the rank is that of its passage."""
    place: RankedPassage

    @property
    def article(self) -> Article:
        """Whose line it is."""
        return self.sentence.article

    def to_json(self) -> dict[str, Any]:
        """Its part of `qa brief --json`."""
        article = self.article
        origin = {"title": article.title, "url": article.url, "date": article.date, "source": article.source}
        sentence = self.sentence.to_json()
        return {**{name: sentence[name] for name in ("text", "article", "start", "end")}, **origin}


def brief(qa: QA, topic: str, lines: int = 12, narrow: Filter = Filter()) -> list[Line]:  # noqa: B008
    """At most `lines` articles on `topic`, the best of them, earliest first; those without a day last.

    Empty where none is on it. Raises QueryError as `QA.search` does.
    """
    ranked = qa.search(topic, _SEARCHED * lines if lines > 0 else lines, narrow)
    coverage = Coverage.of(topic, qa.index.article_words)
    best = [place for place in _first_of_each(ranked) if _on_topic(qa, coverage, place)][:lines]
    chosen = _sentences(qa, topic, coverage, best)
    made = [Line(sentence, place) for sentence, place in zip(chosen, best, strict=True)]
    return sorted(made, key=lambda line: (line.article.date or "9999", line.article.id))


def _first_of_each(ranked: Iterable[RankedPassage]) -> list[RankedPassage]:
    firsts: dict[str, RankedPassage] = {}
    for place in ranked:
        firsts.setdefault(place.passage.article.id, place)
    return list(firsts.values())


def _on_topic(qa: QA, coverage: Coverage, place: RankedPassage) -> bool:
    article = place.passage.article
    words = coverage.share([article.title, place.passage.text], article.language)
    cosine = float(comparable(qa.index, np.array([place.signals.dense], np.float32))[0])
    return cosine + _WORDS * words >= _ON_TOPIC


def _sentences(qa: QA, topic: str, coverage: Coverage, places: Sequence[RankedPassage]) -> list[Answer]:
    """Of each passage its sentence that is nearest to `topic`."""
    passages = [place.passage for place in places]
    spans = [list(sentence_spans(passage.text, passage.article.language)) for passage in passages]
    texts = [passage.text[a:b] for passage, own in zip(passages, spans, strict=True) for a, b in own]
    if not texts:
        return []
    encoder = qa.index.encoder
    cosines = comparable(qa.index, encoder.encode_document(texts) @ encoder.encode_query([topic])[0])
    chosen: list[Answer] = []
    done = 0
    for place, own in zip(places, spans, strict=True):
        passage = place.passage
        scores = []
        for at, (start, end) in enumerate(own):
            text = passage.text[start:end]
            lead = passage.start + start < _LEAD
            unclear = text.split()[0].strip("“”\"'").lower() in _UNCLEAR
            said = float(cosines[done + at]) + _WORDS * coverage.share([text], passage.article.language)
            scores.append(said + _LEADS * lead - _LOSES * unclear)
        start, end = own[int(np.argmax(scores))]
        chosen.append(Answer(passage.article, passage.start + start, passage.start + end, place.rank))
        done += len(own)
    return chosen
