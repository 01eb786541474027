"""Ray: an existing cluster, or a private one on this machine that nothing else can reach."""

import logging
import os
import secrets
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from embeddings.engines.ray.private import alone, read_environment_again, silence_workers
from embeddings.errors import QAError

_SHORT = "/tmp"  # noqa: S108 - sockets lie in it, and their paths have room for 100 characters


@contextmanager
def connected(address: str | None) -> Iterator[Any]:
    """The module `ray`, connected to the cluster at `address`, or to a new one of this machine alone.

    Raises QAError where Ray is missing or there is no cluster. A program that has started Ray keeps it.
    """
    ray = _ray(local=address is None)
    if ray.is_initialized():
        yield ray
        return
    # Not Ray's own folder: that stays for good, and everybody may look into it.
    place = tempfile.mkdtemp(prefix="qa-ray-", dir=_SHORT if Path(_SHORT).is_dir() else None)
    try:
        _start(ray, address, place)
        yield ray
    finally:
        ray.shutdown()
        shutil.rmtree(place, ignore_errors=True)


def _ray(local: bool) -> Any:
    # Some are read when Ray is imported, others by its processes: it sends no report of its use, says nothing
    # on the user's terminal, and starts no cluster of its own accord when one has been shut down.
    for name, value in {
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_BACKEND_LOG_LEVEL": "fatal",
        "RAY_ENABLE_AUTO_CONNECT": "0",
        "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    }.items():
        os.environ[name] = value
    imported = sys.modules.get("ray")
    running = imported is not None and imported.is_initialized()
    if local and not running:
        # Its ports are open on every network of the machine, and whoever reaches one can run any code:
        # except for this key, which only processes that this one starts have.
        os.environ["RAY_AUTH_MODE"] = "token"
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
    try:
        import pyarrow  # noqa: F401 - of ray[data], and what shards are made with
        import ray
        import ray.data
    except ImportError as error:
        raise QAError(
            f"--engine ray needs Ray, which is not installed ({error}): run `pip install 'article-qa[ray]'`"
        ) from None
    if local and imported and not running:
        read_environment_again()
    for logger in ("ray", "ray.data"):
        logging.getLogger(logger).setLevel(logging.CRITICAL)
    silence_workers()
    return ray


def _start(ray: Any, address: str | None, place: str) -> None:
    try:
        _check_address(address)
        with _without_stderr():
            ray.init(
                address or "local",
                log_to_driver=False,
                logging_level=logging.CRITICAL,
                **({} if address else alone(place)),
            )
    except Exception as error:  # Ray raises whatever its parts raise
        where = f"connect to Ray at {address}" if address else "start Ray on this machine"
        remedy = "start it with `ray start --head`" if address else "run `ray stop`, and try again"
        remedy += ", or leave --ray-address out" if address else ", or leave --engine out"
        raise QAError(f"cannot {where} ({root_cause(error)}): {remedy}") from error


def _check_address(address: str | None) -> None:
    """Raises OSError where nothing listens there: Ray itself would wait for minutes."""
    host, colon, port = (address or "").rpartition("://")[2].rpartition(":")
    if colon and port.isdigit():
        socket.create_connection((host.strip("[]"), int(port)), timeout=5).close()


@contextmanager
def _without_stderr() -> Iterator[None]:
    """Ray's core writes there, past Python, and if only that it is to write less."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def root_cause(error: BaseException) -> str:
    """What went wrong first, in one line: Ray wraps the error of a worker in several others."""
    while cause := getattr(error, "cause", None) or error.__cause__:
        error = cause
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
    return said[:300].rstrip(".")
