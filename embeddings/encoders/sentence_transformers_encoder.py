"""Any sentence-transformers model, as that library runs it: slower, and on a GPU where there is one."""

from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.encoders.models import fingerprint, forbid_network
from embeddings.errors import ModelError
from embeddings.types import Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


def load_sentence_transformer(folder: Path) -> "SentenceTransformer":
    """The model in `folder` on this machine's best device, ready to encode. Imports torch."""
    forbid_network()
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()
    try:
        model = SentenceTransformer(str(folder), local_files_only=True)
    except Exception as error:  # the library raises whatever its parts raise
        raise ModelError(f"{folder} cannot be loaded by sentence-transformers: {error}") from error
    if model.device.type == "cuda":
        model.half()
    return model.eval()


def content_tokens(model: "SentenceTransformer") -> int:
    """Tokens of one document that `model` reads: its limit less special tokens and the document prompt."""
    limit = model.max_seq_length or 512
    tokenizer = model.tokenizer
    prompt = tokenizer(model.prompts.get("document") or "", add_special_tokens=False)["input_ids"]
    special = int(tokenizer.num_special_tokens_to_add())
    return int(limit) - special - len(prompt)


class SentenceTransformersEncoder:
    """Any sentence-transformers model, as that library runs it."""

    def __init__(self, name: str, fingerprint: str, model: "SentenceTransformer") -> None:
        self.name = name
        self.fingerprint = fingerprint
        self.dim = int(model.get_embedding_dimension() or 0)
        self.max_tokens = content_tokens(model)
        self._model = model
        # Counting goes on beside encoding, and a tokenizer keeps the settings of its last call.
        self._counter = deepcopy(model.tokenizer)

    @classmethod
    def load(cls, name: str, folder: Path) -> "SentenceTransformersEncoder":
        """The model `name`, which lies in `folder`. Raises ModelError."""
        return cls(name, fingerprint(folder), load_sentence_transformer(folder))

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        if not texts:
            return []
        ids = self._counter(list(texts), add_special_tokens=False, verbose=False)["input_ids"]
        return [len(row) for row in ids]

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        return self._encode(self._model.encode_query, texts)

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        return self._encode(self._model.encode_document, texts)

    def _encode(self, encode: Any, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        vectors = encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, np.float32)
