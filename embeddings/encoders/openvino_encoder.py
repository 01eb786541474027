"""A sentence-transformers model converted once for OpenVINO; from then on it runs without torch."""

import json
import logging
import shutil
import tempfile
import warnings
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from embeddings.encoders.models import cache_folder, fingerprint, forbid_network
from embeddings.encoders.sentence_transformers_encoder import content_tokens, load_sentence_transformer
from embeddings.types import Vectors

if TYPE_CHECKING:
    from tokenizers import Tokenizer

log = logging.getLogger(__name__)

_FORMAT = 1
_BATCH = 8
_STREAMS = 2
_AGREEMENT = 0.999
_SAMPLES = (
    "Who won?",
    "The river rose by 2.4 metres in a day. Schools, shops and the railway station were closed until Friday.",
    "Prices fell. " * 40,
)


class NotCompilable(Exception):
    """This model, or this machine, is not for OpenVINO; the text says why."""


@dataclass(frozen=True, slots=True)
class _Card:
    """What is stored beside a converted model."""

    format: int
    fingerprint: str
    dim: int
    limit: int
    max_tokens: int
    inputs: list[str]
    query_prompt: str
    document_prompt: str


class CompiledEncoder:
    """An Encoder over an OpenVINO model and a `tokenizers` file, both in the user's cache folder."""

    def __init__(self, name: str, folder: Path, card: _Card) -> None:
        from tokenizers import Tokenizer

        self.name = name
        self.fingerprint = card.fingerprint
        self.dim = card.dim
        self.max_tokens = card.max_tokens
        self._card = card
        self._folder = folder
        self._counter = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._counter.no_truncation()
        self._counter.no_padding()
        self._tokenizer = _truncating(folder, card.limit)
        self._models: dict[str, Any] = {}

    @classmethod
    def load(cls, name: str, folder: Path) -> Self:
        """Raises NotCompilable where OpenVINO is missing, fails, or computes something else."""
        forbid_network()
        mark = fingerprint(folder)
        converted = cache_folder() / "models" / f"{mark}-{_FORMAT}"
        try:
            card = _Card(**json.loads((converted / "card.json").read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            card = _convert(folder, mark, converted)
        try:
            return cls(name, converted, card)
        except Exception as error:  # a damaged copy is made again from the model itself
            log.info("converting %s again: %s", name, error)
            shutil.rmtree(converted, ignore_errors=True)
            return cls(name, converted, _convert(folder, mark, converted))

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
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch_fast(texts)]
        vectors = np.empty((len(ids), self.dim), np.float32)
        model = self._compiled(hint)
        # Requests are polled, not called back: a Python callback can deadlock when the model is released.
        free = [model.create_infer_request() for _ in range(_STREAMS if hint == "THROUGHPUT" else 1)]
        running: deque[tuple[Any, list[int]]] = deque()
        for rows, inputs in _batches(ids, self._card.inputs):
            if not free:
                free.append(_collect(running, vectors))
            request = free.pop()
            request.start_async(inputs)
            running.append((request, rows))
        while running:
            _collect(running, vectors)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(norms, 1e-12), np.float32)

    def _compiled(self, hint: str) -> Any:
        if hint not in self._models:
            # One compiled form at a time: each holds its own copy of the weights.
            self._models = {hint: _compile(self._folder, hint)}
        return self._models[hint]


def _collect(running: deque[tuple[Any, list[int]]], vectors: Vectors) -> Any:
    """Wait for the oldest request, keep its vectors, and return it for use again."""
    request, rows = running.popleft()
    request.wait()
    vectors[rows] = request.get_output_tensor().data
    return request


def _batches(ids: list[list[int]], inputs: list[str]) -> Iterator[tuple[list[int], list[NDArray[np.int64]]]]:
    """Rows of similar length together, padded: the row numbers and the model's inputs in order."""
    order = sorted(range(len(ids)), key=lambda row: len(ids[row]))
    for first in range(0, len(order), _BATCH):
        rows = order[first : first + _BATCH]
        width = max(1, *(len(ids[row]) for row in rows))
        tokens = np.zeros((len(rows), width), np.int64)
        mask = np.zeros_like(tokens)
        for at, row in enumerate(rows):
            tokens[at, : len(ids[row])] = ids[row]
            mask[at, : len(ids[row])] = 1
        columns = {"input_ids": tokens, "attention_mask": mask, "token_type_ids": np.zeros_like(tokens)}
        yield rows, [columns[name] for name in inputs]


def _truncating(folder: Path, limit: int) -> "Tokenizer":
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(limit)
    tokenizer.no_padding()
    return tokenizer


def _compile(folder: Path, hint: str) -> Any:
    import openvino

    core = openvino.Core()
    core.set_property({"CACHE_DIR": str(folder / "compiled")})
    bf16 = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    precision = "bf16" if bf16 else "f32"
    settings = {"INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": hint}
    return core.compile_model(str(folder / "model.xml"), "CPU", settings)


def _convert(folder: Path, mark: str, target: Path) -> _Card:
    """Convert the model in `folder` into `target`, checked against the original; whole or not at all."""
    try:
        import openvino  # noqa: F401
    except ImportError as error:
        raise NotCompilable("openvino is not installed") from error
    model = load_sentence_transformer(folder)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix="converting-", dir=target.parent))
    except OSError as error:
        raise NotCompilable(f"the cache folder cannot be written ({error})") from error
    try:
        card = _write(model, mark, aside)
        _check(model, CompiledEncoder("", aside, card))
        shutil.rmtree(aside / "compiled", ignore_errors=True)
        try:
            aside.rename(target)
        except OSError:
            if not (target / "card.json").is_file():  # else another process was first
                raise
        return card
    except NotCompilable:
        raise
    except Exception as error:  # conversion fails in as many ways as there are models
        raise NotCompilable(f"OpenVINO cannot convert it ({type(error).__name__}: {error})") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _write(model: Any, mark: str, target: Path) -> _Card:
    import openvino
    import torch

    if model.device.type != "cpu":
        raise NotCompilable(f"this machine has a faster device ({model.device.type})")
    sample = {k: v for k, v in model.preprocess(["a", "b c"]).items() if isinstance(v, torch.Tensor)}
    inputs = [name for name in ("input_ids", "attention_mask", "token_type_ids") if name in sample]
    if set(inputs) != set(sample):
        raise NotCompilable(f"it takes inputs of another kind ({', '.join(sorted(sample))})")

    class Positional(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *tensors: torch.Tensor) -> torch.Tensor:
            features = self.model(dict(zip(inputs, tensors, strict=True)))
            return features["sentence_embedding"]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        converted = openvino.convert_model(Positional(), example_input=tuple(sample[name] for name in inputs))
    openvino.save_model(converted, target / "model.xml", compress_to_fp16=False)
    model.tokenizer.backend_tokenizer.save(str(target / "tokenizer.json"))
    card = _Card(
        format=_FORMAT,
        fingerprint=mark,
        dim=int(model.get_embedding_dimension()),
        limit=int(model.max_seq_length or 512),
        max_tokens=content_tokens(model),
        inputs=inputs,
        query_prompt=model.prompts.get("query") or "",
        document_prompt=model.prompts.get("document") or "",
    )
    (target / "card.json").write_text(json.dumps(asdict(card), indent=1), "utf-8")
    return card


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
