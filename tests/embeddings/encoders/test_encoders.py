"""The real model: what is computed, and that nothing is fetched to compute it."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from embeddings.encoders.converted import NotCompilable
from embeddings.encoders.load import load_encoder
from embeddings.encoders.models import DEFAULT_MODEL, fingerprint, model_folder
from embeddings.encoders.openvino_encoder import CompiledEncoder
from embeddings.encoders.sentence_transformers_encoder import SentenceTransformersEncoder
from embeddings.errors import ModelError
from embeddings.types import Encoder

TEXTS = ["A cat sat.", "Rivers rose by two metres in a night. " * 30, "Élection: 51,3 % à 20 h"]


@pytest.mark.slow  # loads and converts the model
def test_compiled_is_the_model_itself(real_encoder: Encoder) -> None:
    assert isinstance(real_encoder, CompiledEncoder)
    plain = SentenceTransformersEncoder.load(DEFAULT_MODEL, model_folder(DEFAULT_MODEL))
    assert (plain.dim, plain.max_tokens, plain.fingerprint) == (384, 254, real_encoder.fingerprint)
    assert plain.count_tokens(TEXTS) == real_encoder.count_tokens(TEXTS)
    for name in ("encode_query", "encode_document"):
        ours, theirs = getattr(real_encoder, name)(TEXTS), getattr(plain, name)(TEXTS)
        assert ours.dtype == theirs.dtype == np.float32
        assert (ours * theirs).sum(axis=1).min() > 0.999
        np.testing.assert_allclose(np.linalg.norm(ours, axis=1), 1, atol=1e-5)
    assert len(real_encoder.encode_document([])) == len(plain.encode_document([])) == 0


@pytest.mark.slow  # loads the model
def test_many_texts_keep_their_order(real_encoder: Encoder) -> None:
    texts = [f"{n} boats " * (n % 37 + 1) for n in range(150)]
    together = real_encoder.encode_document(texts)
    for n in (0, 74, 149):
        alone = real_encoder.encode_document([texts[n]])[0]
        assert float(together[n] @ alone) > 0.999


@pytest.mark.slow  # a fresh process
def test_no_socket_and_no_torch_once_converted(real_encoder: Encoder) -> None:
    program = """
        import socket, sys
        def refuse(*args, **kwargs): raise RuntimeError("a socket was opened")
        socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
        from embeddings.encoders.load import load_encoder
        assert load_encoder().encode_query(["Who won?"]).shape == (1, 384)
        heavy = {"torch", "transformers", "sentence_transformers"} & set(sys.modules)
        assert not heavy, heavy
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=True)


@pytest.mark.slow  # imports torch
def test_no_socket_when_converting(tmp_path: Path) -> None:
    program = f"""
        import os, socket
        os.environ["QA_CACHE"] = {str(tmp_path)!r}
        def refuse(*args, **kwargs): raise RuntimeError("a socket was opened")
        socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
        from embeddings.encoders.load import load_encoder
        assert load_encoder().encode_query(["Who won?"]).shape == (1, 384)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=True)


@pytest.fixture(scope="module")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another architecture, with random weights, CLS pooling and prompts."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from transformers import DistilBertConfig, DistilBertModel, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("model")
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(model_folder(DEFAULT_MODEL) / "tokenizer.json"),
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
    )
    config = DistilBertConfig(
        vocab_size=30522, dim=32, hidden_dim=64, n_layers=2, n_heads=2, initializer_range=0.2
    )
    DistilBertModel(config).save_pretrained(folder / "weights")
    tokenizer.save_pretrained(folder / "weights")
    transformer = Transformer(str(folder / "weights"), max_seq_length=64)
    prompts = {"query": "search query: ", "document": "passage: "}
    model = SentenceTransformer(modules=[transformer, Pooling(32, "cls")], prompts=prompts, device="cpu")
    model.save(str(folder / "model"))
    return folder / "model"


@pytest.mark.slow  # imports torch, makes and converts a model
def test_another_architecture_with_prompts(small_model: Path) -> None:
    encoder = load_encoder(str(small_model))
    assert isinstance(encoder, CompiledEncoder)
    plain = SentenceTransformersEncoder.load("small", small_model)
    assert encoder.max_tokens == plain.max_tokens == 64 - 2 - len(["passage", ":"])
    for name in ("encode_query", "encode_document"):
        assert (getattr(encoder, name)(TEXTS) * getattr(plain, name)(TEXTS)).sum(axis=1).min() > 0.999
    differ = encoder.encode_query(TEXTS) * encoder.encode_document(TEXTS)
    assert differ.sum(axis=1).min() < 0.9999


@pytest.mark.slow  # imports torch, makes a model
def test_without_openvino_sentence_transformers_serves(
    small_model: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(name: str, folder: Path) -> None:
        raise NotCompilable("openvino is not installed")

    monkeypatch.setattr(CompiledEncoder, "load", refuse)
    assert isinstance(load_encoder(str(small_model)), SentenceTransformersEncoder)
    assert "slower: openvino is not installed" in caplog.text


def test_a_model_that_is_not_here(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="hf download nobody/nothing"):
        model_folder("nobody/nothing")
    with pytest.raises(ModelError, match="holds no sentence-transformers model"):
        model_folder(str(tmp_path))


def test_fingerprint_follows_what_is_computed_from(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    (tmp_path / "config.json").write_text(json.dumps({"pooling": "mean"}))
    (tmp_path / "README.md").write_text("one")
    first = fingerprint(tmp_path)
    (tmp_path / "README.md").write_text("two")
    assert fingerprint(tmp_path) == first
    (tmp_path / "config.json").write_text(json.dumps({"pooling": "cls"}))
    second = fingerprint(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"Weights")
    assert len({first, second, fingerprint(tmp_path)}) == 3
