import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from embeddings.backends.milvus.address import Address
from embeddings.backends.milvus.bulk_import import Import
from embeddings.backends.milvus.connection import Connection
from embeddings.errors import QAError

SERVER = Connection(None, Address.of("milvus+http://127.0.0.1:19530/news"), "v2.5.0")


class Server:
    """Takes files in after having been asked twice, or never."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, fails: bool = False) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.states = iter(["Started", "Failed" if fails else "Persisted", "Completed"])
        monkeypatch.setattr("embeddings.backends.milvus.bulk_import._PAUSE", 0)
        monkeypatch.setattr(
            Import, "_utility", lambda _, name, *args, **options: self.answer(name, args, options)
        )

    def answer(self, name: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        if name == "get_bulk_insert_state":
            return SimpleNamespace(state_name=next(self.states), failed_reason="no such file")
        self.asked.append((*arguments, *options["files"]))
        return len(self.asked)


def test_rows_are_laid_down_taken_in_and_removed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("QA_MILVUS_IMPORT", f"{tmp_path}/bucket=files/import")
    server = Server(monkeypatch)
    bulk = Import.of(SERVER)
    assert bulk
    rows = [{"number": 1, "vector": np.array([0.5, 1], np.float32), "text": "Ü \0"}]
    bulk.take("news_000001", rows)
    bulk.take("news_000001_terms", [])
    first, second = sorted((tmp_path / "bucket").iterdir())
    assert json.loads(first.read_text()) == {"rows": [{"number": 1, "vector": [0.5, 1.0], "text": "Ü \0"}]}
    assert server.asked == [
        ("news_000001", f"files/import/{first.name}"),
        ("news_000001_terms", f"files/import/{second.name}"),
    ]
    bulk.wait()
    assert not list((tmp_path / "bucket").iterdir())


def test_what_is_not_taken_in_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("QA_MILVUS_IMPORT", str(tmp_path))
    Server(monkeypatch, fails=True)
    bulk = Import.of(SERVER)
    assert bulk
    bulk.take("news_000001", [{"number": 1}])
    with pytest.raises(
        QAError, match=r"cannot import .*news_000001-000000.json \(no such file\): does it see"
    ):
        bulk.wait()


def test_without_a_folder_rows_are_inserted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("QA_MILVUS_IMPORT", raising=False)
    assert Import.of(SERVER) is None
    monkeypatch.setenv("QA_MILVUS_IMPORT", str(tmp_path))
    lite = Address.of(f"milvus+file:{tmp_path}")
    assert Import.of(Connection(None, lite, "milvus_lite-3.2.2")) is None


def test_a_folder_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("QA_MILVUS_IMPORT", str(tmp_path / "file"))
    bulk = Import.of(SERVER)
    assert bulk
    with pytest.raises(QAError, match=r"cannot be written .* mend \$QA_MILVUS_IMPORT"):
        bulk.take("news_000001", [])
