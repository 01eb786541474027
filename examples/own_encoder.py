"""Search with an encoder of one's own: anything that has the attributes and methods of `Encoder` will do.

python -m examples.own_encoder seeds "the trial about the school shooting"
"""

import re
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from embeddings.types import Encoder, Vectors
from qa import QA, BuildOptions, RankedPassage


class LetterEncoder:
    """A text's vector counts its runs of three letters: enough to be near another spelling."""

    name = "letters"
    fingerprint = "letters-1"  # changed whenever the vectors would
    dim = 512
    max_tokens = 256

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        return self.encode_document(texts)

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dim), np.float32)
        for row, text in enumerate(texts):
            letters = re.sub(r"\W+", " ", text.lower())
            for at in range(len(letters) - 2):
                vectors[row, zlib.crc32(letters[at : at + 3].encode()) % self.dim] += 1
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)


def main(sources: Path, text: str, place: Path) -> tuple[RankedPassage, ...]:
    """Index the articles in `sources` at `place` with our encoder, and print what is nearest to `text`."""
    encoder: Encoder = LetterEncoder()
    QA.build([sources], place, BuildOptions(encoder=encoder))
    with QA.open(place, encoder) as qa:
        found = qa.search(text, 3)
    for ranked in found:
        print(f"{ranked.signals.dense:.2f} {ranked.passage.article.id}")
    return found


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        main(Path(sys.argv[1]), sys.argv[2], Path(folder, "index"))
