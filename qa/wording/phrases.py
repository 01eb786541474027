"""What page and terminal say alike of a result."""

from qa.types import Result

NO_ANSWER = "The corpus does not seem to answer this."
NO_PASSAGE = "No passage matches."


def likelihood(result: Result) -> str:
    """How likely it is that the corpus answers: the only score that means something to people."""
    likely = result.answerable
    said = "over 99%" if likely > 0.99 else "under 1%" if likely < 0.01 else f"{likely:.0%}"
    return f"{said} likely to be answered here"
