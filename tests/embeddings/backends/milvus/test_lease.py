import json
import socket
from pathlib import Path
from typing import Any

import pytest

from embeddings.backends.milvus.lease import Heartbeat, living
from embeddings.backends.milvus.schema import WRITER
from embeddings.errors import IndexBusyError


class Client:
    """A server with one collection."""

    def __init__(self) -> None:
        self.properties: dict[str, str] = {}

    def has_collection(self, _: str) -> bool:
        return True

    def describe_collection(self, _: str) -> dict[str, Any]:
        return {"properties": self.properties}

    def alter_collection_properties(self, _: str, properties: dict[str, str]) -> None:
        self.properties |= properties


@pytest.fixture
def client() -> Any:
    return Client()


def test_it_goes_on_without_anybody_writing(
    client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.backends.milvus.lease._EVERY", 0.01)
    heart = Heartbeat(client, "news_000001", tmp_path)
    heart.start()
    seen = client.properties[WRITER]
    assert living(lambda: client.properties[WRITER], tmp_path / "other", 0.2)
    assert json.loads(client.properties[WRITER])["beats"] > json.loads(seen)["beats"]
    assert heart.is_ours()
    heart.stop()
    assert living(lambda: client.properties[WRITER], tmp_path / "other", 0.2) is None


def test_who_comes_second_gives_way(client: Any, tmp_path: Path) -> None:
    first, second = (Heartbeat(client, "news_000001", tmp_path / name) for name in "ab")
    first.start()
    with pytest.raises(IndexBusyError, match="another process has begun to write news_000001"):
        second.start()
    assert first.is_ours()
    assert not second.is_ours()
    first.stop()


def said(host: str, home: Path, beats: int) -> str:
    return json.dumps({"host": host, "home": str(home), "pid": 7, "token": "x", "beats": beats})


def test_of_our_own_folder_there_is_no_other(tmp_path: Path) -> None:
    beats = iter(range(9))
    assert living(lambda: said(socket.gethostname(), tmp_path, next(beats)), tmp_path, 0) is None
    assert living(lambda: said("elsewhere", tmp_path, next(beats)), tmp_path, 0) == "process 7 on elsewhere"
    assert living(lambda: said("elsewhere", tmp_path, 1), tmp_path, 0) is None


@pytest.mark.parametrize("nothing", [None, "", "[]", "{}", '{"host": "a"}'])
def test_what_says_nothing(nothing: str | None, tmp_path: Path) -> None:
    assert living(lambda: nothing, tmp_path, 0) is None
