"""What became of the articles since the generation before: counted by id and content."""

from collections.abc import Mapping
from dataclasses import dataclass

from embeddings.index.records import Kept


@dataclass(frozen=True, slots=True)
class Changes:
    """How many articles there are of each kind."""

    added: int
    changed: int
    renamed: int
    """The same title and text under another id."""
    deleted: int
    unchanged: int


class ChangeCounter:
    """Counts the articles of a build against those of the catalog before it."""

    def __init__(self, before: Mapping[str, Kept]) -> None:
        self._before = before
        self._seen: set[str] = set()
        self._new: list[bytes] = []
        self._changed = 0
        self._unchanged = 0

    def add(self, id: str, content: bytes) -> None:
        """Count an article with the hash of its content."""
        self._seen.add(id)
        before = self._before.get(id)
        if before is None:
            self._new.append(content)
        elif before.content == content:
            self._unchanged += 1
        else:
            self._changed += 1

    def changes(self) -> Changes:
        """What has changed, once every article is counted."""
        gone = [kept.content for id, kept in self._before.items() if id not in self._seen]
        renamed = len(set(self._new) & set(gone))
        return Changes(
            added=len(self._new) - renamed,
            changed=self._changed,
            renamed=renamed,
            deleted=len(gone) - renamed,
            unchanged=self._unchanged,
        )
