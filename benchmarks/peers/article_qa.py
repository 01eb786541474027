"""article-qa, as `qa index` and `qa ask` use it."""

from typing import Self

from benchmarks.peers.peer import DEPTH, Peer, Task, main
from embeddings.encoders.models import forbid_network
from qa import QA


class ArticleQA(Peer):
    distributions = ("article-qa", "openvino", "faiss-cpu", "tantivy")

    def __init__(self, qa: QA | None = None) -> None:
        self._qa = qa

    @classmethod
    def create(cls, task: Task) -> Self:  # noqa: ARG003
        return cls()

    def index(self, task: Task) -> None:
        """From the articles: reading and cutting are part of it."""
        QA.build([task.articles], task.index)

    @classmethod
    def open(cls, task: Task) -> Self:
        return cls(QA.open(task.index))

    def search(self, question: str) -> list[int]:
        return [place.passage.number for place in self._opened.search(question, DEPTH)]

    def ask(self, question: str) -> bool:
        return self._opened.ask(question).answer is not None

    @property
    def _opened(self) -> QA:
        if self._qa is None:
            raise RuntimeError("no index is open")
        return self._qa


if __name__ == "__main__":
    forbid_network()
    main(ArticleQA)
