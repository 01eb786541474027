"""Which servers answer on this machine's usual ports, and whether one of them can be used."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from embeddings.types import Article, Passage
from qa.llm.client import models
from qa.llm.endpoint import Endpoint, LLMError
from qa.llm.write import Written, write
from qa.types import RankedPassage, Result, Signals

PORTS = {11434: "Ollama", 8080: "llama.cpp", 1234: "LM Studio", 8000: "vLLM"}
_PATIENCE = 2.0
"""Seconds: this machine answers at once, or does not."""
_TRIAL = "The lamp of the harbour was lit by Ada Moll on Friday. It can be seen from 12 miles."


@dataclass(frozen=True, slots=True)
class Server:
    """A server of language models that answered on this machine."""

    kind: str
    """What usually answers at this port."""
    url: str
    models: tuple[str, ...]


def servers(ports: Sequence[int] = tuple(PORTS)) -> Iterator[Server]:
    """Those of this machine that list their models."""
    for port in ports:
        url = f"http://127.0.0.1:{port}/v1"
        try:
            found = models(Endpoint(url), _PATIENCE)
        except LLMError:
            continue
        yield Server(PORTS.get(port, "a server"), url, tuple(found))


def tried(server: Endpoint) -> Written:
    """An answer from one small passage of our own. Raises LLMError."""
    article = Article("trial", "The harbour", _TRIAL)
    passage = RankedPassage(1, Passage(0, article, 0, len(_TRIAL)), 1.0, Signals(0, 0, 0, 0))
    question = "Who lit the lamp of the harbour?"
    written = Written(server)
    for _ in write(written, Result(question, question, None, 1.0, (passage,), 0.0)):
        pass
    return written
