"""What of Ray has no public way: tried with Ray 2.60, and pyproject.toml admits no later minor version."""

import sys
from typing import Any


def read_environment_again() -> None:
    """For a Ray that was imported before its settings stood in the environment, where it reads them."""
    import ray

    ray._raylet.Config.initialize("")


def silence_workers() -> None:
    """The deaths of workers are printed on standard output, whatever `log_to_driver` is."""
    import ray._private.worker

    ray._private.worker.print_to_stdstream = lambda *_, **__: None


def alone(folder: str) -> dict[str, Any]:
    """Options of `ray.init` for a cluster that only this machine reaches, with its files in `folder`.

    Ray takes 127.0.0.1 to mean the address that others know the machine by.
    """
    address = "127.0.0.2" if sys.platform == "linux" else "127.0.0.1"
    return {"include_dashboard": False, "_node_ip_address": address, "_temp_dir": folder}
