"""LlamaIndex: its vector store and its BM25 retriever, fused by reciprocal rank.

https://developers.llamaindex.ai/python/framework/integrations/retrievers/reciprocal_rerank_fusion/ and
bm25_retriever/ beside it; no language model makes further queries of one (`num_queries=1`).
"""

from pathlib import Path
from typing import Any, Self

import Stemmer
from llama_index.core import StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.llms import MockLLM
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.schema import TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.retrievers.bm25 import BM25Retriever

from benchmarks.peers.peer import DEPTH, Peer, Task, main


class LlamaIndex(Peer):
    distributions = (
        "llama-index-core",
        "llama-index-embeddings-huggingface",
        "llama-index-retrievers-bm25",
        "torch",
    )

    def __init__(self, encoder: Any, retriever: Any = None) -> None:
        self._encoder = encoder
        self._retriever = retriever

    @classmethod
    def create(cls, task: Task) -> Self:
        return cls(HuggingFaceEmbedding(model_name=task.model))

    def index(self, task: Task) -> None:
        nodes = [TextNode(id_=str(number), text=text) for number, text in enumerate(task.documents())]
        VectorStoreIndex(nodes, embed_model=self._encoder).storage_context.persist(task.index)
        words = BM25Retriever.from_defaults(
            nodes=nodes, similarity_top_k=DEPTH, stemmer=Stemmer.Stemmer("english"), language="english"
        )
        words.persist(_words(task))

    @classmethod
    def open(cls, task: Task) -> Self:
        encoder = HuggingFaceEmbedding(model_name=task.model)
        stored = StorageContext.from_defaults(persist_dir=task.index)
        index = load_index_from_storage(stored, embed_model=encoder)
        retriever = QueryFusionRetriever(
            [index.as_retriever(similarity_top_k=DEPTH), BM25Retriever.from_persist_dir(_words(task))],
            llm=MockLLM(),
            similarity_top_k=DEPTH,
            num_queries=1,
            mode="reciprocal_rerank",
            use_async=False,
        )
        return cls(encoder, retriever)

    def search(self, question: str) -> list[int]:
        return [int(found.node.node_id) for found in self._retriever.retrieve(question)]


def _words(task: Task) -> str:
    return str(Path(task.index, "bm25"))


if __name__ == "__main__":
    main(LlamaIndex)
