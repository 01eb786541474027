"""What of Gradio has no public way: tried with 6.31, and pyproject.toml admits no later minor version."""

import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def import_gradio(mcp: bool = False) -> None:
    """Import Gradio for the first time in this process, in less than half the time; its MCP server only for
    `mcp`.

    On every start Gradio parses the source of each of its components to write its type stubs anew, into its
    own folder, where it finds the source; and it imports `mcp` where that is installed.
    """
    with _without_stubs(), _without("mcp", not mcp):
        import gradio  # noqa: F401


def let_tools_in(page: Any, user: str, password: str) -> None:
    """Let the tools of the MCP server log in as `user`: it calls them through a client of its own, which has
    to log in like others, and takes no user and password.
    """
    from gradio_client import Client

    page.mcp_server_obj._client_instance = Client(
        page.local_url,
        auth=(user, password),
        headers={"x-gradio-user": "mcp"},
        download_files=False,
        verbose=False,
        analytics_enabled=False,
        _skip_components=False,
    )


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
def _without(module: str, left_out: bool) -> Iterator[None]:
    """Importing `module` fails inside, unless it has been imported already."""
    if not left_out or module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[module]
