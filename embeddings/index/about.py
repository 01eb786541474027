"""What an index is called and what it is about, as its maker says."""

from dataclasses import dataclass, replace

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
        return replace(
            self,
            name=self.name if name is None else _line("name", name, _LONGEST_NAME),
            description=(
                self.description
                if description is None
                else _line("description", description, _LONGEST_DESCRIPTION)
            ),
        )


def _line(what: str, text: str, most: int) -> str:
    line = " ".join(text.split())
    if len(line) > most:
        raise QAError(f"the {what} of an index has {len(line)} characters, expected {most} at most")
    if not line.isprintable():
        raise QAError(f"the {what} of an index is {line!r}, expected characters that can be printed")
    return line
