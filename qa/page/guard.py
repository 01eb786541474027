"""What every response says to the browser: load nothing from elsewhere, send nothing elsewhere."""

from typing import Any

_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",  # Gradio compiles its templates in the page
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class SafeHeaders:
    """ASGI middleware that adds the headers."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def guarded(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        await self._app(scope, receive, guarded)


def allowed_hosts(host: str) -> list[str]:
    """The names by which a browser may call a page that listens on `host`."""
    if host in ("0.0.0.0", "::", ""):  # noqa: S104
        return ["*"]
    return [*_LOOPBACK, "[::1]"] if host in _LOOPBACK else [host, *_LOOPBACK]


def middleware(host: str) -> list[Any]:
    """What stands before the page: only the hosts that were asked for, and the headers."""
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    return [Middleware(TrustedHostMiddleware, allowed_hosts=allowed_hosts(host)), Middleware(SafeHeaders)]
