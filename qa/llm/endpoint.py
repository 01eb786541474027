"""Which model answers: an address, a name, and a key that stands in no command line."""

import os
import stat
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from embeddings.errors import QAError

WINDOW = 4096
"""Tokens that a model reads, where nobody says otherwise: Ollama cuts off silently what is beyond."""


class LLMError(QAError):
    """A language model that cannot be reached or used; the answer without it stands."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An OpenAI-compatible server."""

    url: str
    """Up to and without `/chat/completions`."""
    model: str | None = None
    """None for the only one that the server has."""
    key: str | None = None
    window: int = WINDOW
    patience: float = 60.0
    """Seconds without a word after which it is given up."""
    limit: float = 300.0
    """Seconds of one answer."""

    def __repr__(self) -> str:
        return f"Endpoint({self.url!r}, {self.model!r})"

    @property
    def host(self) -> str:
        """Host and port of its address."""
        return urlsplit(self.url).netloc

    @property
    def local(self) -> bool:
        """Whether it is this machine."""
        return _is_local(urlsplit(self.url).hostname or "")


def endpoint(url: str | None = None, model: str | None = None, *, agreed: bool = False) -> Endpoint | None:
    """The server that is named, or that the environment names; None where there is none.

    Raises LLMError for an address that cannot be used, and for another machine that nobody agreed to.
    """
    url = (url or os.environ.get("QA_LLM_URL") or "").strip()
    if not url:
        return None
    found = Endpoint(_checked(url), model or os.environ.get("QA_LLM_MODEL") or None, _key(), _window())
    if found.local:
        return found
    if not agreed and os.environ.get("QA_LLM_AGREED", "").strip() not in (found.host, _host(found.url)):
        raise LLMError(
            f"your questions and the passages shown would be sent to {found.host}: "
            f"if you agree, say --llm-agree, or set QA_LLM_AGREED={found.host}"
        )
    if found.key and not found.url.startswith("https:"):
        raise LLMError(f"the key would be sent to {found.host} in the clear: use an https address")
    return found


def leaves(found: Endpoint) -> str:
    """What leaves this machine, in a sentence."""
    if found.local:
        return f"{found.host}, on this machine"
    return f"your questions and the passages shown are sent to {found.host}"


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable or not url.isprintable() or " " in url:
        raise LLMError(f"{url!r} is no address of a model, expected one such as http://127.0.0.1:11434/v1")
    if "@" in parts.netloc or parts.query:
        raise LLMError("the address of the model holds a password or key: give that in QA_LLM_KEY")
    plain = url.rstrip("/").removesuffix("/chat/completions")
    return plain if urlsplit(plain).path.strip("/") else f"{plain.rstrip('/')}/v1"


def _key() -> str | None:
    if key := os.environ.get("QA_LLM_KEY", "").strip():
        return _plain(key, "QA_LLM_KEY")
    named = os.environ.get("QA_LLM_KEY_FILE")
    if not named:
        return None
    try:
        path = Path(named).expanduser()
        if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise LLMError(f"others can read the key in {named}: run `chmod 600 {named}`")
        return _plain(path.read_text("utf-8").strip(), named)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "not text"
        raise LLMError(f"cannot read the key: {named}: {reason}") from None


def _plain(key: str, place: str) -> str:
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise LLMError(f"{place} holds no key: expected one line without blanks")
    return key


def _window() -> int:
    given = os.environ.get("QA_LLM_WINDOW") or str(WINDOW)
    if not given.isdecimal() or not 1024 <= int(given) <= 10_000_000:
        raise LLMError(f"QA_LLM_WINDOW is {given!r}, expected the model's tokens, 1024 or more")
    return int(given)
