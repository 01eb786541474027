"""What the page's server offers to programs, ready to be put beside Gradio's routes."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from qa.web.live_corpora import LiveCorpora
from qa.web.programs.corpus import Corpus


@dataclass(frozen=True, slots=True)
class Offered:
    """Routes of a Starlette application, and what has to be open while they are served."""

    routes: list[Any]
    lifespan: Callable[[Any], AbstractAsyncContextManager[None]]


def offered(live: LiveCorpora, most: int, mcp: bool = False, closed: bool = False) -> Offered:
    """`/v1` and `/openapi.json`, and with `mcp` also `/mcp`; `most` calls may wait.

    `closed` says that a user and password are asked for.
    """
    from qa.web.programs import http
    from qa.web.programs.operations import operations
    from qa.web.programs.waiting import Waiting

    waiting = Waiting(most)
    offer = operations(Corpus(live))
    routes = http.routes(http.application(offer, waiting, closed))
    if not mcp:
        return Offered(routes, _nothing)
    from qa.web.programs.tools import tools

    made = tools(offer, waiting)
    return Offered([*routes, *made.routes], made.lifespan)


@asynccontextmanager
async def _nothing(_: Any) -> AsyncIterator[None]:
    yield
