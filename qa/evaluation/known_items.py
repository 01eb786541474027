"""`qa eval --self`: judged questions made from the corpus itself, for want of better ones.

An article's title is asked, or its first sentence where it has no title, and the article is what should be
found (known-item search: Beitzel, Jensen and Grossman, "Retrieving OCR text", 2003, and TREC before them).
Those words are taken out of the article first: in a copy of the index in which everything else is the same.
"""

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from tempfile import TemporaryDirectory

import numpy as np

from embeddings.errors import QAError
from embeddings.index.parts import ArticleCatalog
from embeddings.text.sentences import sentence_spans
from embeddings.types import Article, Encoder
from qa.evaluation.evaluate import Trial, ask_all
from qa.evaluation.questions import Question
from qa.pipeline import LONGEST, QA

SAMPLE = 200
_FEWEST_ASKED = 3
"""Words of a title or sentence that can tell an article from the others."""
_FEWEST_LEFT = 20
"""Words that must be left of an article, or there is nothing to find it by."""
_WORD = re.compile(r"\w+")
_PARTS = re.compile(r"\s+[-–—|]\s+")
"""Between a headline and the publisher's name: pages repeat the one without the other."""


@dataclass(frozen=True, slots=True)
class KnownItem:
    """A question with the one article that it asks for, which no longer holds its words."""

    question: Question
    article: Article
    titled: bool
    """Whether the question is the title; else it is the first sentence."""


def known_items(index: str, sample: int = SAMPLE, encoder: Encoder | None = None) -> Trial:
    """`sample` articles of the index in folder `index`, asked for by their own words.

    The copy of the index is in a temporary folder; only the passages of the sample are encoded. Raises
    QAError where no article can be asked for, and whatever `QA.open` raises.
    """
    if sample < 1:
        raise QAError(f"the sample has {sample} articles, expected 1 or more")
    with QA.open(index, encoder) as whole:
        items = sampled(_alone(whole.index.catalog), sample)
        if not items:
            raise QAError(f"no article in {index} has a title or first sentence of its own to be asked by")
        changed = {item.article.id: item.article for item in items}
        with TemporaryDirectory(prefix="qa-eval-", ignore_cleanup_errors=True) as folder:
            report = whole.rewrite(folder, lambda article: changed.get(article.id, article))
            with QA.open(folder, whole.index.encoder, reader="none") as qa:  # the finding is measured
                run = ask_all(qa, [item.question for item in items])
    sentences = sum(not item.titled for item in items)
    note = (
        f"Known items: {len(items)} of {report.articles} articles, asked for by their own titles"
        f"{f' ({sentences} by their first sentence)' if sentences else ''}; those words were taken out of "
        f"these articles first, the others keep theirs ({report.encoded} passages encoded again, "
        f"{report.seconds:.0f} s). Titles share the words of their articles more than readers' questions do: "
        "these figures flatter lexical matching."
    )
    return Trial(f"{len(items)} known items", [item.question for item in items], [], run, note=note)


def _alone(catalog: ArticleCatalog) -> Iterator[Article]:
    """The articles without a copy: a copy would hold the words that are taken out, and be as right."""
    stories = catalog.stories(np.arange(catalog.stats().articles))
    counts = Counter(stories.tolist())
    every = zip(catalog.all_articles(), stories.tolist(), strict=True)
    return (article for article, story in every if counts[story] == 1)


def sampled(articles: Iterable[Article], sample: int, seed: int = 0) -> list[KnownItem]:
    """`sample` known items, or as many as there are; the same ones for the same articles and seed.

    A title or sentence that several articles begin with asks for none of them.
    """
    found = [item for article in articles if (item := known_item(article))]
    counts = Counter(_key(item.question.question) for item in found)
    found = [item for item in found if counts[_key(item.question.question)] == 1]
    chosen = random.Random(seed).sample(range(len(found)), min(sample, len(found)))  # noqa: S311
    return [found[place] for place in sorted(chosen)]


def known_item(article: Article) -> KnownItem | None:
    """`article` as a known item, or None where it has no words to be asked or to be found by."""
    titled = len(_words(article.title)) >= _FEWEST_ASKED
    asked = article.title if titled else _first_sentence(article)
    text = without(article.text, asked)
    if not asked or len(asked) > LONGEST or len(_words(text)) < _FEWEST_LEFT:
        return None
    question = Question(article.id, " ".join(asked.split()), frozenset({article.id}))
    return KnownItem(question, replace(article, title="", text=text, pages=()), titled)


def without(text: str, phrase: str) -> str:
    """`text` without `phrase`, and without its parts around a dash or bar, wherever they stand.

    Case, punctuation and white space between the words may differ.
    """
    for part in (phrase, *_PARTS.split(phrase)):
        words = _words(part)
        if len(words) >= _FEWEST_ASKED:
            repeated = r"\W+".join(re.escape(word) for word in words)
            text = re.sub(rf"(?<!\w){repeated}(?!\w)[.!?…]*", "", text, flags=re.IGNORECASE)
    return text.strip()


def _first_sentence(article: Article) -> str:
    spans = sentence_spans(article.text, article.language)
    sentences = (article.text[start:end] for start, end in spans)
    return next((sentence for sentence in sentences if len(_words(sentence)) >= _FEWEST_ASKED), "")


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _key(text: str) -> str:
    return " ".join(_words(text.casefold()))
