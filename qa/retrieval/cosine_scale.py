"""Cosines of any model on the scale of the default's: to that one's every weight was fitted."""

from typing import Final

import numpy as np

from embeddings.encoders.models import DEFAULT_MODEL
from embeddings.index.index import ArticleIndex
from embeddings.types import Vectors

MEAN: Final = 0.10
SPREAD: Final = 0.115
"""Mean and standard deviation of the default model's cosines of random pairs of passages, on news."""


def comparable(index: ArticleIndex, cosines: Vectors) -> Vectors:
    """`cosines` as the default model would have them, float32 of the same shape.

    Those of random pairs of the corpus's own passages say how another model spreads them: some crowd all
    texts between 0.7 and 0.9. Unchanged for the default model, and where there are too few passages to tell.
    """
    if index.encoder.name == DEFAULT_MODEL or index.background is None:
        return cosines
    mean, spread = index.background
    return np.asarray(MEAN + (cosines - mean) * (SPREAD / spread), np.float32)
