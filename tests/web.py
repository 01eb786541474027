"""A server of this machine that behaves as well, or as badly, as a test wants."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from threading import Event, Thread
from typing import TypeAlias

Behaviour: TypeAlias = Callable[[BaseHTTPRequestHandler], None]


@dataclass(slots=True)
class Web:
    """What it answers at each path, and what it was asked."""

    address: str
    pages: dict[str, Behaviour] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    over: Event = field(default_factory=Event)

    def put(self, path: str, behaviour: Behaviour | str | bytes, **headers: str) -> str:
        """Answer `path` so from now on; its address."""
        self.pages[path] = behaviour if callable(behaviour) else answer(behaviour, 200, **headers)
        return self.address + path


def answer(body: str | bytes, status: int = 200, **headers: str) -> Behaviour:
    """An honest answer; `content_type` and the like are its headers."""
    data = body.encode() if isinstance(body, str) else body
    told = {name.replace("_", "-"): value for name, value in headers.items()}

    def give(to: BaseHTTPRequestHandler) -> None:
        if "ETag" in told and to.headers.get("If-None-Match") == told["ETag"]:
            to.send_response(304)
            to.end_headers()
            return
        to.send_response(status)
        for name, value in ({"Content-Type": "text/html"} | told).items():
            if value:
                to.send_header(name, value)
        to.send_header("Content-Length", str(len(data)))
        to.end_headers()
        to.wfile.write(data)

    return give


def raw(*parts: bytes) -> Behaviour:
    """These bytes, and nothing else; the connection is closed after them."""

    def give(to: BaseHTTPRequestHandler) -> None:
        for part in parts:
            to.wfile.write(part)

    return give


@contextmanager
def serving(host: str = "127.0.0.1", certificate: SSLContext | None = None) -> Iterator[Web]:
    """The server while it runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            web.asked.append(self.path)
            web.headers.append(dict(self.headers))
            with suppress(OSError):  # who asked has gone
                web.pages.get(self.path, answer("not here", 404))(self)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: object, client: object) -> None:
            pass

    server = Server((host, 0), Handler)
    if certificate:
        server.socket = certificate.wrap_socket(server.socket, server_side=True)
    scheme = "https" if certificate else "http"
    web = Web(f"{scheme}://{host}:{server.server_port}")
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield web
    finally:
        web.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def page(title: str, text: str, head: str = "") -> str:
    """An article as a newspaper's page has it."""
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1>"
        f"<p>{text}</p></article></body></html>"
    )


def feed(*entries: Mapping[str, str]) -> str:
    """An RSS feed of entries with title, link, description and pubDate."""
    items = "".join(
        "<item>" + "".join(f"<{name}>{value}</{name}>" for name, value in entry.items()) + "</item>"
        for entry in entries
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>The Daily</title>{items}</channel></rss>'
