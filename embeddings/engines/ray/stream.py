"""The Ray Data pipeline: units of files to read, records to shards, shards that are done."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from embeddings.engines.ray.units import Marks
from embeddings.engines.ray.workers import Embedder, Job, read_unit
from embeddings.errors import QAError

_IO_CPUS = 0.25
"""Of a task that reads: it waits for the disk more than it computes."""
_BLOCKS = 2_000
"""Tasks that read, at most; each reads one unit of files after the other."""


@dataclass(frozen=True, slots=True)
class Pool:
    """The actors that encode: one for each GPU, else one for each node, as OpenVINO takes all its cores."""

    size: int
    cpus: float
    gpus: int

    @classmethod
    def on(cls, nodes: list[dict[str, float]]) -> "Pool":
        """For nodes with these resources; what it leaves of their CPUs is for reading."""
        gpus = sum(int(node.get("GPU", 0)) for node in nodes)
        if gpus:
            return cls(gpus, 0.5, 1)
        cpus = [node["CPU"] for node in nodes if node.get("CPU")]
        if not cpus:
            raise QAError("the Ray cluster has no CPU for tasks: start its nodes with --num-cpus above 0")
        # More than half of a node, so that no second actor fits, but never all: reading would starve.
        least = min(cpus)
        return cls(len(cpus), least // 2 + 1 if least > 2 else least / 2, 0)


def stream(ray: Any, units: list[dict[str, Any]], job: Job, known: Marks) -> Generator[Any]:
    """The rows of the shards that are done, in any order, as Arrow tables."""
    from ray.data import ActorPoolStrategy

    pool = Pool.on([node["Resources"] for node in ray.nodes() if node["Alive"]])
    with _small_blocks():
        read = ray.data.from_items(units, override_num_blocks=min(len(units), _BLOCKS)).map_batches(
            read_unit,
            fn_kwargs={"job": job, "known": known},
            batch_size=1,
            batch_format="pyarrow",
            num_cpus=_IO_CPUS,
        )
        done = read.map_batches(
            Embedder,
            fn_constructor_kwargs={"job": job},
            batch_size=1,
            batch_format="pyarrow",
            compute=ActorPoolStrategy(min_size=1, max_size=pool.size, initial_size=pool.size),
            num_cpus=pool.cpus,
            num_gpus=pool.gpus,
        )
        yield from done.iter_batches(batch_size=None, batch_format="pyarrow", prefetch_batches=0)


@contextmanager
def _small_blocks() -> Iterator[None]:
    """Each shard is a block of its own: done ones are seen at once, and a task that is run again after its
    machine died makes as many blocks as before, whatever shards are there by then.
    """
    from ray.data import DataContext

    context = DataContext.get_current()
    wanted = {
        "target_max_block_size": 1,
        "enable_progress_bars": False,
        "print_on_execution_start": False,
        "execution_no_progress_timeout_s": -1,  # a book takes as long as it takes
    }
    before = {name: getattr(context, name) for name in wanted if hasattr(context, name)}
    for name in before:
        setattr(context, name, wanted[name])
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(context, name, value)
