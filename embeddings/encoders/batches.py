"""Many texts, encoded a batch at a time."""

from collections.abc import Sequence

import numpy as np

from embeddings.types import Encoder, Vectors

BATCH = 1024
"""Texts encoded together: enough to sort by length, few enough to show progress and to spare memory."""


def encode_documents(texts: Sequence[str], encoder: Encoder) -> Vectors:
    """Float32 `(len(texts), dim)`: as the encoder's `encode_document`, of any number of texts."""
    batches = [encoder.encode_document(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)]
    return np.concatenate([np.zeros((0, encoder.dim), np.float32), *batches])
