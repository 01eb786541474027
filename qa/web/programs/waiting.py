"""One call at a time, others wait, and beyond a number they are refused; who leaves no longer waits."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from embeddings.errors import QAError
from qa.web.security.asgi import App, Message, Receive, Scope, Send

T = TypeVar("T")


class TooManyError(QAError):
    """So many wait already that a further one is not taken."""


class Waiting:
    """Runs work in a thread of its own, one at a time, for up to `most` who wait."""

    def __init__(self, most: int) -> None:
        from anyio import CapacityLimiter

        self._most = most
        self._inside = 0
        self._turn = CapacityLimiter(1)

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` returns, once it was its turn. Raises TooManyError."""
        from anyio.to_thread import run_sync

        if self._inside >= self._most:
            raise TooManyError(f"{self._most} calls are waiting already: try again later")
        self._inside += 1
        try:
            return await run_sync(work, limiter=self._turn)
        finally:
            self._inside -= 1


class WhileHeard:
    """An ASGI application that gives up a request when its client leaves: its place is free then.

    What was begun in a thread is ended, and its result thrown away.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        heard: asyncio.Queue[Message] = asyncio.Queue()

        async def listen() -> None:
            message = await receive()
            while message["type"] != "http.disconnect":
                heard.put_nowait(message)
                message = await receive()

        listening = asyncio.ensure_future(listen())
        answering = asyncio.ensure_future(self._app(scope, heard.get, send))
        try:
            await asyncio.wait({listening, answering}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            listening.cancel()
            if not answering.done():
                answering.cancel()
        with suppress(asyncio.CancelledError):
            await answering
