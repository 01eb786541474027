"""What stands before the page: which hosts, origins, routes and sizes are let through, and the headers."""

import json
from collections.abc import Sequence
from ipaddress import ip_address
from socket import gethostname
from typing import Any
from urllib.parse import urlsplit

from qa.web.security.asgi import App, Message, Receive, Scope, Send, refuse

LARGEST = 256_000
"""Bytes of a request; the longest question is a fraction of it."""
LARGEST_UPLOAD = 100_000_000
"""Bytes of the files that are dropped together, with what the browser puts around them."""
_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-eval'",  # Gradio compiles its templates in the page
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)
_API = "/gradio_api"
_ROUTES = frozenset(
    (
        *("/", "/config", "/theme.css", "/favicon.ico", "/robots.txt", "/manifest.json", "/login"),
        *(f"{_API}/{name}" for name in ("info", "openapi.json", "startup-events", "heartbeat", "cancel")),
        *(f"{_API}/{name}" for name in ("queue/join", "queue/data", "theme.css", "reset")),
        *("/openapi.json", "/mcp"),
    )
)
_UPLOAD = f"{_API}/upload"
_UPLOADS = frozenset((_UPLOAD, f"{_API}/upload_progress"))
"""Routes that are served only where visitors may add articles."""
_FOLDERS = ("/assets/", "/static/", *(f"{_API}/{name}/" for name in ("call", "heartbeat", "run")))
_OURS = ("/v1/", "/kept/")
"""What programs ask, and what a visitor takes away: none is of files, and an id may hold anything."""
_LOOPBACK = ("127.0.0.1", "localhost", "::1", "[::1]")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens on `host`: localhost, 127.0.0.0/8 or ::1."""
    if host == "localhost":
        return True
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return False
    return address.is_loopback and getattr(address, "ipv4_mapped", None) is None


def bracketed(host: str) -> str:
    """`host` as addresses of the web have it."""
    return f"[{host}]" if ":" in host else host


def allowed_hosts(host: str, names: Sequence[str] = ()) -> list[str]:
    """The names by which a browser may call a page that listens on `host`; `names` are further ones."""
    every = host in ("0.0.0.0", "::")  # noqa: S104
    own = (gethostname(),) if every else ()
    return [
        name.lower()
        for name in dict.fromkeys((*own, bracketed(host), *_LOOPBACK, *names))
        if name and "*" not in name
    ]


class SafeHeaders:
    """Adds the headers that bind the browser: load nothing from elsewhere, send nothing elsewhere."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        await self._app(scope, receive, guarded)


class SameOrigin:
    """Refuses what another site's page asks for: an Origin that is not the address asked."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope.get("headers", ()))
        origin, host = headers.get(b"origin"), headers.get(b"host", b"")
        if origin is not None and _host_of(origin) != host.lower():
            await refuse(send, 403, "asked by the page of another site")
        else:
            await self._app(scope, receive, send)


def _host_of(origin: bytes) -> bytes | None:
    """The host and port of an address; None of what is none."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None


class KnownRoutes:
    """Lets through only the routes that the page and its programs use, and requests of a sensible size.

    Gradio's others (files, proxy, monitoring, component servers, editing) answer 404; so do uploads, unless
    visitors may be `adding` articles.
    """

    def __init__(self, app: App, adding: bool = False) -> None:
        self._app = app
        self._adding = adding

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] != "http" or not is_known(scope["path"], self._adding):
            await refuse(send, 404, "not served", scope["type"])
        elif (length := _length(scope)) is None:
            await refuse(send, 411, "the request does not say its length")
        elif scope["path"] == _UPLOAD and length > LARGEST_UPLOAD:
            most = f"{LARGEST_UPLOAD / 1e6:g} MB"
            await refuse(send, 413, f"the files are larger than {most}: give fewer, or run `qa index`")
        elif scope["path"] != _UPLOAD and length > LARGEST:
            await refuse(send, 413, f"the request is larger than {LARGEST} bytes")
        else:
            await self._app(scope, receive, send)


def is_known(path: str, adding: bool = False) -> bool:
    """Whether the page or its programs use the route `path`."""
    if path in _UPLOADS:
        return adding
    if path.startswith(_OURS):
        return True
    return (path.rstrip("/") or "/") in _ROUTES or (path.startswith(_FOLDERS) and ".." not in path)


class NoAddresses:
    """Refuses what would make Gradio fetch something: a file in a request that is an address of the web.

    It does so for every component and function, whatever they take, before it looks at what they take.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] == _UPLOAD:
            await self._app(scope, receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message["type"] == "http.request" and message.get("more_body", False)
        if names_an_address(body):
            await refuse(send, 403, "a file cannot be given by its address")
            return
        first = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def again() -> Message:
            return next(first, None) or await receive()

        await self._app(scope, again, send)


def names_an_address(body: bytes) -> bool:
    """Whether some JSON holds a file, as Gradio writes it, whose path is an address of the web."""
    try:
        json.loads(body, object_hook=_local)
    except PermissionError:
        return True
    except (ValueError, RecursionError):  # Gradio reads no more in it
        return False
    return False


def _local(found: dict[str, Any]) -> dict[str, Any]:
    if str(found.get("path", "")).lower().startswith(("http:", "https:")):
        raise PermissionError
    return found


def _length(scope: Scope) -> int | None:
    """Bytes of the request's body; None where it is sent without saying so."""
    headers = dict(scope["headers"])
    given = headers.get(b"content-length", b"0")
    return int(given) if given.isdigit() and b"transfer-encoding" not in headers else None


def middleware(
    host: str,
    names: Sequence[str] = (),
    door: Sequence[Any] = (),
    adding: bool = False,
    proxies: Sequence[str] = (),
) -> list[Any]:
    """The guards in the order in which a request meets them; `door` asks who comes."""
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    from qa.web.security.requests import OneLineOfTrouble, OwnAddress

    hosts = allowed_hosts(host, names)
    return [
        Middleware(SafeHeaders),
        Middleware(OneLineOfTrouble),
        Middleware(OwnAddress, proxies=proxies),
        Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False),
        Middleware(SameOrigin),
        Middleware(KnownRoutes, adding=adding),
        *door,
        Middleware(NoAddresses),
    ]
