"""Teaches the reader: places of answers and "no answer", in the shape of SQuAD 2.0 (Rajpurkar et al., 2018).

    python -m training.train EXAMPLES.jsonl OUT [--passes 2] [--dev PASSAGES.jsonl QUESTIONS.jsonl]

It starts from the encoder's weights. Word vectors stay as they are, so that what ships is the layers alone.
A question's own passage and one like it that does not answer are read side by side: besides the place of the
answer, the first must look more like an answer than the second. Stopped, it goes on from its last checkpoint.
"""

import argparse
import math
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import cross_entropy, softplus
from transformers import AutoModelForQuestionAnswering, AutoTokenizer, get_linear_schedule_with_warmup

from embeddings.encoders.models import DEFAULT_MODEL, model_folder
from training.examples import Example, read_groups, shorter
from training.measure import measured

LIMIT = 320
"""Tokens of question, title and passage."""
TITLE_WORDS = 24
BATCH = 16
RATE = 1.5e-4
WARM = 0.05
PAIR = 0.5
"""Weight of the loss that sets the passage of the answer above a like one."""
CROPPED = 0.8
"""Share of passages that are shortened, to between `SHORT` words."""
SHORT = (50, 120)
LIKE = 0.9
"""Share of the answered questions that are read with a like passage too."""
LIKE_UNANSWERED = 0.3
"""The same share of those that their own passage does not answer."""
_KEPT_EVERY = 100

Batch = dict[str, Any]


def encoded(tokenizer: Any, example: Example) -> Batch:
    """Token ids with the first and last token of the answer, 0 and 0 where there is none."""
    title = " ".join(example.title.split()[:TITLE_WORDS])
    head = f"{title}. " if title else ""
    pair = tokenizer(
        example.question,
        head + example.text,
        truncation="only_second",
        max_length=LIMIT,
        return_offsets_mapping=True,
        return_token_type_ids=True,
    )
    own = [
        i
        for i, (part, (start, end)) in enumerate(
            zip(pair.sequence_ids(0), pair["offset_mapping"], strict=True)
        )
        if part == 1 and start >= len(head) and end > start
    ]
    first = last = 0
    if example.answer:
        a, b = (place + len(head) for place in example.answer)
        inside = [i for i in own if pair["offset_mapping"][i][1] > a and pair["offset_mapping"][i][0] < b]
        if inside:
            first, last = inside[0], inside[-1]
    return {
        "ids": pair["input_ids"],
        "types": pair["token_type_ids"],
        "own": own,
        "first": first,
        "last": last,
        "offsets": pair["offset_mapping"],
        "head": len(head),
    }


def padded(rows: Sequence[Batch]) -> Batch:
    """Tensors of a batch; `own` marks the tokens that an answer may stand on, and the first, for none."""
    width = max(len(row["ids"]) for row in rows)
    ids, types, mask = (torch.zeros(len(rows), width, dtype=torch.long) for _ in range(3))
    own = torch.zeros(len(rows), width, dtype=torch.bool)
    for at, row in enumerate(rows):
        size = len(row["ids"])
        ids[at, :size] = torch.tensor(row["ids"])
        types[at, :size] = torch.tensor(row["types"])
        mask[at, :size] = 1
        own[at, row["own"]] = True
    own[:, 0] = True
    return {
        "input_ids": ids,
        "token_type_ids": types,
        "attention_mask": mask,
        "own": own,
        "first": torch.tensor([row["first"] for row in rows]),
        "last": torch.tensor([row["last"] for row in rows]),
    }


def logits(model: Any, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
    """Of each token, to be the first and the last of an answer: `(rows, tokens)` each."""
    out = model(**{k: batch[k] for k in ("input_ids", "token_type_ids", "attention_mask")})
    closed = ~batch["own"]
    return out.start_logits.masked_fill(closed, -1e4), out.end_logits.masked_fill(closed, -1e4)


def loss(model: Any, batch: Batch, pairs: torch.Tensor) -> torch.Tensor:
    """`pairs` `(n, 2)`: rows of which the first answers its question and the second does not."""
    starts, ends = logits(model, batch)
    total = (cross_entropy(starts, batch["first"]) + cross_entropy(ends, batch["last"])) / 2
    if len(pairs):
        answered = sum(x[:, 1:].logsumexp(1) - x[:, 0] for x in (starts, ends)) / 2
        total = (
            total
            + PAIR
            * softplus(answered[pairs[:, 1]] - answered[pairs[:, 0]]).mean()
            * len(pairs)
            / len(starts)
            * 2
        )
    return total


def one_pass(groups: Sequence[Sequence[Example]], number: int) -> list[list[Example]]:
    """What is read in a pass, a question's passages together: one of its own, and one of the like ones."""
    chance = random.Random(number)  # noqa: S311
    made = []
    for group in groups:
        holding = [example for example in group if example.answer] or group[:1]
        like = group[len(holding) :]
        share = LIKE if group[0].answer else LIKE_UNANSWERED
        chosen = [
            chance.choice(holding),
            *([chance.choice(like)] if like and chance.random() < share else []),
        ]
        if chance.random() < CROPPED:
            words = chance.randint(*SHORT)
            chosen = [shorter(example, words, chance) for example in chosen]
        made.append(chosen)
    return made


def batches(
    tokenizer: Any, units: Sequence[Sequence[Example]], number: int
) -> Iterator[tuple[Batch, torch.Tensor]]:
    """Units of like length together, in chance order."""
    chance = random.Random(number)  # noqa: S311
    rows = [[encoded(tokenizer, example) for example in unit] for unit in units]
    chance.shuffle(rows)
    made: list[list[list[Batch]]] = []
    for at in range(0, len(rows), 50 * BATCH):
        some = sorted(rows[at : at + 50 * BATCH], key=lambda unit: max(len(row["ids"]) for row in unit))
        batch: list[list[Batch]] = []
        for unit in some:
            batch.append(unit)
            if sum(map(len, batch)) >= BATCH:
                made.append(batch)
                batch = []
        if batch:
            made.append(batch)
    chance.shuffle(made)
    for batch in made:
        flat: list[Batch] = []
        pairs: list[tuple[int, int]] = []
        for unit in batch:
            if len(unit) > 1 and unit[0]["first"]:
                pairs.append((len(flat), len(flat) + 1))
            flat += unit
        yield padded(flat), torch.tensor(pairs).reshape(-1, 2)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("examples", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--passes", type=float, default=2)
    parser.add_argument("--share", type=float, default=1.0, help="of the questions: for a learning curve")
    parser.add_argument("--dev", type=Path, nargs=3, help="articles, passages and questions to measure on")
    parser.add_argument("--from", dest="start", help="weights to start from, in place of the encoder's")
    parser.add_argument("--rate", type=float, default=RATE, help="learning rate at its highest")
    options = parser.parse_args()
    torch.manual_seed(0)
    folder = model_folder(DEFAULT_MODEL)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForQuestionAnswering.from_pretrained(
        options.start or folder, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
    )
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model.to(device)
    model.get_input_embeddings().weight.requires_grad_(False)
    groups = read_groups(options.examples)
    random.Random(0).shuffle(groups)  # noqa: S311
    groups = groups[: round(options.share * len(groups))]
    steps_a_pass = sum(map(len, one_pass(groups, 0))) // BATCH
    total = int(steps_a_pass * options.passes)
    optimizer = torch.optim.AdamW(
        [p for p in model.parameters() if p.requires_grad], lr=options.rate, weight_decay=0.01
    )
    schedule = get_linear_schedule_with_warmup(optimizer, round(WARM * total), total)
    checkpoint = options.out / "checkpoint.pt"
    done = 0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        done = state["steps"]
    options.out.mkdir(parents=True, exist_ok=True)
    print(f"{len(groups)} questions, about {total} steps; {done} done", flush=True)
    model.train()
    step, seen, mean, began = 0, 0, 0.0, time.time()
    for number in range(math.ceil(options.passes)):
        for batch, pairs in batches(tokenizer, one_pass(groups, number), number):
            step += 1
            if step <= done:
                continue
            if step > total:
                break
            value = loss(model, {key: tensor.to(device) for key, tensor in batch.items()}, pairs)
            value.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            seen += len(batch["input_ids"])
            mean += (value.item() - mean) / min(100, step)
            if step % 50 == 0:
                print(
                    f"{step}/{total} loss {mean:.3f}, {seen / (time.time() - began):.1f} a second", flush=True
                )
            if step % _KEPT_EVERY == 0:
                state = {
                    "model": model.state_dict(),
                    "optimizer": optimizer.state_dict(),
                    "schedule": schedule.state_dict(),
                    "steps": step,
                }
                torch.save(state, checkpoint.with_suffix(".new"))
                checkpoint.with_suffix(".new").replace(checkpoint)
        if options.dev:
            print(f"pass {number + 1}: {measured(model, tokenizer, *options.dev)}", flush=True)
            model.train()
    model.eval()
    model.save_pretrained(options.out)
    tokenizer.save_pretrained(options.out)


if __name__ == "__main__":
    main()
