"""Requests that are not what they should be: what they say of where they come from, and what fails."""

import logging
from collections.abc import Sequence
from types import SimpleNamespace

from qa.web.security.asgi import App, Message, Receive, Scope, Send, refuse

log = logging.getLogger(__name__)

_FORWARDED = (b"x-forwarded-", b"x-original-", b"x-rewrite-")
"""Beginnings of headers by which a proxy says what it was asked."""
_OF_PROXIES = frozenset((b"forwarded", b"x-real-ip", b"x-scheme", b"x-script-name"))
_INSIDE = frozenset((b"x-gradio-server",))
"""Headers that Gradio's own servers send to one another; no proxy has a use for them."""
_MISUNDERSTOOD = (ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError)
"""What is raised where a request holds something else than expected."""


class OwnAddress:
    """Only `proxies` may say by which address the page was asked; others' headers are dropped."""

    def __init__(self, app: App, proxies: Sequence[str] = ()) -> None:
        self._app = app
        self._proxies = frozenset(proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if "headers" in scope:
            trusted = (scope.get("client") or ("",))[0] in self._proxies
            kept = [(name, value) for name, value in scope["headers"] if _may_say(name.lower(), trusted)]
            scope = {**scope, "headers": kept}
        await self._app(scope, receive, send)


def _may_say(name: bytes, trusted: bool) -> bool:
    if name in _INSIDE:
        return False
    return trusted or not (name in _OF_PROXIES or name.startswith(_FORWARDED))


class OneLineOfTrouble:
    """An error that a request causes is answered, and one line in the log; no trace, and no default page."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception as error:  # what Gradio raises at what it does not expect is of any kind
            if scope["type"] != "http":
                raise
            log.warning("%s %s: %s", scope["method"], scope["path"], _said(error))
            if not begun:
                wrong = isinstance(error, _MISUNDERSTOOD) and scope["method"] == "POST"
                why = "the request is not understood" if wrong else "the request failed"
                await refuse(send, 400 if wrong else 500, why)


def quieten_queue() -> None:
    """Let Gradio's queue say in one line, too, what a request has caused: else it prints a trace."""
    import sys

    from gradio import queueing

    def print_exc() -> None:
        error = sys.exception() if hasattr(sys, "exception") else sys.exc_info()[1]
        if error:
            log.warning("a request failed: %s", _said(error))

    if hasattr(queueing, "traceback"):
        queueing.traceback = SimpleNamespace(print_exc=print_exc)


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {str(error)[:200]}"
