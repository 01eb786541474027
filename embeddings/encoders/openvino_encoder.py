"""A sentence-transformers model converted once for OpenVINO; from then on it runs without torch."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from embeddings.encoders.converted import (
    INPUTS,
    TOKENIZER,
    Converted,
    Facts,
    NotCompilable,
    batches,
    compiled,
    open_converted,
    run,
    write_model,
)
from embeddings.encoders.models import fingerprint, forbid_network
from embeddings.encoders.sentence_transformers_encoder import (
    SentenceTransformersEncoder,
    content_tokens,
    load_sentence_transformer,
)
from embeddings.types import Encoder, Vectors

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_BATCH = 8
_STREAMS = 2
_AGREEMENT = 0.999
_SAMPLES = (
    "Who won?",
    "The river rose by 2.4 metres in a day. Schools, shops and the railway station were closed until Friday.",
    "Prices fell. " * 40,
)


@dataclass(frozen=True, slots=True)
class _Card:
    """What is kept beside a converted model."""

    dim: int
    limit: int
    max_tokens: int
    inputs: list[str]
    query_prompt: str
    document_prompt: str


class CompiledEncoder:
    """An Encoder over an OpenVINO model and a `tokenizers` file, both in the user's cache folder."""

    def __init__(self, name: str, source: Path, mark: str, converted: Converted) -> None:
        from tokenizers import Tokenizer

        card = _Card(**converted.facts)
        self.name = name
        self.fingerprint = mark
        self.dim = card.dim
        self.max_tokens = card.max_tokens
        self._card = card
        self._source = source
        self.folder = converted.folder
        self._counter = Tokenizer.from_file(str(self.folder / TOKENIZER))
        self._counter.no_truncation()
        self._counter.no_padding()
        self._tokenizer = _truncating(self.folder, card.limit)
        self._models: dict[str, Any] = {}

    @classmethod
    def load(cls, name: str, folder: Path) -> Self:
        """Raises NotCompilable where OpenVINO is missing, fails, or computes something else; ModelError."""
        forbid_network()
        mark = fingerprint(folder)
        return cls(name, folder, mark, open_converted(name, mark, lambda made: _convert(folder, made)))

    def uncompiled(self) -> Encoder:
        """The same model as sentence-transformers runs it, from its own files. Imports torch."""
        return SentenceTransformersEncoder.load(self.name, self._source)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(e) for e in self._counter.encode_batch_fast(list(texts), add_special_tokens=False)]

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        return self._encode([self._card.query_prompt + text for text in texts], "LATENCY")

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        few = len(texts) <= 8 * _BATCH
        return self._encode(
            [self._card.document_prompt + t for t in texts], "LATENCY" if few else "THROUGHPUT"
        )

    def _encode(self, texts: list[str], hint: str) -> Vectors:
        encodings = self._tokenizer.encode_batch_fast(texts)
        vectors = np.empty((len(encodings), self.dim), np.float32)
        made = batches(encodings, _BATCH, self._card.inputs)
        for rows, outputs in run(self._compiled(hint), made, _STREAMS if hint == "THROUGHPUT" else 1):
            vectors[rows] = outputs[0]
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(norms, 1e-12), np.float32)

    def _compiled(self, hint: str) -> Any:
        if hint not in self._models:
            # One compiled form at a time: each holds its own copy of the weights.
            self._models = {hint: compiled(self.folder, hint)}
        return self._models[hint]


def _truncating(folder: Path, limit: int) -> "Tokenizer":
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    tokenizer.enable_truncation(limit)
    tokenizer.no_padding()
    return tokenizer


def _convert(folder: Path, target: Path) -> Facts:
    """Convert the model in `folder` into `target`, checked against the original."""
    model = load_sentence_transformer(folder)
    facts = asdict(_write(model, target))
    _check(model, CompiledEncoder("", folder, "", Converted(target, facts)))
    return facts


def _write(model: Any, target: Path) -> _Card:
    import torch

    if model.device.type != "cpu":
        raise NotCompilable(f"this machine has a faster device ({model.device.type})")
    sample = {k: v for k, v in model.preprocess(["a", "b c"]).items() if isinstance(v, torch.Tensor)}
    inputs = [name for name in INPUTS if name in sample]
    if set(inputs) != set(sample):
        raise NotCompilable(f"it takes inputs of another kind ({', '.join(sorted(sample))})")

    example = {name: sample[name] for name in inputs}
    write_model(model, lambda given: model(given)["sentence_embedding"], example, target)
    model.tokenizer.backend_tokenizer.save(str(target / TOKENIZER))
    return _Card(
        dim=int(model.get_embedding_dimension()),
        limit=int(model.max_seq_length or 512),
        max_tokens=content_tokens(model),
        inputs=inputs,
        query_prompt=model.prompts.get("query") or "",
        document_prompt=model.prompts.get("document") or "",
    )


def _check(model: Any, compiled: CompiledEncoder) -> None:
    """The two must agree on texts of several lengths, prompts included."""
    for encode, plain in (
        (compiled.encode_query, model.encode_query),
        (compiled.encode_document, model.encode_document),
    ):
        expected = plain(list(_SAMPLES), normalize_embeddings=True, show_progress_bar=False)
        worst = float((encode(_SAMPLES) * expected).sum(axis=1).min())
        if worst < _AGREEMENT:
            raise NotCompilable(f"OpenVINO's vectors differ from the model's (cosine {worst:.4f})")
