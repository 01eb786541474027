"""Which address is used, what may leave this machine, and where the key may stand."""

from pathlib import Path

import pytest

from qa.llm.endpoint import LLMError, endpoint, leaves


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("URL", "MODEL", "KEY", "KEY_FILE", "AGREED", "WINDOW"):
        monkeypatch.delenv(f"QA_LLM_{name}", raising=False)


def test_off_unless_an_address_is_given() -> None:
    assert endpoint() is None


@pytest.mark.parametrize(
    ("url", "used"),
    [
        ("http://127.0.0.1:11434", "http://127.0.0.1:11434/v1"),
        ("http://127.0.0.1:11434/v1/", "http://127.0.0.1:11434/v1"),
        ("http://localhost:8080/v1/chat/completions", "http://localhost:8080/v1"),
        ("http://[::1]:8080/api", "http://[::1]:8080/api"),
    ],
)
def test_addresses_of_this_machine(url: str, used: str) -> None:
    found = endpoint(url)
    assert found
    assert (found.url, found.local) == (used, True)
    assert leaves(found).endswith("on this machine")


@pytest.mark.parametrize(
    "url",
    ["localhost:11434", "ftp://127.0.0.1", "http://", "http://127.0.0.1:x", "http://127.0.0.1/ v1", "x"],
)
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(LLMError, match="is no address of a model"):
        endpoint(url)


@pytest.mark.parametrize("url", ["http://me:secret@127.0.0.1/v1", "http://127.0.0.1/v1?key=secret"])
def test_a_key_in_the_address_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(LLMError) as raised:
        endpoint(url)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    "url", ["https://api.example/v1", "http://localhost.example/v1", "http://10.0.0.1/v1"]
)
def test_another_machine_needs_agreement(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LLMError, match="would be sent to"):
        endpoint(url)
    found = endpoint(url, agreed=True)
    assert found
    assert leaves(found) == f"your questions and the passages shown are sent to {found.host}"
    monkeypatch.setenv("QA_LLM_AGREED", "other.example")
    with pytest.raises(LLMError, match=r"QA_LLM_AGREED="):
        endpoint(url)
    monkeypatch.setenv("QA_LLM_AGREED", found.host)
    assert endpoint(url) == found


def test_a_key_goes_to_another_machine_only_by_https(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_LLM_KEY", "secret")
    with pytest.raises(LLMError, match="use an https address"):
        endpoint("http://10.0.0.1/v1", agreed=True)
    found = endpoint("https://api.example/v1", agreed=True)
    assert found
    assert found.key == "secret"


def test_the_key_may_lie_in_a_file_that_only_its_owner_reads(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "key"
    monkeypatch.setenv("QA_LLM_KEY_FILE", str(file))
    with pytest.raises(LLMError, match="cannot read the key"):
        endpoint("http://127.0.0.1:1")
    file.write_text("secret\n")
    file.chmod(0o644)
    with pytest.raises(LLMError, match="chmod 600"):
        endpoint("http://127.0.0.1:1")
    file.chmod(0o600)
    found = endpoint("http://127.0.0.1:1")
    assert found
    assert found.key == "secret"
    file.write_text("two words")
    with pytest.raises(LLMError, match="holds no key"):
        endpoint("http://127.0.0.1:1")


@pytest.mark.parametrize("window", ["many", "-1", "12"])
def test_a_window_that_is_none(window: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_LLM_WINDOW", window)
    with pytest.raises(LLMError, match="QA_LLM_WINDOW is"):
        endpoint("http://127.0.0.1:1")
