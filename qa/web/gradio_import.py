"""Gradio, imported without what `qa chat` does not need: less than half the time."""

import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch


def import_gradio(mcp: bool = False) -> None:
    """Import Gradio for the first time in this process; its MCP server only for `mcp`.

    On every start Gradio parses the source of each of its components to write its type stubs anew, into its
    own folder, where it finds the source; and it imports `mcp` where that is installed.
    """
    with _without_stubs(), _without("mcp", not mcp):
        import gradio  # noqa: F401


@contextmanager
def _without_stubs() -> Iterator[None]:
    """The source of a component cannot be found, which Gradio takes as a reason to write no stub of it."""
    find = inspect.getfile

    def getfile(thing: object) -> str:
        if type(thing).__name__ == "ComponentMeta":
            raise OSError("a component")
        return find(thing)  # type: ignore[arg-type]

    with patch.object(inspect, "getfile", getfile):
        yield


@contextmanager
def _without(module: str, left_out: bool) -> Iterator[None]:
    """To whoever tries, `module` cannot be imported, unless it has been already."""
    if not left_out or module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[module]
