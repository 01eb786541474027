"""The encoder of a model: run by OpenVINO where it can be, and by torch where it cannot."""

import logging

from embeddings.encoders.converted import NotCompilable
from embeddings.encoders.models import DEFAULT_MODEL, forbid_network, model_folder
from embeddings.encoders.openvino_encoder import CompiledEncoder
from embeddings.encoders.sentence_transformers_encoder import SentenceTransformersEncoder
from embeddings.types import Encoder

log = logging.getLogger(__name__)


def load_encoder(name: str = DEFAULT_MODEL) -> Encoder:
    """The encoder `name`: compiled for this machine if possible, else as sentence-transformers runs it.

    `name` is the default model's, a folder, or any sentence-transformers model in the local hub cache.
    Raises ModelError where there is no such model, or it cannot be loaded.
    """
    forbid_network()
    folder = model_folder(name)
    try:
        return CompiledEncoder.load(name, folder)
    except NotCompilable as reason:
        log.warning("%s runs on sentence-transformers, slower: %s", name, reason)
        return SentenceTransformersEncoder.load(name, folder)
