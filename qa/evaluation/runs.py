"""Questions answered one after another: a run, one JSON line a question, in order."""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from embeddings.errors import QAError, QueryError
from embeddings.types import Filter
from qa.evaluation.questions import Question
from qa.pipeline import QA

ASKED = "asked"
"""Stands for the day on which each question was asked."""


def write_run(
    qa: QA,
    questions: Sequence[Question],
    top_k: int,
    out: str | Path,
    read_from: str | Path | None = None,
    as_of: str | None = None,
) -> None:
    """Answer each question and write `out`, whole or not at all, and never over `read_from`.

    Each line holds `id` and what `Result.to_json` says. Raises QueryError, with the
    question's id, where one cannot be asked, and QAError where `out` cannot be written.
    """
    out = Path(out)
    if read_from and out.exists() and out.samefile(read_from):
        raise QAError(f"{out} is the file of questions: give --out another name")
    part = out.with_name(f"{out.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8") as lines:
            for line in run(qa, questions, top_k, as_of):
                lines.write(json.dumps(line, ensure_ascii=False) + "\n")
        part.replace(out)
    except OSError as error:
        raise QAError(f"cannot write {out}: {error.strerror}") from None
    finally:
        with suppress(OSError):
            part.unlink()


def run(
    qa: QA, questions: Iterable[Question], top_k: int, as_of: str | None = None
) -> Iterator[dict[str, Any]]:
    """The line of each question: its `id`, and what `Result.to_json` says.

    Asked as of a day, or, where `as_of` is "asked", of the day in each question's `date`.
    """
    for question in questions:
        try:
            narrow = Filter(as_of=_asked(question) if as_of == ASKED else as_of)
            before = qa.ask(question.after, narrow=narrow) if question.after else None
            yield {"id": question.id, **qa.ask(question.question, top_k, narrow, before).to_json()}
        except QueryError as error:
            raise QueryError(f"question {question.id}: {error}") from None


def _asked(question: Question) -> str:
    if not question.date:
        raise QueryError("it has no `date`, the day on which it was asked (YYYY-MM-DD)")
    return question.date
