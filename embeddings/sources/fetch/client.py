"""A polite client: as robots.txt says, one request at a time a host, redirects only where they may lead."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Lock
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from embeddings.errors import SourceError
from embeddings.sources.addresses import LONGEST, address
from embeddings.sources.fetch.network import Unfetched
from embeddings.sources.fetch.request import PROGRAM, Answer, request

if TYPE_CHECKING:
    from protego import Protego

PAUSE = 1.0
"""Seconds between two requests to a host."""
_LONGEST_PAUSE = 10.0
"""What robots.txt may ask for, at most."""
REDIRECTS = 5
_MOVED = (301, 302, 303, 307, 308)
_ROBOTS = 500_000
"""Bytes of robots.txt that are read, as RFC 9309 has it."""


@dataclass(slots=True)
class _Host:
    """What is known of one host."""

    turn: Lock = field(default_factory=Lock)
    free_at: float = 0.0
    pause: float = 0.0
    away: Unfetched | None = None
    """Why nothing more is asked of it now."""
    robots: "dict[str, Protego]" = field(default_factory=dict)
    """By scheme and port."""


class Client:
    """Fetches for one update of an index; `stop` ends whatever it waits for."""

    def __init__(self, stop: Event) -> None:
        self._stop = stop
        self._hosts: dict[str, _Host] = {}
        self._lock = Lock()

    def get(self, url: str, allow_private: bool, conditions: Mapping[str, str] | None = None) -> Answer:
        """The answer of status 200, or 304 if there are `conditions`. Raises Unfetched.

        With `allow_private`, `url` may be an address of this machine or its own network, and then what it
        redirects to as well; from the open internet nothing ever leads there.
        """
        for _ in range(REDIRECTS + 1):
            with self._turn(url, allow_private) as host:
                answer = request(url, self._stop, allow_private=allow_private, conditions=conditions)
                if answer.status in (429, 503):
                    host.away = Unfetched(f"the server asks to come later ({answer.status})", again=True)
            allow_private = allow_private and answer.is_private
            if answer.status not in _MOVED:
                break
            url = _redirected(answer)
        else:
            raise Unfetched(f"more than {REDIRECTS} redirects")
        if answer.status == 200 or (answer.status == 304 and conditions):
            return answer
        raise _refusal(answer.status)

    @contextmanager
    def _turn(self, url: str, allow_private: bool) -> Iterator[_Host]:
        name = urlsplit(url).hostname or ""
        with self._lock:
            host = self._hosts.setdefault(name, _Host())
        with host.turn:
            if host.away:
                raise host.away
            try:
                self._check_robots(url, host, allow_private)
                self._wait(host)
                yield host
            except Unfetched as error:
                if error.away:
                    host.away = error
                raise
            finally:
                host.free_at = monotonic() + host.pause

    def _wait(self, host: _Host) -> None:
        if self._stop.wait(max(0.0, host.free_at - monotonic())):
            raise Unfetched("stopped", again=True)

    def _check_robots(self, url: str, host: _Host, allow_private: bool) -> None:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in host.robots:
            self._wait(host)
            host.robots[origin] = self._robots(origin, allow_private)
            asked = host.robots[origin].crawl_delay(PROGRAM) or 0.0
            host.pause = min(max(PAUSE, asked), _LONGEST_PAUSE)
            host.free_at = monotonic() + (host.pause if asked else 0.0)
        if not host.robots[origin].can_fetch(url, PROGRAM):
            raise Unfetched(f"the robots.txt of {parts.netloc} forbids it: save the page, and name its file")

    def _robots(self, origin: str, allow_private: bool) -> "Protego":
        """As RFC 9309 has it: without the file all may be fetched, and nothing where it is kept back."""
        from protego import Protego

        url = f"{origin}/robots.txt"
        for _ in range(REDIRECTS + 1):
            answer = request(url, self._stop, allow_private=allow_private, cut_at=_ROBOTS)
            allow_private = allow_private and answer.is_private
            if answer.status not in _MOVED:
                break
            url = _redirected(answer)
        if answer.status == 429 or answer.status >= 500:
            why = (
                f"{origin}/robots.txt cannot be read ({answer.status}), and so nothing is fetched from there"
            )
            raise Unfetched(why, again=True, away=True)
        return Protego.parse(answer.body.decode("utf-8", "replace") if answer.status == 200 else "")


def _redirected(answer: Answer) -> str:
    """Where an answer leads. Raises Unfetched."""
    import httpx

    given = answer.headers.get("location", "")
    if len(given) > LONGEST:
        raise Unfetched(f"it redirects to an address of more than {LONGEST:,} characters")
    try:
        return address(str(httpx.URL(answer.url).join(given)))
    except (SourceError, httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise Unfetched(f"it redirects to what is not fetched: {error}") from None


def _refusal(status: int) -> Unfetched:
    if status in (404, 410):
        return Unfetched(f"it is not there ({status})")
    if status in (401, 403, 407, 451):
        return Unfetched(f"the server does not give it to us ({status})")
    if status in (429, 503):
        return Unfetched(f"the server asks to come later ({status})", again=True)
    return Unfetched(f"the server answers {status}", again=status >= 500)
