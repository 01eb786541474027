"""What an index is called and what it is about, as its maker says."""

from dataclasses import dataclass

from embeddings.errors import QAError

_LONGEST_NAME, _LONGEST_DESCRIPTION = 60, 300
"""Characters: the page and a terminal show both in one line."""


@dataclass(frozen=True, slots=True)
class About:
    """A name and a description, each empty where nobody has given one."""

    name: str = ""
    description: str = ""

    def changed(self, name: str | None, description: str | None) -> "About":
        """With these in their place; None leaves what is there. Raises QAError for what is no such text."""
        given = (
            self.name if name is None else name,
            self.description if description is None else description,
        )
        made = About(*(" ".join(text.split()) for text in given))
        try:
            made.check()
        except ValueError as error:
            raise QAError(str(error)) from None
        return made

    def check(self) -> None:
        """Each is a short line that can be shown. Raises ValueError."""
        for what, text, most in (
            ("name", self.name, _LONGEST_NAME),
            ("description", self.description, _LONGEST_DESCRIPTION),
        ):
            if not isinstance(text, str) or not text.isprintable():
                raise ValueError(f"the {what} of an index is {text!r:.100}, expected what can be printed")
            if len(text) > most:
                raise ValueError(
                    f"the {what} of an index has {len(text)} characters, expected {most} at most"
                )
