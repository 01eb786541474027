"""txtai: hybrid search, BM25 and vectors, with the texts stored.

https://neuml.github.io/txtai/embeddings/configuration/general/ (`hybrid`) and, beside
it, database/ (`content`); the two count half each, as is its default.
"""

from typing import Any, Self

from txtai import Embeddings

from benchmarks.peers.peer import DEPTH, Peer, Task, main


class Txtai(Peer):
    distributions = ("txtai", "transformers", "torch", "faiss-cpu")

    def __init__(self, embeddings: Any) -> None:
        self._embeddings = embeddings

    @classmethod
    def create(cls, task: Task) -> Self:
        return cls(Embeddings(path=task.model, hybrid=True, content=True))

    def index(self, task: Task) -> None:
        self._embeddings.index(enumerate(task.documents()))
        self._embeddings.save(task.index)

    @classmethod
    def open(cls, task: Task) -> Self:
        embeddings = Embeddings()
        embeddings.load(task.index)
        return cls(embeddings)

    def search(self, question: str) -> list[int]:
        return [int(found["id"]) for found in self._embeddings.search(question, DEPTH)]


if __name__ == "__main__":
    main(Txtai)
