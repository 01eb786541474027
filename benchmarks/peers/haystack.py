"""Haystack: its in-memory store, BM25 and vectors, joined by reciprocal rank.

https://haystack.deepset.ai/tutorials/33_hybrid_retrieval, less its ranker, a further model that the others
have not either; https://docs.haystack.deepset.ai/reference/document-stores-api (`save_to_disk`).
"""

from pathlib import Path
from typing import Any, Self

from haystack import Document, Pipeline
from haystack.components.embedders import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore

from benchmarks.peers.peer import DEPTH, Peer, Task, main


class Haystack(Peer):
    distributions = ("haystack-ai", "sentence-transformers", "torch")

    def __init__(self, encoder: Any = None, pipeline: Any = None) -> None:
        self._encoder = encoder
        self._pipeline = pipeline

    @classmethod
    def create(cls, task: Task) -> Self:
        encoder = SentenceTransformersDocumentEmbedder(model=task.model, progress_bar=False)
        encoder.warm_up()
        return cls(encoder)

    def index(self, task: Task) -> None:
        store = InMemoryDocumentStore()
        documents = [Document(id=str(number), content=text) for number, text in enumerate(task.documents())]
        store.write_documents(self._encoder.run(documents)["documents"])
        Path(task.index).mkdir()
        store.save_to_disk(_file(task))

    @classmethod
    def open(cls, task: Task) -> Self:
        store = InMemoryDocumentStore.load_from_disk(_file(task))
        pipeline = Pipeline()
        pipeline.add_component(
            "encoder", SentenceTransformersTextEmbedder(model=task.model, progress_bar=False)
        )
        pipeline.add_component("meaning", InMemoryEmbeddingRetriever(store, top_k=DEPTH))
        pipeline.add_component("words", InMemoryBM25Retriever(store, top_k=DEPTH))
        pipeline.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=DEPTH))
        pipeline.connect("encoder", "meaning")
        pipeline.connect("words", "joiner")
        pipeline.connect("meaning", "joiner")
        return cls(pipeline=pipeline)

    def search(self, question: str) -> list[int]:
        found = self._pipeline.run({"encoder": {"text": question}, "words": {"query": question}})
        return [int(document.id) for document in found["joiner"]["documents"]]


def _file(task: Task) -> str:
    return str(Path(task.index, "store.json"))


if __name__ == "__main__":
    main(Haystack)
