"""The operations that programs are offered: what each is for, what it takes and returns, an example."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from qa.web.programs import given, given_back
from qa.web.programs.corpus import Corpus

INSTRUCTIONS = (
    "News articles on this machine. Everything returned is quoted from them, exactly as it stands there: "
    "quote it so, and name title, publisher, day, address and, where they are known, `pages`. For a question "
    "use `ask`; for passages on a topic or for a claim `search`; to see more around a passage `read` the "
    "article from some characters before its `start`; to see what there is `articles`, `info` and `corpora`."
)


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that programs may ask for, over HTTP and MCP alike."""

    name: str
    title: str
    description: str
    """When to use it, and when another."""
    takes: type[BaseModel]
    returns: type[BaseModel]
    work: Callable[..., dict[str, Any]]

    def run(self, given: BaseModel) -> dict[str, Any]:
        """The result, in JSON's own types. Raises QAError."""
        return given_back.as_json(self.returns, self.work(**given.model_dump()))


def operations(corpus: Corpus) -> tuple[Operation, ...]:
    """All that programs may ask of `corpus`."""
    return (
        Operation(
            "ask",
            "Answer a question",
            "Answer one question with an exact sentence of an article, and the passages it rests on. Use it "
            "for anything that can be asked in a sentence: who, what, when, where, how many, why. `answer` "
            "is null where the articles do not seem to say: then tell so, or look at `passages`. For a "
            "topic, or a claim that wants support, use `search`.",
            given.Question,
            given_back.Answered,
            corpus.ask,
        ),
        Operation(
            "search",
            "Search for passages",
            "Rank passages for a topic, a claim or words, without deciding whether they answer. Use it to "
            "collect what was reported, to support or refute a statement, or where `ask` found no answer.",
            given.Words,
            given_back.Found,
            corpus.search,
        ),
        Operation(
            "articles",
            "List articles",
            "List articles by title, publisher and day, newest first, without their texts. Use it to see "
            "what there is, or to find the id of an article whose title is known; to find by content use "
            "`search`.",
            given.Listing,
            given_back.Listed,
            corpus.articles,
        ),
        Operation(
            "read",
            "Read an article",
            "Read an article by its id, whole or from character `start` to `end`. Use it to see what stands "
            "around a passage or an answer (take `start` a few hundred characters before its own), or to "
            "check a quotation. `length` says how long the text is, `end` where to read on.",
            given.Part,
            given_back.Read,
            corpus.read,
        ),
        Operation(
            "info",
            "Say what is indexed",
            "How many articles there are, of which publishers and days. Use it before narrowing by day or "
            "publisher: `sources` has the names to give.",
            given.Which,
            given_back.Info,
            corpus.info,
        ),
        Operation(
            "corpora",
            "List the corpora",
            "The corpora that can be asked, with what each is about and how much it holds. Use it where "
            "articles of one kind are wanted: the other tools take a name from here as `corpus`, and ask "
            "all without one.",
            given.Nothing,
            given_back.Corpora,
            corpus.corpora,
        ),
    )
