"""Connections to the very address that was checked, none of which outlasts its time."""

import socket
import ssl
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import Event
from time import monotonic
from typing import Any

import httpcore

_NAT64 = ip_network("64:ff9b::/96")
_SLICE = 0.5
"""Seconds after which it is seen that all shall end."""


class Unfetched(Exception):
    """Something was not fetched; the text says why. `again`: whether the next time may be another matter.

    `away`: whether nothing more is asked of this host now.
    """

    def __init__(self, why: str, again: bool = False, away: bool = False) -> None:
        super().__init__(why)
        self.again = again
        self.away = away


def is_public(ip: IPv4Address | IPv6Address) -> bool:
    """Whether `ip` is an address of the open internet, also where it holds another one."""
    if isinstance(ip, IPv6Address):
        within = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            within = IPv4Address(int(ip) & 0xFFFFFFFF)
        if within is not None:
            return is_public(within)
    return ip.is_global and not ip.is_multicast


class Clock:
    """What is left of the time of one request."""

    def __init__(self, seconds: float, stop: Event) -> None:
        self._until = monotonic() + seconds
        self.stop = stop

    @property
    def left(self) -> float:
        """Seconds, above 0. Raises httpcore.ReadTimeout where there are none."""
        if self.stop.is_set():
            raise httpcore.ReadTimeout("stopped")
        left = self._until - monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("out of time")
        return left

    @property
    def is_over(self) -> bool:
        """Whether there is no time left."""
        return monotonic() >= self._until


class Checked(httpcore.NetworkBackend):
    """Connects to addresses of the open internet; to others only if `allow_private`.

    A name is looked up once, and the connection goes to what was found and checked then.
    """

    def __init__(self, clock: Clock, allow_private: bool) -> None:
        self._clock = clock
        self._allow_private = allow_private
        self._connections = httpcore.SyncBackend()
        self.is_private = False
        """Whether the last connection went to another address than one of the open internet."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection. Raises Unfetched, and what httpcore raises."""
        error: Exception | None = None
        for ip in self._addresses(host, port):
            try:
                wait = min(timeout or self._clock.left, self._clock.left)
                stream = self._connections.connect_tcp(ip, port, wait, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failed:
                error = failed
                continue
            self.is_private = not is_public(ip_address(ip))
            return _Timed(stream, self._clock)
        raise error or httpcore.ConnectError("no address")

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise Unfetched(f"no machine called {host} is found", again=True, away=True) from None
        named = list(dict.fromkeys(str(one[4][0]).partition("%")[0] for one in found))
        allowed = [ip for ip in named if self._allow_private or is_public(ip_address(ip))]
        if not allowed:
            raise Unfetched(
                f"{host} is an address of this machine or its own network{_also(host, named)}: "
                "--allow-private fetches it where you name it yourself"
            )
        return allowed


def _also(host: str, named: list[str]) -> str:
    return "" if host.strip("[]") in named else f" ({named[0]})"


class _Timed(httpcore.NetworkStream):
    """A stream that ends with its clock, however little at a time it gives."""

    def __init__(self, stream: httpcore.NetworkStream, clock: Clock) -> None:
        self._stream = stream
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        silent = monotonic() + (timeout or self._clock.left)
        while True:
            wait = min(_SLICE, self._clock.left)
            try:
                return self._stream.read(max_bytes, wait)
            except httpcore.ReadTimeout:
                if monotonic() >= silent:
                    raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, min(timeout or self._clock.left, self._clock.left))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        wait = min(timeout or self._clock.left, self._clock.left)
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, wait), self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
