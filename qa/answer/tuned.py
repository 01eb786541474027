"""Weights that were fitted to one index: a file beside its generations, which survives rebuilding."""

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from embeddings.errors import IndexMismatchError, QAError
from qa.answer.evidence import Evidence, Features, Tuning

log = logging.getLogger(__name__)

FILE = "tuning.json"


@dataclass(frozen=True, slots=True)
class Tuned:
    """Weights with what they were fitted on."""

    tuning: Tuning
    reader: str
    """Fingerprint of the reader."""
    encoder: str
    """Fingerprint of the encoder."""
    questions: int
    figures: str
    """Cross-validated, as they were printed."""


def read_tuned(home: Path) -> Tuned | None:
    """What is kept beside the index in `home`, if anything. Raises IndexMismatchError for a damaged file."""
    path = home / FILE
    try:
        record: dict[str, Any] = json.loads(path.read_text("utf-8"))
        tuning = record.pop("tuning")
        weights, chances = Features(**tuning.pop("weights")), Evidence(**tuning.pop("chances"))
        return Tuned(Tuning(weights, chances, **tuning), **record)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        said = f"{type(error).__name__}: {error}"
        raise IndexMismatchError(f"{path} cannot be read ({said}): run `qa tune --reset`") from None


def write_tuned(home: Path, tuned: Tuned) -> None:
    """Keep `tuned` beside the index in `home`. Raises QAError where it cannot be written."""
    path = home / FILE
    try:
        part = path.with_suffix(".part")
        part.write_text(json.dumps(asdict(tuned), indent=1) + "\n", "utf-8")
        part.replace(path)
    except OSError as error:
        raise QAError(f"cannot write {path}: {error.strerror}") from None


def reset_tuned(home: Path) -> bool:
    """Forget what was fitted; whether there was anything. Raises QAError where it cannot be removed."""
    path = home / FILE
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise QAError(f"cannot remove {path}: {error.strerror}") from None
    return True
