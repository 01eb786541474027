"""Text that is harmless to a terminal, in one line where it must be."""

_CONTROL = {code: "\ufffd" for code in [*range(32), *range(127, 160)] if chr(code) not in "\n\t"}


def printable(text: str) -> str:
    """`text` without characters that command a terminal."""
    return text.translate(_CONTROL)


def one_line(text: str) -> str:
    """`text` as one line that is `printable`."""
    return printable(" ".join(text.split()))
