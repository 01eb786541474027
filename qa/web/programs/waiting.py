"""One call at a time, others wait, and beyond a number they are refused."""

from collections.abc import Callable
from typing import TypeVar

from embeddings.errors import QAError

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
