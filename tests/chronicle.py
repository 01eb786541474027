"""The chronicle of an invented province: 300 short articles, made by program, always the same.

Most of them say everyday things, so that every search has much to choose from. The others belong to questions
that one signal alone decides: `test_signals.py` in tests/qa/retrieval/ and in tests/qa/answer/ asks them.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path
from random import Random

import numpy as np

from embeddings.text.passages import PassageSettings
from embeddings.types import Vectors
from tests.fakes import WordEncoder

ARTICLES = 300
SETTINGS = PassageSettings(words=40, overlap=0)

_TOWNS = "Arve Birk Coll Dunmar Eskel Farn Glim Holt Istra Jorv Kell Lund".split()
_PEOPLE = "mayor baker teacher carpenter doctor farmer sailor tailor miller judge weaver printer".split()
_DID = "counted opened painted moved praised measured visited bought repaired closed cleaned sold".split()
_THINGS = "barn wall garden hall road tower pond stable orchard library mill chapel fountain square".split()
_WHEN = "in the morning|after the rain|before noon|on market day|without a word|for two days".split("|")
_COMMON = ("council", "harvest", "school", "river")
"""Each stands in half of all everyday articles."""

_ALIKE = {
    "foundered": "sank",
    "vessel": "ship",
    "gifts": "presents",
    "teacher": "schoolmaster",
    "lamps": "lanterns",
    "warden": "keeper",
    "feast": "festival",
    "prelate": "archbishop",
    "oven": "kiln",
    "signal": "beacon",
    "vault": "cellar",
    "fortress": "castle",
}
_SILENT = re.compile(r"w\d+x\d+")
_FUNCTION_WORDS = frozenset(
    "a an and at by did for from had has have how in is it its many more of on or said that the then there "
    "they this to two was were what when where which who whom whose why with".split()
)


class MeaningEncoder(WordEncoder):
    """Texts are near one another that say the same in words of the same meaning."""

    def __init__(self) -> None:
        super().__init__("meaning", dim=384)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dim), np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()):
                if word not in _FUNCTION_WORDS and not _SILENT.fullmatch(word):
                    vectors[row] += _meaning(_ALIKE.get(word, word), self.dim)
            if not vectors[row].any():
                vectors[row] = _meaning("", self.dim)
        norms = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        return np.asarray(vectors / norms, np.float32)


@cache
def _meaning(word: str, dim: int) -> Vectors:
    return np.random.default_rng(list(word.encode()) or 0).standard_normal(dim).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Entry:
    id: str
    text: str
    title: str = ""
    date: str | None = "2022-06-01"

    def line(self) -> str:
        made = {"id": self.id, "title": self.title, "text": self.text, "date": self.date}
        return json.dumps({key: value for key, value in made.items() if value})


def _everyday(number: int, random: Random) -> Entry:
    """An article that mentions two of the common words, so that many do any two of them."""
    one, two = list(combinations(_COMMON, 2))[number % 6]
    town, other = random.sample(_TOWNS, 2)
    day = f"20{random.randint(18, 21)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}"
    sentences = [f"The {one} and the {two} were talked about in {town}."]
    for _ in range(3):
        person, did, thing = (random.choice(words) for words in (_PEOPLE, _DID, _THINGS))
        sentences.append(f"A {person} of {other} {did} the {thing} {random.choice(_WHEN)}.")
    return Entry(f"everyday-{number:03}", " ".join(sentences), f"News from {town}", day)


def _silent(number: int, words: int) -> str:
    """A sentence of words that stand nowhere else and mean nothing: it only makes a text longer."""
    return " ".join(f"w{number}x{at}" for at in range(words)).capitalize() + "."


def _foreign(number: int, words: int) -> str:
    """A sentence that means something else: four words that stand nowhere else, again and again."""
    return " ".join(f"v{number}x{at % 4}" for at in range(words)).capitalize() + "."


_RANKED = (
    # only the meaning is the same
    Entry("vessel-museum", f"The vessel museum has a new roof. {_silent(1, 24)}"),
    Entry("ship", "The ship sank off the cape."),
    # each has both words, one of them in one passage
    Entry("ferry-apart", f"The ferry, the prelate and {_silent(2, 35)}\n\nThe archbishop, {_silent(3, 37)}"),
    Entry("ferry-together", f"The ferry, the archbishop and {_silent(4, 35)}\n\n{_silent(5, 40)}"),
    # passages alike; one article has the third word too
    Entry("glass-two", f"The glazier, the apprentice, the oven: {_silent(6, 34)}\n\n{_silent(7, 40)}"),
    Entry(
        "glass-three",
        f"The glazier, the apprentice, the oven: {_silent(8, 34)}\n\nThe kiln and {_silent(9, 37)}",
    ),
    # old and new
    Entry("duke-2016", "The duke of the hills is called Otto Brann.", date="2016-05-04"),
    Entry("duke-2022", "The duke of the hills is called Emil Sorre.", date="2022-05-04"),
    # in the month that is asked about, and in another
    Entry("regatta-late", "The regatta was won by Cato Lind.", date="2020-11-20"),
    Entry("regatta-march", "The regatta was won by Runa Falk.", date="2020-03-14"),
    # two passages of one article, the second a little shorter
    Entry(
        "quarry",
        f"The quarry hired cutters, {_silent(10, 37)}\n\nThe quarry hired cutters, {_silent(11, 34)}",
    ),
    # four by meaning alone, four by words alone, and one by both, which is the fifth of each
    *(Entry(f"lamps-{at}", "Lamps: warden, feast.") for at in range(4)),
    *(Entry(f"lanterns-{at}", _foreign(20 + at, 36), "Lanterns, keeper, festival") for at in range(4)),
    Entry(
        "lantern-festival",
        f"A keeper with lanterns at the festival beside the mill. {_silent(35, 11)}",
    ),
    # has all of the common words, but no passage with more than others have
    Entry(
        "all-four",
        f"The council, the harvest, {_foreign(30, 60)}\n\nThe school, the river, {_foreign(31, 60)}",
    ),
    # in the text, and in the title of a longer article
    Entry("beekeeper-text", f"The beekeeper {_silent(40, 16)}"),
    Entry("beekeeper-title", _silent(41, 20), "The beekeeper"),
    # two years of one award, the older in fewer words
    Entry(
        "ribbon-2021",
        "The golden ribbon was given to Jan Vell.",
        "The golden ribbon of 2021",
        "2021-09-20",
    ),
    Entry(
        "ribbon-2022",
        f"The golden ribbon was given to Ines Prat. {_silent(51, 30)}",
        "The golden ribbon of 2022",
    ),
    # one report, printed twice
    *(
        Entry(
            f"comet-{paper}",
            "A comet stood above the western hills for nine nights, and the farmers of three valleys came "
            "out to look at it before it faded behind the clouds of the coming storm.",
            "A comet above the hills",
            day,
        )
        for paper, day in (("gazette", "2022-02-03"), ("herald", "2022-02-04"))
    ),
)


_ANSWERED = (
    # of two sentences, one says it in other words
    Entry("pier", "The pier was built by sailors. The warden bought lamps for it."),
    # the question's own word, or both of them, in the longer sentence
    Entry("beacon", "The beacon hangs from a hook at the gate. The signal burns oil."),
    Entry("cellar", "The cellar of the castle has a door with a lock near a wall. The vault, the fortress."),
    # in an article that ranks higher, as it is newer
    Entry("tide-2016", "The tide table is kept in the vestry.", date="2016-03-09"),
    Entry("tide-2022", "The tide table is kept in the attic of the inn."),
    # a name, a number, a day; the other sentence has more of the question's words
    Entry("forge", "The forge by the ford was lit by its owner. The forge was lit by Tove Karr."),
    Entry("geese", "The flock by the ford of Arve had geese of many kinds. The flock had 340 geese."),
    Entry(
        "lighthouse",
        "The lighthouse at the ford of Lund was slow. The lighthouse was finished on 3 May 2022.",
    ),
    # at the head of an article, and far below
    Entry(
        "bakery",
        f"The bakery is run by Olaf Brunn. {_silent(60, 30)} {_silent(61, 38)} {_silent(62, 38)} "
        f"The bakery is run by Karin Stove.",
    ),
    # what a pronoun of the next question means
    Entry("organist", "Hanna Weir plays the organ of Birk. She was taught by Milo Dane."),
    # three articles, of which two agree
    *(
        Entry(f"envoy-{name.split()[0].lower()}-{at}", f"The envoy of the islands is {name}, {more}.")
        for at, (name, more) in enumerate(
            (("Signe Holm", "a lawyer"), ("Tilda Voss", "a priest"), ("Tilda Voss", "it was announced"))
        )
    ),
)


def chronicle() -> list[Entry]:
    """All articles, in the order in which they are indexed."""
    special = (*_RANKED, *_ANSWERED)
    random = Random(12)  # noqa: S311
    return [*special, *(_everyday(number, random) for number in range(ARTICLES - len(special)))]


def write(path: Path) -> None:
    """The articles as JSON lines."""
    path.write_text("\n".join(entry.line() for entry in chronicle()) + "\n", "utf-8")
