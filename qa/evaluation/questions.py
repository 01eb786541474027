"""Files of questions: a JSON object a line, with `id` and `question`, and what is known of the answer."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings.errors import SourceError


@dataclass(frozen=True, slots=True)
class Question:
    """A question with what is known of its answer."""

    id: str
    question: str
    relevant: frozenset[str] = frozenset()
    """Ids of the articles that answer it."""
    answers: tuple[str, ...] = ()
    """Strings any one of which is right."""
    after: str | None = None
    """The question before, which this one goes on from."""
    date: str | None = None
    """The day on which it was asked."""


def read_questions(path: str | Path) -> list[Question]:
    """The questions of a file, in order. Raises SourceError, with the line, where one is not as expected."""
    path = Path(path)
    try:
        with path.open("rb") as lines:
            questions = list(_questions(path, lines))
    except OSError as error:
        raise SourceError(
            f"{path}: {error.strerror}: name a file of questions, one JSON object a line"
        ) from None
    if not questions:
        raise SourceError(f"{path} holds no question: expected one JSON object a line")
    return questions


def _questions(path: Path, lines: Iterator[bytes]) -> Iterator[Question]:
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        question = _question(path, number, line)
        if question.id in seen:
            raise SourceError(f"{path}:{number}: the id {question.id} stands twice")
        seen.add(question.id)
        yield question


def _question(path: Path, number: int, line: bytes) -> Question:
    where = f"{path}:{number}"
    try:
        record: Any = json.loads(line.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise SourceError(f"{where}: not a JSON line ({error})") from None
    if not isinstance(record, dict) or not isinstance(record.get("question"), str):
        raise SourceError(f"{where}: expected an object with a string `question`")
    id = record.get("id", number)
    if not isinstance(id, str | int):
        raise SourceError(f"{where}: `id` is neither a string nor a number")
    return Question(
        str(id),
        record["question"],
        frozenset(_strings(record, "relevant", where)),
        tuple(_strings(record, "answers", where)),
        *(value if isinstance(value := record.get(key), str) else None for key in ("after", "date")),
    )


def _strings(record: dict[str, Any], key: str, where: str) -> list[str]:
    values = record.get(key) or []
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise SourceError(f"{where}: `{key}` is not a list of strings")
    return values
