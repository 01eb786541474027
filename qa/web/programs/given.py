"""What each operation takes, said once for HTTP and for MCP."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from qa.pipeline import LONGEST
from qa.web.programs import examples
from qa.web.programs.corpus import LONGEST_PART, MOST, PART


def _day(value: str) -> str:
    if len(value) != len("2022-11-30"):
        raise ValueError("expected a day such as 2022-11-30")
    return date.fromisoformat(value).isoformat()


Day = Annotated[str, AfterValidator(_day), Field(json_schema_extra={"format": "date"})]


class Given(BaseModel):
    """What an operation takes; a name that is not in it is refused."""

    model_config = ConfigDict(extra="forbid")


Corpus = Annotated[
    str | None, Field(description="Only this corpus, named as in `corpora`; without it all of them.")
]


class Narrow(Given):
    """Which articles count."""

    since: Day | None = Field(None, description="Only articles of this day or later.")
    until: Day | None = Field(None, description="Only articles of this day or earlier.")
    sources: list[str] | None = Field(
        None, description="Only these publishers, named as in `info`.", max_length=MOST
    )
    as_of: Day | None = Field(
        None, description="As a reader of this day: nothing later counts, and recent articles come first."
    )
    corpus: Corpus = None


class Question(Narrow):
    """What `ask` takes."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.ASKED]})

    question: str = Field(description="The question, in words.", min_length=1, max_length=LONGEST)
    top_k: int = Field(5, description="How many ranked passages to return.", ge=1, le=MOST)
    after: str | None = Field(
        None,
        description="The question before, from which words that this one leaves out are carried over.",
        min_length=1,
        max_length=LONGEST,
    )


class Words(Narrow):
    """What `search` takes."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.SEARCHED]})

    text: str = Field(
        description="A question, a statement or words to search for.", min_length=1, max_length=LONGEST
    )
    top_k: int = Field(10, description="How many passages to return.", ge=1, le=MOST)


class Listing(Given):
    """What `articles` takes."""

    text: str = Field(
        "",
        description="Only articles whose title, publisher or day holds each of these words.",
        max_length=LONGEST,
    )
    first: int = Field(0, description="How many matching articles to pass over.", ge=0, le=10**9)
    count: int = Field(50, description="How many to return.", ge=1, le=MOST)
    corpus: Corpus = None


class Place(Given):
    """A part of an article."""

    start: int = Field(0, description="The first character.", ge=0, le=10**9)
    end: int | None = Field(
        None,
        description=f"The character after the last one, {LONGEST_PART:,} further at most; "
        f"without it {PART:,} characters are returned.",
        ge=0,
        le=10**9,
    )
    corpus: Corpus = None


class Part(Place):
    """What `read` takes."""

    id: str = Field(description="The article's id, as passages, answers and the list of articles name it.")


class Which(Given):
    """What `info` takes."""

    corpus: Corpus = None


class Nothing(Given):
    """What `corpora` takes."""
