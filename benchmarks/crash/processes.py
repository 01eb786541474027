"""Runs `qa index` in a process of its own, and ends it."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from benchmarks.crash.disks import ballast
from benchmarks.crash.worker import PHASES


@dataclass(frozen=True, slots=True)
class End:
    """How a process ended."""

    cause: str
    phase: str
    status: int
    out: str
    said: list[str]
    """Lines on standard error, without those that tell how far it is."""


class Runner:
    """Starts processes and ends them at random moments."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._lasts: defaultdict[str, float] = defaultdict(lambda: 0.02)
        """Seconds that each phase took when it was last seen whole."""

    def run(self, arguments: list[str], cause: str, disk: Path | None) -> End:
        """`qa index ARGUMENTS`, ended by `cause`: a signal, "file limit", or "full disk" on `disk`."""
        read, write = os.pipe()
        limit = self._chance.randrange(500, 200_000) if cause == "file limit" else 0
        command = [sys.executable, "-m", "benchmarks.crash.worker", str(write), str(limit), *arguments]
        with ballast(disk if cause == "full disk" else None, self._chance):
            worker = subprocess.Popen(
                command, pass_fds=[write], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
            os.close(write)
            phase = PHASES[0]
            with os.fdopen(read) as marks:
                if cause.startswith("SIG"):
                    phase = self._signal(worker, signal.Signals[cause], marks)
                out, err = worker.communicate(timeout=120)
                phase = [phase, *marks.read().split("\n")[:-1]][-1]
        said = [line for line in err.splitlines() if "%" not in line[:5]]
        return End(cause if worker.returncode else "none", phase, worker.returncode, out, said)

    def _signal(self, worker: "subprocess.Popen[str]", by: signal.Signals, marks: IO[str]) -> str:
        """Wait for a random moment of a random phase; the phase that it was seen in last."""
        aim = self._chance.choice(PHASES[1:])
        phase, since = PHASES[0], time.perf_counter()
        while phase != aim and (line := marks.readline()):
            now = time.perf_counter()
            self._lasts[phase] = now - since
            phase, since = line.strip(), now
        time.sleep(self._chance.random() * self._lasts[aim])
        worker.send_signal(by)
        return phase
