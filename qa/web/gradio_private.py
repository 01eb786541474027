"""What of Gradio has no public way: tried with 6.31, and pyproject.toml admits no later minor version."""

import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def import_gradio() -> None:
    """Import Gradio for the first time in this process, in less than half the time.

    On every start Gradio parses the source of each of its components to write its type stubs anew, into its
    own folder, where it finds the source; and it imports `mcp`, for a server that the page has no use for.
    """
    with _without_stubs(), _without("mcp"):
        import gradio  # noqa: F401


@contextmanager
def _without_stubs() -> Iterator[None]:
    """The source of a component cannot be found, which Gradio takes as a reason to write no stub of it."""
    find = inspect.getfile

    def getfile(thing: Any) -> str:
        if type(thing).__name__ == "ComponentMeta":
            raise OSError("a component")
        return find(thing)

    inspect.getfile = getfile  # type: ignore[assignment]
    try:
        yield
    finally:
        inspect.getfile = find


@contextmanager
def _without(module: str) -> Iterator[None]:
    """Importing `module` fails inside, unless it has been imported already."""
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[module]
