"""What is kept, as JSON: whole articles stand apart, so that each is kept once."""

import hashlib
import json
import zlib
from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

from embeddings.types import Article

T = TypeVar("T")
_FIELDS = frozenset(field.name for field in fields(Article))
_LATER = ("pages",)
"""Fields that are left out while they are empty: what was kept before there were any has the same sum."""
_APART = "article kept apart"
_OF_SEVERAL = ("corpus", "corpora")
"""Fields left out where they say nothing: what was kept before there were several corpora reads the same."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A value as JSON, with the articles that it names kept beside it, each once."""

    record: str
    articles: dict[str, bytes]
    """Those that the record names, by the sum of what they hold."""

    @property
    def sum(self) -> str:
        return _sum(self.record.encode())


class Packing(Generic[T]):
    """To JSON and back, for values of one type."""

    def __init__(self, kind: type[T]) -> None:
        self._adapter = TypeAdapter(kind)

    def pack(self, value: T) -> Packed:
        plain = self._adapter.dump_python(value, mode="json")
        for name, part in plain.items():
            if isinstance(getattr(value, name), frozenset):  # in the same order in every process
                plain[name] = sorted(part)
        articles: dict[str, bytes] = {}
        return Packed(_text(_apart(plain, articles)), articles)

    def unpack(self, record: str, articles: dict[str, bytes]) -> T:
        return self._adapter.validate_python(_together(json.loads(record), articles))


def _text(plain: Any) -> str:
    """JSON without half characters, which no file takes."""
    return json.dumps(plain, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace").decode()


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _apart(value: Any, articles: dict[str, bytes]) -> Any:
    if isinstance(value, dict):
        if value.keys() == _FIELDS:
            whole = _text({name: part for name, part in value.items() if name not in _LATER or part}).encode()
            articles[_sum(whole)] = zlib.compress(whole, 1)
            return {_APART: _sum(whole)}
        told = {name: part for name, part in value.items() if part or name not in _OF_SEVERAL}
        return {name: _apart(part, articles) for name, part in told.items()}
    return [_apart(part, articles) for part in value] if isinstance(value, list) else value


def _together(value: Any, articles: dict[str, bytes]) -> Any:
    if isinstance(value, dict):
        if value.keys() == {_APART}:
            return json.loads(zlib.decompress(articles[value[_APART]]))
        return {name: _together(part, articles) for name, part in value.items()}
    return [_together(part, articles) for part in value] if isinstance(value, list) else value
