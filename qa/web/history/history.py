"""Where conversations and pins are kept, and whether they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings.backends.milvus.address import data_folder
from qa.web.history.conversations import Conversations
from qa.web.history.database import Database
from qa.web.history.reading_list import ReadingList
from qa.web.history.shelf import Shelf
from qa.web.security.guard import is_loopback
from qa.web.security.login import Credentials


@dataclass(frozen=True, slots=True)
class History:
    """What is kept about one corpus, or about several that are asked together."""

    corpus: str
    conversations: Conversations
    reading: ReadingList

    def shelf(self, owner: str) -> Shelf:
        return Shelf(owner, self.corpus)


def may_keep(
    host: str, wanted: Sequence[Credentials], names: Sequence[str] = (), proxies: Sequence[str] = ()
) -> bool:
    """Whether it is known whose a conversation is: everybody says who they are, or only this machine asks."""
    return bool(wanted) or (is_loopback(host) and not names and not proxies)


def open_history(place: str | Sequence[str], file: Path | None = None) -> History:
    """What is kept about the index at `place`, or those of a list, in whatever order, or of a folder.

    It lies in `file` or the user's data folder. Raises HistoryError.
    """
    database = Database(file or data_folder() / "history.sqlite")
    given = [place] if isinstance(place, str) else place
    return History("\n".join(sorted(map(_known_as, given))), Conversations(database), ReadingList(database))


def _known_as(place: str) -> str:
    return place if "+" in place.partition(":")[0] else str(Path(place).resolve())
