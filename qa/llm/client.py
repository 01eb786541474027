"""One answer of an OpenAI-compatible server, piece by piece; whatever goes wrong is one clear line."""

import codecs
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any

from qa.llm.endpoint import Endpoint, LLMError

if TYPE_CHECKING:
    import httpx

_MOST = 60_000
"""Characters of an answer."""
_LINE = 1_000_000
"""Bytes of a line of a stream."""
_TOKENS = 1024
"""Tokens of an answer that are asked for."""


@dataclass(slots=True)
class Usage:
    """What an answer took."""

    tokens: int = 0
    """Written, as the server counts them; the pieces that came where it does not say."""
    counted: bool = False
    """Whether the server said so."""

    def note(self, given: object) -> None:
        """Take over what a server says of an answer."""
        number = given.get("completion_tokens") if isinstance(given, dict) else None
        if isinstance(number, int) and number >= 0:
            self.tokens, self.counted = number, True


class SchemaRefusedError(LLMError):
    """The server does not take a JSON schema."""


class WindowError(LLMError):
    """The question and its passages are more than the model reads."""


def models(server: Endpoint, patience: float = 5.0) -> list[str]:
    """The names of a server's models."""
    with _client(server, patience) as client, _faults(server):
        answer = client.get(f"{server.url}/models")
        _check_status(answer, answer.text[:2000], server)
        try:
            listed = [str(row["id"]) for row in answer.json()["data"]]
        except (ValueError, KeyError, TypeError):
            raise LLMError(f"{server.host} does not list its models: is {server.url} right?") from None
    return listed[:1000]


def stream(
    server: Endpoint,
    messages: Sequence[Mapping[str, str]],
    schema: Mapping[str, Any] | None = None,
    usage: Usage | None = None,
) -> Iterator[str]:
    """The pieces of the answer, counted in `usage`. To stop it, here and there, close the iterator."""
    usage = usage or Usage()
    body: dict[str, Any] = {
        "model": server.model,
        "messages": list(messages),
        "stream": True,
        "temperature": 0,
        "max_tokens": _TOKENS,
    }
    if schema:
        shape = {"name": "claims", "strict": True, "schema": schema}
        body["response_format"] = {"type": "json_schema", "json_schema": shape}
    ends = monotonic() + server.limit
    with (
        _client(server, server.patience) as client,
        _faults(server),
        client.stream("POST", f"{server.url}/chat/completions", json=body) as answer,
    ):
        if answer.status_code != 200:
            _check_status(answer, _beginning(answer), server)
        size = 0
        for piece in _pieces(answer, server, ends, usage):
            size += len(piece)
            if size > _MOST:
                raise LLMError(f"{server.host} does not stop writing: given up after {_MOST} characters")
            yield piece


def _client(server: Endpoint, patience: float) -> "httpx.Client":
    try:
        import httpx
    except ImportError:
        raise LLMError("a language model needs httpx: pip install 'article-qa[llm]'") from None
    headers = {"Authorization": f"Bearer {server.key}"} if server.key else {}
    timeout = httpx.Timeout(patience, connect=min(patience, 10.0))
    return httpx.Client(headers=headers, timeout=timeout, trust_env=not server.local)


@contextmanager
def _faults(server: Endpoint) -> Iterator[None]:
    import httpx

    try:
        yield
    except httpx.ConnectError:
        raise LLMError(f"no model answers at {server.url}: start its server, or see `qa llm`") from None
    except httpx.TimeoutException:
        raise LLMError(
            f"{server.host} says nothing: given up; a smaller model or fewer passages (-k) answer sooner"
        ) from None
    except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
        raise LLMError(f"{server.host} broke off: look at what its server says, and ask again") from None
    except httpx.HTTPError as error:
        raise LLMError(f"{server.host}: {type(error).__name__}: {error}") from None


def _beginning(answer: "httpx.Response") -> str:
    data = b""
    for piece in answer.iter_bytes():
        data += piece
        if len(data) > 2000:
            break
    return data[:2000].decode("utf-8", "replace")


def _check_status(answer: "httpx.Response", said: str, server: Endpoint) -> None:
    status, low = answer.status_code, said.lower()
    if status == 200:
        return
    if status in (400, 413, 422, 500) and any(word in low for word in ("context", "too long", "n_ctx")):
        raise WindowError(
            f"{server.host}: the passages are more than {server.model} reads: set QA_LLM_WINDOW"
        )
    if status in (400, 422, 501) and any(word in low for word in ("response_format", "schema", "grammar")):
        raise SchemaRefusedError(f"{server.host} takes no JSON schema")
    if status in (401, 403):
        raise LLMError(f"{server.host} wants another key (status {status}): set QA_LLM_KEY")
    if status == 404:
        raise LLMError(f"{server.host} has no model {server.model!r}, or not at {server.url}: see `qa llm`")
    if status == 429:
        wait = answer.headers.get("retry-after", "")
        when = f"in {wait} seconds" if wait.isdecimal() else "later"
        raise LLMError(f"{server.host} has too much to do (status 429): ask again {when}")
    if 300 <= status < 400:
        raise LLMError(f"{server.host} sends elsewhere (status {status}): give the address that it means")
    raise LLMError(f"{server.host} failed (status {status}): look at what its server says")


def _pieces(answer: "httpx.Response", server: Endpoint, ends: float, usage: Usage) -> Iterator[str]:
    if "text/event-stream" not in answer.headers.get("content-type", ""):
        yield from _whole(answer, server, ends, usage)
        return
    finished = False
    for line in _lines(answer, server, ends):
        if not line.startswith("data:"):
            continue
        data = line[5:].strip()
        if data == "[DONE]":
            return
        text, reason = _delta(data, server, usage)
        if text:
            usage.tokens += not usage.counted
            yield text
        if reason == "length":
            raise LLMError(f"{server.host} stopped in the middle: its answer was longer than it may be")
        finished = finished or bool(reason)
    if not finished:
        raise LLMError(f"{server.host} broke off in the middle of its answer: ask again")


def _lines(answer: "httpx.Response", server: Endpoint, ends: float) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    rest = ""
    try:
        for data in answer.iter_bytes():
            if monotonic() > ends:
                raise LLMError(f"{server.host} takes too long: given up after {server.limit:.0f} seconds")
            rest += decoder.decode(data)
            *lines, rest = rest.split("\n")
            yield from lines
            if len(rest) > _LINE:
                raise LLMError(f"{server.host} sends a line without end: it is no model's server")
        yield rest + decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise LLMError(f"{server.host} does not answer in UTF-8: is {server.url} a model's server?") from None


def _whole(answer: "httpx.Response", server: Endpoint, ends: float, usage: Usage) -> Iterator[str]:
    """An answer in one piece, of a server that does not stream."""
    lines: list[str] = []
    size = 0
    for line in _lines(answer, server, ends):
        size += len(line)
        if size > _LINE:
            raise LLMError(f"{server.host} does not stop writing: given up")
        lines.append(line)
    try:
        whole = json.loads("\n".join(lines))
        [choice] = whole["choices"][:1]
        text = choice["message"]["content"]
    except (ValueError, KeyError, TypeError, IndexError):
        raise LLMError(
            f"{server.host} does not answer as OpenAI's API does: is {server.url} right?"
        ) from None
    if choice.get("finish_reason") == "length":
        raise LLMError(f"{server.host} stopped in the middle: its answer was longer than it may be")
    usage.note(whole.get("usage"))
    yield str(text or "")


def _delta(data: str, server: Endpoint, usage: Usage) -> tuple[str, str | None]:
    """The text of an event, and why the answer ends with it."""
    try:
        event = json.loads(data)
        if event.get("error"):
            raise LLMError(f"{server.host} failed in the middle of its answer: look at what its server says")
        usage.note(event.get("usage"))
        choices = event.get("choices") or []
        if not choices:
            return "", None
        text = (choices[0].get("delta") or {}).get("content") or ""
        reason = choices[0].get("finish_reason")
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError):
        raise LLMError(
            f"{server.host} does not stream as OpenAI's API does: is {server.url} right?"
        ) from None
    if not isinstance(text, str):
        raise LLMError(f"{server.host} does not stream as OpenAI's API does: is {server.url} right?")
    return text, str(reason) if reason else None
