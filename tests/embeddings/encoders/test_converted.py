"""A conversion is what was made, to the byte, or is made again; nobody else has a hand in it."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from embeddings.encoders import converted
from embeddings.encoders.converted import Converted, NotCompilable, batches, open_converted
from embeddings.encoders.models import cache_folder, fingerprint
from embeddings.errors import ModelError

MARK = "5" * 64


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QA_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


class Converter:
    """Writes what stands for a model, and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, folder: Path) -> dict[str, Any]:
        self.times += 1
        (folder / "model.xml").write_text("<net/>")
        (folder / "model.bin").write_bytes(bytes(range(256)) * 16)
        (folder / "tokenizer.json").write_text("{}")
        return {"dim": 3, "prompt": "query: "}


def edited(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], object]:
    def edit(folder: Path) -> None:
        card = json.loads((folder / "card.json").read_text())
        change(card)
        (folder / "card.json").write_text(json.dumps(card))

    return edit


def shuffled(folder: Path) -> None:
    rows = np.frombuffer((folder / "model.bin").read_bytes(), np.uint8).reshape(-1, 64)
    (folder / "model.bin").write_bytes(rows[::-1].tobytes())


def folder_instead(folder: Path) -> None:
    (folder / "model.bin").unlink()
    (folder / "model.bin").mkdir()


def file_instead(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("x")


def link_instead(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.symlink_to("nowhere")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "truncated": lambda f: (f / "model.bin").write_bytes((f / "model.bin").read_bytes()[:100]),
    "zeroed": lambda f: (f / "model.bin").write_bytes(bytes(4096)),
    "garbage": lambda f: (f / "model.xml").write_bytes(os.urandom(500)),
    "shuffled rows": shuffled,
    "empty tokenizer": lambda f: (f / "tokenizer.json").write_bytes(b""),
    "missing": lambda f: (f / "model.bin").unlink(),
    "a folder for a file": folder_instead,
    "no card": lambda f: (f / "card.json").unlink(),
    "empty card": lambda f: (f / "card.json").write_bytes(b""),
    "a card of another kind": lambda f: (f / "card.json").write_text("[1, 2]"),
    "a deep card": lambda f: (f / "card.json").write_text("[" * 100_000),
    "wrong facts": edited(lambda card: card["facts"].update(dim=4)),
    "wrong sums": edited(lambda card: card["files"].update({"model.bin": "0" * 64})),
    "no sums": edited(lambda card: card.update(files={})),
    "a number for sums": edited(lambda card: card.update(files=7)),
    "a file of elsewhere": edited(lambda card: card["files"].update({"../../x": "0" * 64})),
    "a file for the folder": file_instead,
    "a broken link for the folder": link_instead,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_what_is_damaged_is_made_again(
    damage: Callable[[Path], object], cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    convert = Converter()
    first = open_converted("small", MARK, convert)
    assert open_converted("small", MARK, convert) == first
    assert (convert.times, caplog.messages) == (1, [])
    damage(first.folder)
    again = open_converted("small", MARK, convert)
    assert (again, convert.times) == (first, 2)
    assert [m for m in caplog.messages if "is damaged" in m and "made again" in m] == caplog.messages
    assert len(caplog.messages) == 1
    assert (first.folder / "model.bin").read_bytes() == bytes(range(256)) * 16
    assert open_converted("small", MARK, convert) == first
    assert convert.times == 2
    assert [path.name for path in (cache / "models").iterdir()] == [first.folder.name]


def test_another_models_conversion_is_none(cache: Path) -> None:
    first = open_converted("small", MARK, Converter())
    other = first.folder.with_name(first.folder.name.replace("5", "6"))
    shutil.copytree(first.folder, other)
    convert = Converter()
    open_converted("other", "6" * 64, convert)
    assert convert.times == 1


def test_what_cannot_be_made_leaves_nothing(cache: Path) -> None:
    def fail(folder: Path) -> dict[str, Any]:
        (folder / "model.xml").write_text("half")
        raise RuntimeError("no such operation")

    with pytest.raises(NotCompilable, match="no such operation"):
        open_converted("small", MARK, fail)
    assert list((cache / "models").iterdir()) == []


def test_another_process_may_be_first(cache: Path) -> None:
    inner = Converter()

    def slow(folder: Path) -> dict[str, Any]:
        open_converted("small", MARK, inner)
        return inner(folder)

    made = open_converted("small", MARK, slow)
    assert open_converted("small", MARK, slow) == made
    assert inner.times == 2


@pytest.fixture
def spoiled(cache: Path, request: pytest.FixtureRequest) -> Path:
    made = open_converted("small", MARK, Converter())
    return {"cache": cache, "models": cache / "models", "conversion": made.folder}[request.param]


@pytest.mark.skipif(os.name == "nt", reason="modes say nothing there")
@pytest.mark.parametrize("spoiled", ["cache", "models", "conversion"], indirect=True)
def test_a_cache_that_others_can_write_is_refused(spoiled: Path) -> None:
    spoiled.chmod(0o777)
    with pytest.raises(ModelError, match="can be written by every user") as refused:
        open_converted("small", MARK, Converter())
    remedy = str(refused.value).split("`")[1]
    subprocess.run(remedy, shell=True, check=True)  # noqa: S602
    assert open_converted("small", MARK, Converter()).facts["dim"] == 3


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize("spoiled", ["cache", "models", "conversion"], indirect=True)
def test_a_cache_of_another_user_is_refused(spoiled: Path) -> None:
    os.chown(spoiled, 12_345, -1)
    with pytest.raises(ModelError, match=r"belongs to another user .number 12345.*export QA_CACHE"):
        open_converted("small", MARK, Converter())


def test_the_cache_is_private_from_the_start(cache: Path) -> None:
    before = os.umask(0)
    try:
        made = open_converted("small", MARK, Converter())
    finally:
        os.umask(before)
    assert all(path.stat().st_mode & 0o77 == 0 for path in (cache, cache / "models", made.folder))


def test_a_note_that_is_no_fingerprint_is_written_anew(cache: Path, tmp_path: Path) -> None:
    model = tmp_path / "model"
    model.mkdir()
    (model / "model.safetensors").write_bytes(b"weights")
    mark = fingerprint(model)
    (note,) = (cache / "fingerprints").iterdir()
    for wrong in ("../../../../elsewhere", "", mark.upper(), mark + "\n", "x" * 64):
        note.write_text(wrong)
        assert fingerprint(model) == mark
        assert note.read_text() == mark


def test_no_conversion_outside_the_cache(cache: Path) -> None:
    for mark in ("../../elsewhere", "", "5" * 63, "5" * 64 + "/.."):
        with pytest.raises(ValueError, match="64 hex digits"):
            open_converted("small", mark, Converter())
    assert list(cache_folder().iterdir()) == []


class Encoding:
    def __init__(self, *ids: int) -> None:
        self.ids = list(ids)
        self.type_ids = [0] + [1] * (len(ids) - 1)


def test_batches_are_padded_and_keep_their_rows() -> None:
    made = [Encoding(1, 2, 3), Encoding(4), Encoding(5, 6)]
    first, second = batches(made, 2, ("attention_mask", "input_ids", "token_type_ids"))
    assert (first[0], second[0]) == ([1, 2], [0])
    assert [column.tolist() for column in first[1]] == [[[1, 0], [1, 1]], [[4, 0], [5, 6]], [[0, 0], [0, 1]]]
    assert list(batches([], 2, ("input_ids",))) == []


def test_a_model_that_cannot_be_compiled_is_said(cache: Path) -> None:
    pytest.importorskip("openvino")
    made = open_converted("small", MARK, Converter())
    assert isinstance(made, Converted)
    with pytest.raises(ModelError, match=f"cannot compile .*run `rm -r .*{MARK}"):
        converted.compiled(made.folder, "LATENCY")
