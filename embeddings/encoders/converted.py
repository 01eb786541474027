"""Models converted once for OpenVINO, in the user's cache folder: made, checked when opened, run.

A conversion is a folder: `model.xml` and `model.bin`, whatever else its kind of model needs, such as a
tokenizer, and a card with the facts that its kind keeps and the sums of all these files.
"""

import hashlib
import json
import logging
import os
import shlex
import shutil
import tempfile
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from embeddings.encoders.models import is_fingerprint, private_part
from embeddings.errors import ModelError
from embeddings.types import Encoder

log = logging.getLogger(__name__)

FORMAT = 2
MODEL = "model.xml"
TOKENIZER = "tokenizer.json"
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
"""What the models here take, each of int64 and the shape `(rows, tokens)`."""
_CARD = "card.json"

Facts: TypeAlias = dict[str, Any]
"""What one kind of model keeps beside its files, as JSON has it."""
Convert: TypeAlias = Callable[[Path], Facts]
"""Writes a model's files into an empty folder, checks them against the model itself, and says the facts."""


class NotCompilable(Exception):
    """This model, or this machine, is not for OpenVINO; the text says why."""


class _Damaged(Exception):
    """A conversion that is not what was made; the text says what was found."""


@dataclass(frozen=True, slots=True)
class Converted:
    """A conversion that is whole."""

    folder: Path
    facts: Facts


@runtime_checkable
class Compiled(Protocol):
    """An encoder that runs a conversion."""

    folder: Path

    def uncompiled(self) -> Encoder:
        """The same model before its conversion, from its own files."""


def open_converted(name: str, mark: str, convert: Convert) -> Converted:
    """The conversion of the model `name`, checked; made by `convert` where there is none, or a damaged one.

    `mark` is 64 hex digits that change with the model and with what its kind makes of it. Raises
    NotCompilable where it cannot be made, ModelError where others can write to the cache folder.
    """
    if not is_fingerprint(mark):
        raise ValueError(f"{mark!r} are not 64 hex digits")
    folder = private_part("models") / f"{mark}-{FORMAT}"
    if not os.path.lexists(folder):
        return _made(folder, mark, convert)
    try:
        return _checked(private_part(f"models/{folder.name}"), mark)
    except _Damaged as damage:
        log.warning("the converted %s in %s is damaged (%s): it is made again", name, folder, damage)
        return _made(folder, mark, convert)


def _checked(folder: Path, mark: str) -> Converted:
    """What was made, to the byte. Raises _Damaged."""
    try:
        card = json.loads((folder / _CARD).read_bytes())
        facts, files = card["facts"], card["files"]
        if card["sum"] != _sum_of(mark, facts, files):
            raise _Damaged(f"its {_CARD} has been altered")
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise _Damaged(f"no {_CARD} that can be read: {type(error).__name__}") from None
    for name, expected in files.items():
        try:
            found = _sha256(folder / name)
        except OSError as error:
            raise _Damaged(f"{name}: {error.strerror}") from None
        if found != expected:
            raise _Damaged(f"{name} has SHA-256 {found[:12]}, expected {expected[:12]}")
    return Converted(folder, facts)


def _made(folder: Path, mark: str, convert: Convert) -> Converted:
    """A new conversion in `folder`, in place of what lies there; whole or not at all."""
    try:
        import openvino  # noqa: F401
    except ImportError as error:
        raise NotCompilable("openvino is not installed") from error
    try:
        aside = Path(tempfile.mkdtemp(prefix="converting-", dir=folder.parent))
    except OSError as error:
        raise NotCompilable(f"the cache folder cannot be written ({error})") from error
    try:
        made = aside / "made"
        made.mkdir(mode=0o700)
        facts = convert(made)
        files = {path.name: _sha256(path) for path in sorted(made.iterdir())}
        card = {"facts": facts, "files": files, "sum": _sum_of(mark, facts, files)}
        (made / _CARD).write_text(json.dumps(card, indent=1), "utf-8")
        _put(made, folder, aside / "before")
        return Converted(folder, facts)
    except (NotCompilable, ModelError):
        raise
    except Exception as error:  # conversion fails in as many ways as there are models
        raise NotCompilable(f"OpenVINO cannot convert it ({type(error).__name__}: {error})") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _put(made: Path, folder: Path, before: Path) -> None:
    """`made` in the place of `folder`. Where two processes do so at once, each has made the same."""
    for _ in range(2):
        if os.path.lexists(folder):
            folder.rename(before)
        try:
            made.rename(folder)
            return
        except OSError:  # another process was first
            shutil.rmtree(before, ignore_errors=True)
    made.rename(folder)


def _sum_of(mark: str, facts: Facts, files: dict[str, str]) -> str:
    described = json.dumps([FORMAT, mark, facts, files], sort_keys=True)
    return hashlib.sha256(described.encode()).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_model(
    model: Any, forward: Callable[[dict[str, Any]], Any], example: dict[str, Any], folder: Path
) -> None:
    """Convert `model`, a module of torch, and save it in `folder`; it takes the inputs of `example` in order.

    `forward` has `model` compute the outputs, a tensor or some, from tensors by name.
    """
    import openvino
    import torch

    class Positional(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *tensors: torch.Tensor) -> Any:
            return forward(dict(zip(example, tensors, strict=True)))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        converted = openvino.convert_model(Positional(), example_input=tuple(example.values()))
    openvino.save_model(converted, folder / MODEL, compress_to_fp16=False)


def compiled(folder: Path, hint: str) -> Any:
    """The model in `folder`, for the "LATENCY" of one batch or the "THROUGHPUT" of many.

    What OpenVINO itself would keep of compiling has no sums, and saves a fraction of a second.
    """
    import openvino

    core = openvino.Core()
    bf16 = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    precision = "bf16" if bf16 else "f32"
    settings = {"INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": hint}
    try:
        return core.compile_model(str(folder / MODEL), "CPU", settings)
    except RuntimeError as error:
        first = str(error).strip().partition("\n")[0]
        raise ModelError(
            f"OpenVINO cannot compile {folder} ({first}): close other programs if there is little memory "
            f"left, else run `rm -r {shlex.quote(str(folder))}`, and it is made again"
        ) from error


def batches(
    encodings: Sequence[Any], size: int, inputs: Sequence[str]
) -> Iterator[tuple[list[int], list[NDArray[np.int64]]]]:
    """What a tokenizer made, rows of like length together, padded: row numbers, and `inputs` in order."""
    order = sorted(range(len(encodings)), key=lambda row: len(encodings[row].ids))
    for first in range(0, len(order), size):
        rows = order[first : first + size]
        width = max(1, len(encodings[rows[-1]].ids))
        columns = {name: np.zeros((len(rows), width), np.int64) for name in INPUTS}
        for at, row in enumerate(rows):
            length = len(encodings[row].ids)
            columns["input_ids"][at, :length] = encodings[row].ids
            columns["attention_mask"][at, :length] = 1
            columns["token_type_ids"][at, :length] = encodings[row].type_ids
        yield rows, [columns[name] for name in inputs]


def run(
    model: Any, given: Iterator[tuple[list[int], list[NDArray[np.int64]]]], at_once: int = 1
) -> Iterator[tuple[list[int], list[NDArray[np.float32]]]]:
    """Row numbers and outputs of each batch, in order; outputs are overwritten by what comes next.

    Requests are polled, not called back: a Python callback can deadlock when the model is released.
    """
    free = [model.create_infer_request() for _ in range(at_once)]
    running: deque[tuple[Any, list[int]]] = deque()
    for rows, inputs in given:
        if not free:
            yield _finished(running[0])
            free.append(running.popleft()[0])
        request = free.pop()
        request.start_async(inputs)
        running.append((request, rows))
    for one in running:
        yield _finished(one)


def _finished(one: tuple[Any, list[int]]) -> tuple[list[int], list[NDArray[np.float32]]]:
    request, rows = one
    request.wait()
    return rows, [tensor.data for tensor in request.output_tensors]
