"""What the process of one library does; only the standard library, for every environment imports it.

    python -m benchmarks.peers.txtai {index,first,ask} TASK.json RESULT.json

index: makes the saved index. first: opens it for one question. ask: opens it for all questions.
"""

import json
import sys
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from time import monotonic, perf_counter, process_time
from typing import Any, ClassVar, Self

DEPTH = 100
"""Passages of a ranking: articles stand at their best one, so that ten articles need more than ten."""
WARM = 20
"""Questions asked before any is timed."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked of every library alike."""

    model: str
    """Folder of the encoder."""
    articles: str
    """Where article-qa reads from: a file of articles."""
    passages: str
    """What the others index: a passage a line, `article`, `title` and `text`."""
    index: str
    """Folder of the index."""
    questions: dict[str, str]
    """The questions by id."""

    def documents(self) -> list[str]:
        """The texts to index, numbered from 0: `title. passage`, as article-qa's encoder reads them."""
        with Path(self.passages).open(encoding="utf-8") as lines:
            return [f"{p['title']}. {p['text']}" if p["title"] else p["text"] for p in map(json.loads, lines)]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one process has to tell. Seconds are of the clock that all processes share (Linux: since boot)."""

    megabytes: float
    """Most memory that the process held."""
    versions: dict[str, str]
    ready: float
    """When libraries and model were loaded, or the index was open."""
    done: float
    """When the index was saved, or the (first) questions were answered."""
    cpu_s: float
    """Processor time of all threads since the process began, loading libraries included."""
    rankings: dict[str, list[int]] = field(default_factory=dict)
    """Numbers of the passages found for each question, best first."""
    search_ms: list[float] = field(default_factory=list)
    ask_ms: list[float] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    """Ids of the questions that got an answer, where a library gives any."""


class Peer(ABC):
    """A library with its index of the passages."""

    distributions: ClassVar[tuple[str, ...]]

    @classmethod
    @abstractmethod
    def create(cls, task: Task) -> Self:
        """With the model loaded, ready to index."""

    @abstractmethod
    def index(self, task: Task) -> None:
        """Index the documents and save the index."""

    @classmethod
    @abstractmethod
    def open(cls, task: Task) -> Self:
        """With the saved index."""

    @abstractmethod
    def search(self, question: str) -> list[int]:
        """Numbers of the DEPTH best passages for a question, best first."""

    def ask(self, question: str) -> bool | None:  # noqa: B027
        """Whether a question got an answer; None where passages are all there is."""


def main(peer: type[Peer]) -> None:
    step, task_file, result = sys.argv[1:]
    task = Task(**json.loads(Path(task_file).read_text("utf-8")))
    told = {"index": _index, "first": _first, "ask": _ask}[step](peer, task)
    versions = {name: version(name) for name in peer.distributions}
    outcome = Outcome(megabytes=peak_megabytes(), cpu_s=process_time(), versions=versions, **told)
    Path(result).write_text(json.dumps(asdict(outcome)), "utf-8")


def peak_megabytes() -> float:
    """Of this process alone: `ru_maxrss` would begin with what its parent held."""
    return int(Path("/proc/self/status").read_text("ascii").split("VmHWM:")[1].split()[0]) / 1024


def _index(peer: type[Peer], task: Task) -> dict[str, Any]:
    empty = peer.create(task)
    ready = monotonic()
    empty.index(task)
    return {"ready": ready, "done": monotonic()}


def _first(peer: type[Peer], task: Task) -> dict[str, Any]:
    opened = peer.open(task)
    ready = monotonic()
    id, question = next(iter(task.questions.items()))
    if opened.ask(question) is None:
        return {"ready": ready, "rankings": {id: opened.search(question)}, "done": monotonic()}
    return {"ready": ready, "done": monotonic()}


def _ask(peer: type[Peer], task: Task) -> dict[str, Any]:
    opened = peer.open(task)
    ready = monotonic()
    for question in list(task.questions.values())[:WARM]:
        opened.search(question)
        opened.ask(question)
    rankings, search_ms, ask_ms, answered = {}, [], [], []
    for id, question in task.questions.items():
        started = perf_counter()
        rankings[id] = opened.search(question)
        search_ms.append(1000 * (perf_counter() - started))
    for id, question in task.questions.items():
        started = perf_counter()
        answer = opened.ask(question)
        if answer is not None:
            ask_ms.append(1000 * (perf_counter() - started))
        if answer:
            answered.append(id)
    return {
        "ready": ready,
        "done": monotonic(),
        "rankings": rankings,
        "search_ms": search_ms,
        "ask_ms": ask_ms,
        "answered": answered,
    }
