"""Who may come in: users with passwords, asked of everybody where the page listens to other machines."""

import os
import secrets
import shlex
import stat
from asyncio import Lock, sleep
from base64 import b64decode
from binascii import Error
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from embeddings.errors import QAError
from qa.web.security.asgi import Scope
from qa.web.security.guard import is_loopback

VARIABLE = "QA_AUTH"
_SHORTEST = 8
"""Characters of a password."""
_PAUSE = 1.0
"""Seconds that a wrong password costs; guesses wait for one another."""
_COOKIE = "article-qa"
_OPEN = ("/login", "/gradio_api/startup-events")  # where one logs in; what Gradio asks itself when it starts


@dataclass(frozen=True, slots=True)
class Credentials:
    """Whom the page lets in."""

    user: str
    password: str = field(repr=False)


def credentials(host: str, auth: str | None, no_auth: bool) -> tuple[Credentials, ...]:
    """Whom to let in to a page on `host`; empty for everybody.

    `auth` is a file with lines of `user:password`, or empty for $QA_AUTH. Raises QAError where there are
    none, and where `host` is not this machine's alone and neither `auth` nor `no_auth` is given.
    """
    if auth is not None:
        return _from_file(Path(auth)) if auth else _parsed(os.environ.get(VARIABLE, ""), f"${VARIABLE}")
    if no_auth or is_loopback(host):
        return ()
    raise QAError(
        f"other machines can reach {host or 'every address'}: set {VARIABLE}=user:password and give --auth, "
        "or --auth FILE, or --no-auth to let everybody in"
    )


def _from_file(path: Path) -> tuple[Credentials, ...]:
    if ":" in str(path) and not path.exists():  # likely a password: not repeated
        raise QAError(f"--auth takes a file: put user:password into it, or into ${VARIABLE}")
    try:
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise QAError(f"others can read or change {path}: run `chmod 600 {shlex.quote(str(path))}`")
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "not UTF-8"
        raise QAError(f"{path} cannot be read ({why}): expected user:password in it") from None
    return _parsed(text, str(path))


def _parsed(text: str, origin: str) -> tuple[Credentials, ...]:
    found = [_line(line, origin) for line in text.replace("\r", "").strip("\n").split("\n")]
    twice = [one.user for at, one in enumerate(found) if one.user in {other.user for other in found[:at]}]
    if twice:
        raise QAError(f"{origin} names {twice[0]!r} twice: give each user one line")
    return tuple(found)


def _line(line: str, origin: str) -> Credentials:
    user, colon, password = line.partition(":")
    if not colon or not user:
        raise QAError(f"{origin} holds no user:password, or a line that is none")
    if len(password) < _SHORTEST:
        raise QAError(f"a password in {origin} is too short: expected {_SHORTEST} characters or more")
    return Credentials(user, password)


class Door:
    """Lets in who gives a user and their password, by HTTP Basic or by logging in as Gradio's clients do."""

    def __init__(self, *wanted: Credentials) -> None:
        self._wanted = wanted
        self._passes = {one.user: secrets.token_urlsafe(32) for one in wanted}
        self._guesses = Lock()

    async def authenticate(self, conn: Any) -> Any:
        """Starlette's AuthenticationBackend. Raises AuthenticationError for anyone unknown."""
        from starlette.authentication import AuthCredentials, AuthenticationError, SimpleUser

        if conn.scope["path"].rstrip("/") in _OPEN:
            return None
        user, password = _basic(conn.headers.get("authorization", ""))
        if user:
            known = user if await self._knows(user, password) else None
        else:
            known = self._owner(conn.cookies.get(_COOKIE, ""))
        if known is None:
            raise AuthenticationError("user and password, please")
        return AuthCredentials(["authenticated"]), SimpleUser(known)

    async def login(self, request: Any) -> Any:
        """The answer to a form with `username` and `password`: the cookie that lets in."""
        from starlette.responses import JSONResponse

        async with request.form(max_files=0, max_fields=10) as form:
            user, password = (str(form.get(name, "")) for name in ("username", "password"))
        user = user.strip()
        if not await self._knows(user, password):
            return JSONResponse({"detail": "Incorrect credentials."}, 401)
        response = JSONResponse({"success": True})
        response.set_cookie(_COOKIE, self._passes[user], httponly=True, samesite="strict")
        return response

    def route(self) -> Any:
        """Where one logs in; it comes before Gradio's own."""
        from starlette.routing import Route

        return Route("/login", self.login, methods=["POST"])

    def _owner(self, shown: str) -> str | None:
        """Whose pass `shown` is."""
        found = [user for user, kept in self._passes.items() if _same(shown, kept)]
        return found[0] if found else None

    async def _knows(self, user: str, password: str) -> bool:
        tried = [(_same(user, one.user), _same(password, one.password)) for one in self._wanted]
        right = any(all(both) for both in tried)
        if not right:
            async with self._guesses:
                await sleep(_PAUSE)
        return right


def visitor(scope: Scope) -> str:
    """The user who makes a request; empty where nobody is asked who they are."""
    return str(getattr(scope.get("user"), "display_name", ""))


def _same(given: str, wanted: str) -> bool:
    return secrets.compare_digest(given.encode("utf-8", "replace"), wanted.encode())


def _basic(header: str) -> tuple[str, str]:
    """User and password of an Authorization header; empty where it has none."""
    kind, _, value = header.partition(" ")
    try:
        user, _, password = b64decode(value).decode().partition(":")
    except (Error, ValueError):
        return "", ""
    return (user, password) if kind.lower() == "basic" else ("", "")


def door_middleware(door: Door) -> Sequence[Any]:
    """The middleware that asks at `door`."""
    from starlette.middleware import Middleware
    from starlette.middleware.authentication import AuthenticationMiddleware
    from starlette.responses import PlainTextResponse

    def refuse(_: Any, error: Exception) -> Any:
        headers = {"WWW-Authenticate": 'Basic realm="article-qa", charset="UTF-8"'}
        return PlainTextResponse(f"{error}\n", 401, headers)

    backend: Any = door
    return [Middleware(AuthenticationMiddleware, backend=backend, on_error=refuse)]
