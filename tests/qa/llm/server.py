"""A scripted language model on 127.0.0.1: it says what it is told, as slowly and wrongly as it is told."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Script:
    """What the server does at each request, in order; the last is repeated."""

    turns: list[Callable[["Handler", dict[str, Any]], None]]
    models: tuple[str, ...] = ("tiny",)
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    gone: threading.Event = field(default_factory=threading.Event)
    """Set when whoever asked went away in the middle."""
    url: str = ""


class Handler(BaseHTTPRequestHandler):
    script: Script
    protocol_version = "HTTP/1.0"

    def do_GET(self) -> None:
        self.send_json(200, {"data": [{"id": name} for name in self.script.models]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        script = self.script
        script.asked.append(body)
        script.headers.append({name.lower(): value for name, value in self.headers.items()})
        turn = script.turns[min(len(script.asked), len(script.turns)) - 1]
        try:
            turn(self, body)
        except (BrokenPipeError, ConnectionResetError):
            script.gone.set()

    def send_json(self, status: int, value: object, **headers: str) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        for name, text in headers.items():
            self.send_header(name.replace("_", "-"), text)
        self.end_headers()
        self.wfile.write(json.dumps(value).encode())

    def begin(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()

    def piece(self, text: str, reason: str | None = None) -> None:
        event = {"choices": [{"delta": {"content": text}, "finish_reason": reason}]}
        self.wfile.write(f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode())
        self.wfile.flush()

    def done(self) -> None:
        self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, format: str, *args: Any) -> None:
        pass


def says(text: str, size: int = 7) -> Callable[[Handler, dict[str, Any]], None]:
    """Streams `text` in pieces."""

    def turn(handler: Handler, body: dict[str, Any]) -> None:
        handler.begin()
        for at in range(0, len(text), size):
            handler.piece(text[at : at + size])
        handler.piece("", "stop")
        handler.done()

    return turn


def claims(*made: tuple[str, int, str]) -> str:
    """The JSON of claims, each with one quotation."""
    return json.dumps(
        {
            "claims": [
                {"text": text, "quotes": [{"passage": passage, "words": words}]}
                for text, passage, words in made
            ]
        },
        ensure_ascii=False,
    )


def fails(status: int, said: str = "no", **headers: str) -> Callable[[Handler, dict[str, Any]], None]:
    return lambda handler, body: handler.send_json(status, {"error": {"message": said}}, **headers)


def endless(handler: Handler, body: dict[str, Any]) -> None:
    handler.begin()
    while True:
        handler.piece("and so on " * 50)
        time.sleep(0.001)


@contextmanager
def serving(*turns: Callable[[Handler, dict[str, Any]], None], **options: Any) -> Iterator[Script]:
    script = Script(list(turns), **options)
    handler = type("Scripted", (Handler,), {"script": script})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.block_on_close = False
    script.url = f"http://127.0.0.1:{server.server_port}/v1"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
