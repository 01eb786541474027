from pathlib import Path

import pytest

from embeddings.backends.milvus.address import Address
from embeddings.errors import QAError


def test_a_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("QA_DATA", str(tmp_path))
    address = Address.of("milvus+http://10.0.0.7:19530/news")
    assert (address.uri, address.name, address.lite) == ("http://10.0.0.7:19530", "news", False)
    other = Address.of("milvus+https://10.0.0.7:19530/news/")
    assert other.name == "news"
    assert other.home != address.home
    assert other.home.parent == tmp_path / "milvus"


def test_a_folder(tmp_path: Path) -> None:
    address = Address.of(f"milvus+file:{tmp_path}/lite")
    assert (address.uri, address.home, address.lite) == (
        f"{tmp_path}/lite/milvus.db",
        tmp_path / "lite",
        True,
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("milvus+file:", "names no folder"),
        ("milvus+http://127.0.0.1:19530", "names the index ''"),
        ("milvus+http://127.0.0.1:19530/a-b", "names the index 'a-b', expected letters"),
        ("milvus+http://127.0.0.1:19530/1a", "names the index '1a'"),
        ("milvus+ftp://host/name", "is no address"),
        ("milvus+", "is no address"),
        ("milvus:./folder", "is no address"),
        ("MILVUS+http://127.0.0.1:19530/news", "is no address"),
        ("milvus+http://127.0.0.1:abc/news", "is no address"),
        ("milvus+http://127.0.0.1:99999/news", "is no address"),
        ("milvus+http://[::1/news", "is no address"),
        ("milvus+http://127.0.0.1:19530/news?a=b", "is no address"),
        ("milvus+http:///name", "is no address"),
        ("milvus+http://me:secret@host:19530/name", r"set \$QA_MILVUS_TOKEN"),
    ],
)
def test_what_is_none(given: str, said: str) -> None:
    with pytest.raises(QAError, match=said) as caught:
        Address.of(given)
    assert "secret" not in str(caught.value)
