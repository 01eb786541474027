import json
import os
import socket
import time
from typing import Any

import pytest

from embeddings.milvus.heartbeat import Heartbeat, living
from embeddings.milvus.layout import WRITER


class Client:
    def __init__(self) -> None:
        self.said: list[tuple[str, dict[str, str]]] = []

    def alter_collection_properties(self, collection: str, properties: dict[str, str]) -> None:
        self.said.append((collection, properties))


def test_it_says_who_writes_but_not_at_every_insert() -> None:
    client: Any = Client()
    heart = Heartbeat(client, "news_000001")
    heart.beat()
    heart.beat()
    [(collection, properties)] = client.said
    writer = json.loads(properties[WRITER])
    assert (collection, writer["host"], writer["pid"]) == ("news_000001", socket.gethostname(), os.getpid())


@pytest.mark.parametrize(
    ("host", "ago", "alive"),
    [("elsewhere", 5, "process 7 on elsewhere"), ("elsewhere", 500, None), (socket.gethostname(), 5, None)],
)
def test_who_lives(host: str, ago: float, alive: str | None) -> None:
    assert living(json.dumps({"host": host, "pid": 7, "at": time.time() - ago})) == alive


@pytest.mark.parametrize("said", [None, "", "[]", "{}", '{"host": "a", "pid": "x", "at": 1}'])
def test_what_says_nothing(said: str | None) -> None:
    assert living(said) is None
