"""Questions with a slip of spelling: what it costs, and what reading the word that was meant gives back.

    python -m benchmarks.typos INDEX QUESTIONS [READER]

One letter of one content word of each question is changed, dropped, doubled or swapped with the next, always
the same one. Success@1 is of the ranking, before anything is read: READER (default `none`) only decides
whether a question is read otherwise.
"""

import random
import re
import string
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from embeddings.errors import QAError
from qa import QA
from qa.answer.load_judge import NO_READER
from qa.evaluation.questions import Question, read_questions
from qa.question.spelling import respelled

SLIPS = ("changed", "dropped", "doubled", "swapped")
_WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True, slots=True)
class Slipped:
    """A question as it was meant and as it was typed, and how it was read."""

    slip: str
    meant: Question
    typed: str
    read: str


def slipped(question: Question, slip: str, content: Sequence[str]) -> str:
    """The question with one `slip` in a word of `content`; as it is where it has none."""
    dice = random.Random(f"{question.id} {slip}")  # noqa: S311
    words = [found for found in _WORD.finditer(question.question) if found[0] in content]
    if not words:
        return question.question
    word = dice.choice(words)
    return question.question[: word.start()] + _wrong(word[0], slip, dice) + question.question[word.end() :]


def _wrong(word: str, slip: str, dice: random.Random) -> str:
    places = list(range(1, len(word)))  # the first letter is rarely wrong
    if slip == "swapped":
        places = [at for at in places[:-1] if word[at] != word[at + 1]]
    if not places:
        return word
    at = dice.choice(places)
    before, letter, after = word[:at], word[at], word[at + 1 :]
    if slip == "changed":
        return before + dice.choice([other for other in string.ascii_lowercase if other != letter]) + after
    if slip == "dropped":
        return before + after
    if slip == "doubled":
        return before + 2 * letter + after
    return before + after[0] + letter + after[1:]


def content_words(qa: QA, question: str) -> list[str]:
    """Words of `question` that can be a content word: the index has a term for each."""
    terms = set(qa.index.passage_words.terms(question))
    words = _WORD.findall(question)
    return [word for word in words if terms & set(qa.index.passage_words.terms(word))]


def read(qa: QA, questions: Sequence[Question]) -> Iterator[Slipped]:
    for question in questions:
        content = content_words(qa, question.question)
        for slip in SLIPS:
            typed = slipped(question, slip, content)
            yield Slipped(slip, question, typed, qa.ask(typed, 1).understood)


def is_first(qa: QA, question: Question, text: str) -> bool:
    """Whether an article that answers comes first for `text`."""
    return any(place.passage.article.id in question.relevant for place in qa.search(text, 1))


def untouched(qa: QA, questions: Sequence[Question]) -> tuple[list[str], float, float]:
    """Readings of questions without a slip that differ, and the milliseconds of looking: median and most."""
    times, others = [], []
    for question in questions:
        started = perf_counter()
        other = respelled(qa.index, question.question)
        times.append(1000 * (perf_counter() - started))
        if other and qa.ask(question.question, 1).understood != question.question:
            others.append(f"{question.question} -> {other}")
    return others, median(times), max(times)


def main(place: str, file: str, reader: str = NO_READER) -> None:
    questions = [question for question in read_questions(file) if question.relevant]
    with QA.open(place, reader=reader) as qa:
        others, usual, most = untouched(qa, questions)
        meant = [is_first(qa, question, question.question) for question in questions]
        print(f"{len(questions)} questions without a slip: Success@1 {sum(meant) / len(questions):.3f}")
        print(f"read otherwise: {len(others)}; looked at in {usual:.1f} ms (median), {most:.1f} ms (most)")
        print(*(f"  {other}" for other in others), sep="\n", end="\n" if others else "")
        found = list(read(qa, questions))
        print("| slip | as typed | as read | typed and read alike |", "| --- | --- | --- | --- |", sep="\n")
        for slip in (*SLIPS, "all"):
            some = [one for one in found if slip in (one.slip, "all")]
            typed = sum(is_first(qa, one.meant, one.typed) for one in some) / len(some)
            kept = sum(is_first(qa, one.meant, one.read) for one in some) / len(some)
            alike = sum(one.read == one.meant.question for one in some)
            print(f"| {slip} | {typed:.3f} | {kept:.3f} | {alike} of {len(some)} read as meant |")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except QAError as error:
        sys.exit(f"benchmarks.typos: {error}")
