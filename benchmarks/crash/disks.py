"""A file system that is small enough to be filled."""

import random
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_SIZE = 8_000_000


@contextmanager
def small_disk(folder: Path) -> Iterator[Path | None]:
    """A tmpfs of a few megabytes; None where it cannot be mounted."""
    disk = folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", str(disk)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    try:
        yield disk if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(disk)], check=False)  # noqa: S607


@contextmanager
def ballast(disk: Path | None, chance: random.Random) -> Iterator[None]:
    """Fills the disk but for some hundred kilobytes."""
    if disk is None:
        yield
        return
    free = shutil.disk_usage(disk).free - chance.randrange(600_000)
    ballast = disk / "ballast"
    with suppress(OSError):
        ballast.write_bytes(bytes(max(0, free)))
    yield
    ballast.unlink()
