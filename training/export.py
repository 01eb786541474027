"""Writes a trained reader as the package ships it: all but the word vectors, which the encoder has already.

    python -m training.export FOLDER qa/answer/default_reader

float16 keeps what the layers compute to three decimals and halves the file.
"""

import json
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from embeddings.encoders.models import DEFAULT_MODEL, fingerprint, model_folder

_SHARED = "bert.embeddings.word_embeddings.weight"


def main(trained: str, out: str) -> None:
    weights = load_file(Path(trained) / "model.safetensors")
    base = load_file(model_folder(DEFAULT_MODEL) / "model.safetensors")
    own = weights.pop(_SHARED)
    shared = next(value for name, value in base.items() if name.endswith("word_embeddings.weight"))
    if not np.array_equal(own, shared):
        sys.exit("the word vectors are not the encoder's: they must stay as they are while it learns")
    Path(out).mkdir(parents=True, exist_ok=True)
    halves = {name: value.astype(np.float16) for name, value in sorted(weights.items())}
    save_file(halves, Path(out) / "reader.safetensors")
    card = {"encoder": DEFAULT_MODEL, "encoder_fingerprint": fingerprint(model_folder(DEFAULT_MODEL))}
    (Path(out) / "reader.json").write_text(json.dumps(card, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
