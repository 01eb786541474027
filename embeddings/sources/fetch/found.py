"""The articles in what was fetched, read within the limits that hold for every file."""

import tempfile
from pathlib import Path
from threading import Lock

from embeddings.sources.fetch.network import Unfetched
from embeddings.sources.files import File
from embeddings.sources.readers.base import DEFAULT_READING
from embeddings.sources.separate_process import read_apart
from embeddings.types import Article, Skipped

_one_at_a_time = Lock()


def articles_in(body: bytes, ending: str) -> list[Article]:
    """The articles in `body`, a file of that ending. Raises Unfetched where there is none."""
    with tempfile.TemporaryDirectory(prefix="qa-fetched-") as folder, _one_at_a_time:
        path = Path(folder, f"fetched{ending}")
        path.write_bytes(body)
        found = list(read_apart(File(path, "fetched", "", len(body)), DEFAULT_READING))
    articles = [one for one in found if isinstance(one, Article)]
    if not articles:
        why = next((one.reason for one in found if isinstance(one, Skipped)), "it is empty")
        raise Unfetched(f"no article was found in it ({why})")
    return articles
