"""One request and its answer, within limits; whatever goes wrong is one clear line."""

import ssl
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from threading import Event

import httpcore
import httpx

from embeddings.sources.fetch.network import Checked, Clock, Unfetched

LARGEST = 50_000_000
"""Bytes of an answer, unpacked."""
SECONDS = 60.0
"""Of one request, from the connection to the last byte."""
SILENCE = 15.0
"""Seconds without a byte after which a server is given up."""
_STREAM = 65_536
PROGRAM = "article-qa"
"""What robots.txt calls us."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered."""

    url: str
    status: int
    headers: Mapping[str, str]
    """By names in small letters."""
    body: bytes
    is_private: bool
    """Whether it came from another address than one of the open internet."""


def request(
    url: str,
    stop: Event,
    *,
    allow_private: bool = False,
    conditions: Mapping[str, str] | None = None,
    cut_at: int | None = None,
) -> Answer:
    """The answer to a GET, whatever its status; no redirect is followed. Raises Unfetched.

    More than LARGEST bytes are an error; with `cut_at`, what comes after so many is not read.
    """
    clock = Clock(SECONDS, stop)
    backend = Checked(clock, allow_private)
    parts = httpx.URL(url)
    headers = [
        ("Host", parts.netloc.decode("ascii")),
        ("User-Agent", user_agent()),
        ("Accept", "*/*"),
        ("Accept-Encoding", "gzip"),
        ("Connection", "close"),
        *(conditions or {}).items(),
    ]
    patience = dict.fromkeys(("connect", "read", "write", "pool"), SILENCE)
    with (
        _faults(parts.host, clock),
        httpcore.ConnectionPool(ssl_context=_certificates(), network_backend=backend) as pool,
        pool.stream("GET", str(parts), headers=headers, extensions={"timeout": patience}) as answer,
    ):
        found = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
        body = b"" if answer.status == 304 else _body(answer.iter_stream(), found, cut_at)
        return Answer(url, answer.status, found, body, backend.is_private)


@cache
def user_agent() -> str:
    """The program and its version: who keeps a server can tell who asked."""
    try:
        return f"{PROGRAM}/{version(PROGRAM)}"
    except PackageNotFoundError:
        return PROGRAM


@cache
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context()


def _body(chunks: Iterable[bytes], headers: Mapping[str, str], cut_at: int | None) -> bytes:
    declared = headers.get("content-length", "")
    if not cut_at and declared.isdecimal() and int(declared) > LARGEST:
        raise _too_large()
    parts: list[bytes] = []
    room = cut_at or LARGEST
    for part in _unpacked(chunks, headers.get("content-encoding", "").strip().lower()):
        parts.append(part[:room])
        room -= len(part)
        if room < 0:
            if not cut_at:
                raise _too_large()
            break
    return b"".join(parts)


def _unpacked(chunks: Iterable[bytes], packed: str) -> Iterator[bytes]:
    """What came, unpacked, a little at a time: gzip can hold a thousand times its size."""
    if packed in ("", "identity"):
        yield from chunks
        return
    if packed not in ("gzip", "x-gzip"):
        raise Unfetched(f"it is packed as was not asked for ({packed[:40]})")
    unpacker = zlib.decompressobj(31)
    try:
        for chunk in chunks:
            waiting = chunk
            while waiting and not unpacker.eof:
                yield unpacker.decompress(waiting, _STREAM)
                waiting = unpacker.unconsumed_tail
    except zlib.error as error:
        raise Unfetched(f"what was packed is damaged ({error})", again=True) from None
    if not unpacker.eof:
        raise Unfetched("the server broke off before the end", again=True)


def _too_large() -> Unfetched:
    return Unfetched(f"more than {LARGEST / 1e6:g} MB")


@contextmanager
def _faults(host: str, clock: Clock) -> Iterator[None]:
    try:
        yield
    except httpcore.TimeoutException:
        why = (
            f"it took more than {SECONDS:g} seconds"
            if clock.is_over
            else f"{host} says nothing for {SILENCE:g} seconds"
        )
        raise Unfetched(why, again=True, away=not clock.is_over) from None
    except httpcore.ConnectError as error:
        cause = error.__cause__ or error.__context__
        if isinstance(cause, ssl.SSLCertVerificationError):
            why = f"the certificate of {host} is not valid ({cause.verify_message})"
        else:
            why = f"{host} cannot be reached ({_line(error)})"
        raise Unfetched(why, again=True, away=True) from None
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise Unfetched(f"{host} broke off ({_line(error)})", again=True) from None
    except (httpcore.UnsupportedProtocol, UnicodeError, ValueError) as error:
        raise Unfetched(f"it cannot be asked for ({_line(error)})") from None


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
