"""How well a reader reads, given the passage of each question: F1, exact answers, AUROC."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.metrics import roc_auc_score

from training.examples import Example, plain, read_articles, read_written

_LONGEST = 30


def measured(model: Any, tokenizer: Any, articles: Path, passages: Path, questions: Path) -> str:
    """Figures over the written questions of a set, each with its own passage."""
    from training.train import encoded, logits, padded

    written = read_written(questions, passages)
    records = read_articles(articles, frozenset(row.article for row in written))
    model.eval()
    scores, exact, f1 = [], [], []
    for row in written:
        record = records[row.article]
        text = record["text"][slice(*row.stretch)]
        one = encoded(tokenizer, Example(row.question, record["title"], text, None))
        device = next(model.parameters()).device
        with torch.no_grad():
            batch = {key: value.to(device) for key, value in padded([one]).items()}
            starts, ends = (x[0].cpu().numpy() for x in logits(model, batch))
        first, last, score = best_span(starts, ends)
        scores.append(score)
        if row.answer:
            found = text[one["offsets"][first][0] - one["head"] : one["offsets"][last][1] - one["head"]]
            true = record["text"][slice(*row.answer)]
            exact.append(plain(found) == plain(true))
            f1.append(overlap(found, true))
    kinds = [row.answer is not None for row in written]
    return f"F1 {np.mean(f1):.3f}, exact {np.mean(exact):.3f}, AUROC {roc_auc_score(kinds, scores):.3f}"


def best_span(starts: Any, ends: Any) -> tuple[int, int, float]:
    """First and last token of the likeliest answer, and its score less that of "no answer"."""
    sums = np.triu(starts[1:, None] + ends[None, 1:])
    sums = np.where(np.triu(np.ones_like(sums)) - np.triu(np.ones_like(sums), _LONGEST) > 0, sums, -1e9)
    first, last = np.unravel_index(int(sums.argmax()), sums.shape)
    return int(first) + 1, int(last) + 1, float(sums[first, last] - starts[0] - ends[0])


def overlap(one: str, other: str) -> float:
    """F1 of the words that two answers share, as SQuAD counts it, articles left out."""
    words = [Counter(w for w in plain(text).split() if w not in {"a", "an", "the"}) for text in (one, other)]
    same = sum((words[0] & words[1]).values())
    return 2 * same / (sum(words[0].values()) + sum(words[1].values())) if same else 0.0
