"""What a model claims, and what is left of it when it has been checked."""

from dataclasses import dataclass

from embeddings.types import Article


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that a model says stand in a passage."""

    passage: int
    """The passage's rank, as the model was told it; 0 where it named none."""
    text: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of a model, with the quotations that it gives for it."""

    text: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Where quoted words stand: `article.text[start:end]`."""

    article: Article
    start: int
    end: int
    rank: int
    """Of the passage that holds them; 0 where they stand in its article only."""
    misplaced: bool = False
    """They stand elsewhere than the model said."""

    @property
    def text(self) -> str:
        """The words as the article has them."""
        return self.article.text[self.start : self.end]

    @property
    def pages(self) -> tuple[int, int] | None:
        """The first and the last page that they stand on, from 1; None where the source has no pages."""
        return self.article.on_pages(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Checked:
    """A claim with what was found of its quotations."""

    claim: Claim
    found: tuple[Found, ...]
    dropped: tuple[Quote, ...]
    """Quotations that stand nowhere."""
    why: str
    """What speaks against it; empty where it is proved."""

    @property
    def proved(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.why
