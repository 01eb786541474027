from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from embeddings.build.options import BuildOptions
from embeddings.encoders.models import DEFAULT_MODEL, model_folder
from embeddings.errors import ModelError
from embeddings.types import Vectors
from qa.pipeline import QA
from qa.retrieval.reranker import CrossEncoderReranker
from tests.fakes import WordEncoder
from tests.opened import open_qa


class Longest:
    """Prefers long passages."""

    def scores(self, question: str, documents: Sequence[str]) -> Vectors:
        return np.array([len(text) for text in documents], np.float32)


def test_the_first_passages_are_ordered_anew(sources: Path, tmp_path: Path, encoder: WordEncoder) -> None:
    QA.build([sources], tmp_path / "qa", BuildOptions(encoder=encoder))
    plain = open_qa(tmp_path / "qa", encoder).search("village cup")
    again = open_qa(tmp_path / "qa", encoder, reranker=Longest()).search("village cup")
    assert plain[0].passage.article.id == "sport/cup.md"
    assert plain[0].signals.reranker == 0
    lengths = [len(f"{place.passage.article.title}. {place.passage.text}") for place in again]
    scores = [place.score for place in again]
    assert scores == sorted(scores, reverse=True)
    low, high = min(lengths), max(lengths)
    gains = [place.signals.reranker for place in again]
    assert gains == pytest.approx([(length - low) / (high - low) for length in lengths])
    before = {place.passage.number: place.score for place in plain}
    assert [p.score - before[p.passage.number] for p in again] == pytest.approx(gains, abs=1e-6)


@pytest.mark.slow  # imports torch and makes a model
def test_any_cross_encoder_in_a_folder(tmp_path: Path) -> None:
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    torch.manual_seed(0)
    tokenizer = AutoTokenizer.from_pretrained(str(model_folder(DEFAULT_MODEL)))
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=64, num_labels=1,
    )  # fmt: skip
    model = BertForSequenceClassification(config).eval()
    model.save_pretrained(tmp_path / "model")
    tokenizer.save_pretrained(tmp_path / "model")
    texts = ["The bridge reopened.", "A flood."]
    found = CrossEncoderReranker.load(str(tmp_path / "model")).scores("Which bridge?", texts)
    pairs = tokenizer(["Which bridge?"] * 2, texts, padding=True, return_tensors="pt")
    with torch.no_grad():
        expected = torch.sigmoid(model(**pairs).logits[:, 0]).numpy()
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_model_that_is_not_there() -> None:
    with pytest.raises(ModelError, match="no model is fetched at run time"):
        CrossEncoderReranker.load("nobody/reranker")
