"""What each operation returns, said once for HTTP and for MCP."""

from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

Pages: TypeAlias = Annotated[
    list[int] | None,
    Field(
        min_length=2,
        max_length=2,
        description="The first and the last page that it stands on, from 1; null where the source has none.",
    ),
]
_SPAN = "Characters are counted from 0 in the text of the article; `end` is the one after the last."


class Origin(BaseModel):
    """Where a text was published."""

    title: str
    url: str | None = Field(description="Its address, where it says one.")
    date: str | None = Field(description="Day of publication (YYYY-MM-DD), where it says one.")
    source: str | None = Field(description="The publisher, where it says one.")


_CORPUS = "The corpus that it is from, where there are several."


class Other(Origin):
    """Where a text was published, and the id of its article."""

    article: str = Field(description="The id of the article.")


class Heading(Origin):
    """An article without its text."""

    id: str = Field(description="What `read` takes.")
    corpus: str | None = Field(None, description=_CORPUS)


class Span(BaseModel):
    """A piece of an article, word for word."""

    text: str = Field(description="Exactly as it stands in the article.")
    start: int = Field(description=_SPAN)
    end: int


class Answer(Span):
    """A sentence of an article that answers."""

    article: str = Field(description="The id of the article, which `read` takes.")
    pages: Pages = None
    short: Span | None = Field(
        description="The name, number or words in it that answer; null without a reader."
    )
    corpus: str | None = Field(None, description=_CORPUS)


class Passage(Origin):
    """`text[start:end]` of an article."""

    rank: int = Field(description="1 is best.")
    article: str = Field(description="The id of the article, which `read` takes.")
    start: int = Field(description=_SPAN)
    end: int
    pages: Pages = None
    text: str = Field(description="Exactly as it stands in the article.")
    score: float = Field(description="Orders the passages of one question, and means nothing beyond that.")
    signals: dict[str, float] = Field(description="What the score is made of.")
    also: list[Other] = Field(description="Copies of the same report in other articles.")
    corpus: str | None = Field(None, description=_CORPUS)


class Said(BaseModel):
    """What one of several corpora has to say."""

    corpus: str
    answerable: float = Field(description="The probability that this corpus answers.", ge=0, le=1)
    answer: Answer | None


class Answered(BaseModel):
    """An answer with its evidence."""

    question: str
    understood: str = Field(
        description="The question as it was read: with the words that a follow-up leaves out, slips mended."
    )
    answer: Answer | None = Field(description="null where the articles do not seem to answer.")
    answerable: float = Field(description="The probability that the articles answer.", ge=0, le=1)
    agreeing: list[Answer] = Field(description="The same answer in other articles.")
    differing: list[Answer] = Field(description="Other answers, of other articles, that are likely too.")
    other_years: list[Other] = Field(description="Articles on other years of the same event.")
    passages: list[Passage] = Field(
        description="The passages that bear on the question, best first; of several corpora by their ranks."
    )
    corpora: list[Said] = Field(
        [], description="Where there are several: what each says; the answer is of the first."
    )
    ms: float = Field(description="Milliseconds that it took.")


class Found(BaseModel):
    """Ranked passages."""

    passages: list[Passage] = Field(description="Best first.")


class Listed(BaseModel):
    """Articles without their texts, newest first."""

    articles: list[Heading]
    total: int = Field(description="How many match, shown or not.")


class Read(Heading):
    """An article, or a part of it."""

    length: int = Field(description="Characters of the whole text.")
    start: int = Field(description=_SPAN)
    end: int
    pages: Pages = None
    text: str = Field(description="`text[start:end]` of the article; read on from `end`.")


class Info(BaseModel):
    """What is indexed."""

    model_config = ConfigDict(extra="allow")

    name: str = Field(description="What the corpus is called.")
    description: str = Field(description="What it is about; empty where nobody has said.")
    articles: int
    passages: int
    since: str | None = Field(description="Day of the oldest article.")
    until: str | None = Field(description="Day of the newest article.")
    sources: dict[str, int] = Field(description="Publishers, and how many articles each has.")
    languages: dict[str, int] = Field(description="Codes of languages, and how many articles each has.")
    model: str = Field(description="The model that encodes.")
    created: str = Field(description="When the index was made.")


class Corpora(BaseModel):
    """The corpora that can be asked."""

    corpora: list[Info]


class Problem(BaseModel):
    """Why there is no result."""

    error: str = Field(description="What is wrong, and the remedy, in one line.")


def as_json(shape: type[BaseModel], value: Any) -> dict[str, Any]:
    """`value` as `shape` has it; what the shape does not name is left out."""
    return shape.model_validate(value).model_dump(mode="json", exclude_unset=True)
