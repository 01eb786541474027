"""The languages of a corpus in words, and what the model makes of them."""

import re
from collections.abc import Mapping

from embeddings.text.languages import NAMES
from embeddings.types import ENGLISH

MULTILINGUAL = "intfloat/multilingual-e5-small"
_READ_ENGLISH = re.compile(
    r"all-(minilm|mpnet|distilroberta)|multi-qa-|msmarco-|e5-(small|base|large)|.*-en\b", re.I
)
"""Names of well-known models that were taught with English texts only."""


def counted(languages: Mapping[str, int]) -> str:
    """The languages with their numbers of articles, most first."""
    return ", ".join(f"{NAMES.get(code, code)} ({count})" for code, count in languages.items())


def unread(model: str, languages: Mapping[str, int]) -> str | None:
    """What to do where `model` is known to read English, and articles are in other `languages`."""
    name = model.rstrip("/").rpartition("/")[2]
    others = {code: count for code, count in languages.items() if code != ENGLISH}
    if not others or not _READ_ENGLISH.match(name):
        return None
    return f"{name} reads English: for {counted(others)} use `--model {MULTILINGUAL}`"
