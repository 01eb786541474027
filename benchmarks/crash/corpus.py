"""Editions of a small corpus, and which of them an index holds."""

import random
from functools import lru_cache
from pathlib import Path

from embeddings.backends.verify import verify
from embeddings.encoders.models import DEFAULT_MODEL
from embeddings.errors import NoIndexError
from qa import QA
from tests.fakes import WordEncoder

ARTICLES = 30
QUESTIONS = 4
_WORDS = [f"{a}{b}{c}" for a in ("bra", "con", "del", "fir") for b in "aeiou" for c in ("lt", "nd", "rs")]
NONE = -1
"""The edition of a folder without an index."""
ENCODER = WordEncoder(DEFAULT_MODEL)


@lru_cache(maxsize=16)
def edition(number: int) -> dict[str, str]:
    """Articles by id: from each edition to the next, a third changes, some come, some go."""
    return {
        f"keeper{i}.txt": _article(i, number - (number - i) % 3) for i in range(ARTICLES) if (i + number) % 7
    }


def _article(i: int, changed: int) -> str:
    words = random.Random(1000 * i + changed)  # noqa: S311
    filler = [" ".join(words.choices(_WORDS, k=12)).capitalize() + "." for _ in range(40)]
    return f"Harbour{i}\n\n" + " ".join([_fact(i, changed), *filler])


def _fact(i: int, changed: int) -> str:
    return f"The lighthouse of Harbour{i} is kept by Keeper{i}x{changed}."


def held(folder: Path, thorough: bool = False) -> int:
    """The edition that the index holds, `NONE` without one. Raises if it is not wholly one edition."""
    try:
        if thorough:
            list(verify(folder, ENCODER))
        qa = QA.open(folder, ENCODER)
    except NoIndexError:
        return NONE
    articles = qa.index.catalog.all_articles()
    texts = {article.id: f"{article.title}\n\n{article.text}" for article in articles}
    newest = max(int(text.partition(".")[0].rpartition("x")[2]) for text in texts.values())
    number = next((n for n in range(newest, newest + 3) if edition(n) == texts), None)
    expect(number is not None, f"articles of no edition, the newest of {newest}")
    for name in random.sample(sorted(texts), QUESTIONS):
        fact = texts[name].partition(".")[0].rpartition("\n")[2] + "."
        place = fact.split()[3]
        result = qa.ask(f"By whom is the lighthouse of {place} kept?")
        best = result.passages[0].passage
        expect(best.article.id == name, f"{best.article.id} for {place}")
        expect(result.answer is not None and result.answer.text == fact, f"{result} for {fact}")
    return number or 0


def expect(condition: bool, otherwise: str) -> None:
    if not condition:
        raise AssertionError(otherwise)
