"""Turns and passages to be kept in tests."""

from dataclasses import replace

from embeddings.types import Article, Filter, Passage
from qa.types import Answer, RankedPassage, Result, Short, Signals
from qa.web.turns import Turn

TEXT = "The old bridge at Marlow fell at dawn. Nobody was hurt in the storm."
HOSTILE = "<script>x=1</script> [press](javascript:alert(1)) *bold* `code` | # \u202eturned"
BRIDGE = Article("bridge.md", "Storm takes a bridge", TEXT, "https://news.example/a", "2022-11-03", "Daily")


def turn(question: str = "When did the bridge fall?", article: Article = BRIDGE, ms: float = 1.0) -> Turn:
    answer = Answer(article, 0, 38, 1, Short(30, 37))
    first = RankedPassage(1, Passage(7, article, 0, 68), 0.5, Signals(0.5, 1.0, 1.0, 1.0), (article,))
    second = RankedPassage(2, Passage(8, article, 39, 68), 0.25, Signals(0.2, 1.0, 1.0, 1.0))
    result = Result(
        question,
        question,
        answer,
        0.91,
        (first, second),
        ms,
        ("2022-11-03",),
        (answer,),
        (answer,),
        (article,),
    )
    return Turn(question, Filter("2022-01-01", None, ("Daily",)), result, frozenset(("bridge", "fall", "b")))


def hostile() -> Turn:
    article = replace(BRIDGE, id="h", title=HOSTILE, text=f"{TEXT} {HOSTILE}", url="javascript:alert(1)")
    return turn(HOSTILE, article)


def ranked(of: Turn, place: int = 0) -> RankedPassage:
    assert of.result
    return of.result.passages[place]
