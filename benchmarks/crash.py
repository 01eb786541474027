"""Kills builds and updates at random moments, and looks whether the index is a whole one: the old or the new.

Each round starts `qa index` in a process of its own and ends it: SIGKILL or SIGINT at a random moment of a
random phase, a file that may not grow, a full disk (a small tmpfs, as root). Another process opens the index
all the while, and this one when it is over: `verify` must pass, the articles must be those of one edition,
known questions must be answered from it, and what the user is told must be true. Anything else is a loss.
"""

import argparse
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from benchmarks.crash_worker import PHASES
from embeddings.errors import NoIndexError
from embeddings.journal import JOURNAL
from embeddings.models import DEFAULT_MODEL
from embeddings.verifying import verify
from qa import QA
from tests.fakes import WordEncoder

ARTICLES = 30
QUESTIONS = 4
DISK = 8_000_000
_WORDS = [f"{a}{b}{c}" for a in ("bra", "con", "del", "fir") for b in "aeiou" for c in ("lt", "nd", "rs")]
_NONE = -1
"""The edition of a folder without an index."""
_ENCODER = WordEncoder(DEFAULT_MODEL)


@lru_cache(maxsize=16)
def edition(number: int) -> dict[str, str]:
    """Articles by id: from each edition to the next, a third changes, some come, some go."""
    return {
        f"keeper{i}.txt": _article(i, number - (number - i) % 3) for i in range(ARTICLES) if (i + number) % 7
    }


def _article(i: int, changed: int) -> str:
    words = random.Random(1000 * i + changed)  # noqa: S311
    filler = [" ".join(words.choices(_WORDS, k=12)).capitalize() + "." for _ in range(40)]
    return f"Harbour{i}\n\n" + " ".join([_fact(i, changed), *filler])


def _fact(i: int, changed: int) -> str:
    return f"The lighthouse of Harbour{i} is kept by Keeper{i}x{changed}."


@dataclass(slots=True)
class Home:
    """An index folder with its sources, its editions, and the process that keeps opening it."""

    folder: Path
    sources: Path
    disk: Path | None
    """The small file system that the folder lies on."""
    watcher: "Watcher"
    held: int = _NONE
    before: int = _NONE
    wanted: int = 0


@dataclass(frozen=True, slots=True)
class End:
    """How a process ended."""

    cause: str
    phase: str
    status: int
    out: str
    said: list[str]
    """Lines on standard error, without those that tell how far it is."""


@dataclass(slots=True)
class Tally:
    rounds: int = 0
    ends: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By cause and phase."""
    resumed: int = 0
    losses: list[str] = field(default_factory=list)
    lasts: defaultdict[str, float] = field(default_factory=lambda: defaultdict(lambda: 0.02))
    """Seconds that each phase took when it was last seen whole."""


def main(rounds: int, seed: int) -> int:
    """Returns 1 if there was a loss."""
    chance = random.Random(seed)  # noqa: S311
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="crash-") as name, _small_disk(Path(name)) as disk:
        homes = [Home(Path(name, "qa"), Path(name, "articles"), None, Watcher(Path(name, "qa")))]
        if disk:
            homes.append(Home(disk / "qa", Path(name, "other"), disk, Watcher(disk / "qa")))
        for number in range(rounds):
            _round(homes[-1 if number % 4 == 3 else 0], chance, tally)
            if tally.losses:
                break
            if not (number + 1) % 20:
                print(f"{number + 1} rounds, {len(tally.losses)} losses", flush=True)
        opens = 0
        for home in homes:
            seen, torn = home.watcher.stop()
            opens += seen
            tally.losses.extend(torn)
    _print(tally, opens, disk is not None)
    return 1 if tally.losses else 0


def _round(home: Home, chance: random.Random, tally: Tally) -> None:
    back = home.before != _NONE and chance.random() < 0.1
    if not back and (home.wanted == home.held or chance.random() < 0.4):
        home.wanted += 1  # otherwise what was interrupted is begun again
    aim = home.before if back else home.wanted
    cause = chance.choice(["SIGKILL"] * 5 + ["SIGINT"] * 2 + ["full disk" if home.disk else "file limit"] * 3)
    arguments = ["--rollback"] if back else [str(_sources(home))]
    home.watcher.allow(home.held, aim)
    end = _run(home, cause, [*arguments, "--index", str(home.folder)], chance, tally)
    tally.rounds += 1
    tally.ends[end.cause, end.phase] += 1
    tally.resumed += "taken from the interrupted build" in end.out
    try:
        found = held(home.folder, thorough=True)
        _expect(found in (home.held, aim), f"edition {found}, expected {home.held} or {aim}")
        _check_end(home, end, found, aim)
    except Exception as error:
        tally.losses.append(f"round {tally.rounds} ({end.cause} at {end.phase}): {error!r}; {end.said}")
        return
    if found != home.held:
        home.held, home.before = found, _NONE if back else home.held


def held(folder: Path, thorough: bool = False) -> int:
    """The edition that the index holds, `_NONE` without one. Raises if it is not wholly one edition."""
    try:
        if thorough:
            list(verify(folder, _ENCODER))
        qa = QA.open(folder, _ENCODER)
    except NoIndexError:
        return _NONE
    articles = qa.index.catalog.all_articles()
    texts = {article.id: f"{article.title}\n\n{article.text}" for article in articles}
    newest = max(int(text.partition(".")[0].rpartition("x")[2]) for text in texts.values())
    number = next((n for n in range(newest, newest + 3) if edition(n) == texts), None)
    _expect(number is not None, f"articles of no edition, the newest of {newest}")
    for name in random.sample(sorted(texts), QUESTIONS):
        fact = texts[name].partition(".")[0].rpartition("\n")[2] + "."
        place = fact.split()[3]
        result = qa.ask(f"By whom is the lighthouse of {place} kept?")
        best = result.passages[0].passage
        _expect(best.article.id == name, f"{best.article.id} for {place}")
        _expect(result.answer is not None and result.answer.text == fact, f"{result} for {fact}")
    return number or 0


def _check_end(home: Home, end: End, found: int, aim: int) -> None:
    """What the user was told is true, and a build that ended well has left nothing behind."""
    if end.status == 0:
        _expect(found == aim, f"success, but edition {found}, expected {aim}")
        left = sorted(path.name for path in (home.folder / "generations").iterdir())
        _expect(len(left) <= 2 and all(name.isdigit() for name in left), f"left behind: {left}")
        _expect(not (home.folder / JOURNAL).exists() or aim == home.before, "the journal was left behind")
    elif end.cause != "SIGKILL" and not end.out:
        # Python ends by SIGINT, which a shell calls 130, where Ctrl-C met it in code made by exec().
        expected = (130, -signal.SIGINT) if end.cause == "SIGINT" else (1,)
        _expect(end.status in expected, f"exit status {end.status}, expected {expected[0]}")
        _expect(len(end.said) == 1 and "unforeseen" not in end.said[0], f"said: {end.said}")
        if "stays as it was" in end.said[0]:
            _expect(found == home.held, f"said {end.said}, but holds {found}")
        if "already published" in end.said[0]:
            _expect(found == aim, f"said {end.said}, but holds {found}")


def _run(home: Home, cause: str, arguments: list[str], chance: random.Random, tally: Tally) -> End:
    read, write = os.pipe()
    limit = chance.randrange(500, 200_000) if cause == "file limit" else 0
    command = [sys.executable, "-m", "benchmarks.crash_worker", str(write), str(limit), *arguments]
    with _ballast(home.disk if cause == "full disk" else None, chance):
        worker = subprocess.Popen(
            command, pass_fds=[write], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        os.close(write)
        phase = PHASES[0]
        with os.fdopen(read) as marks:
            if cause.startswith("SIG"):
                aim = chance.choice(PHASES[1:])
                phase = _follow(marks, aim, tally)
                time.sleep(chance.random() * tally.lasts[aim])
                worker.send_signal(signal.Signals[cause])
            out, err = worker.communicate(timeout=120)
            phase = [phase, *marks.read().split()][-1]
    said = [line for line in err.splitlines() if "%" not in line[:5]]
    if worker.returncode == 0:
        cause = "none"
    return End(cause, phase, worker.returncode, out, said)


def _follow(marks: Any, aim: str, tally: Tally) -> str:
    """Wait until the phase `aim` begins, or the process ends; the phase that it is in."""
    phase, since = PHASES[0], time.perf_counter()
    while phase != aim and (line := marks.readline()):
        now = time.perf_counter()
        tally.lasts[phase] = now - since
        phase, since = line.strip(), now
    return phase


def _sources(home: Home) -> Path:
    shutil.rmtree(home.sources, ignore_errors=True)
    home.sources.mkdir()
    for name, text in edition(home.wanted).items():
        (home.sources / name).write_text(text, "utf-8")
    return home.sources


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path | None]:
    """A tmpfs of a few megabytes; None where it cannot be mounted."""
    disk = folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(disk)]
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
def _ballast(disk: Path | None, chance: random.Random) -> Iterator[None]:
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


class Watcher:
    """A process that opens an index again and again, and reads it whole."""

    def __init__(self, folder: Path) -> None:
        context = multiprocessing.get_context("spawn")
        self._allowed = context.Array("q", [_NONE, _NONE])
        self._opens = context.Value("q", 0)
        self._over = context.Event()
        self._losses: multiprocessing.Queue[str] = context.Queue()
        self._process = context.Process(target=self._watch, args=(folder,))
        self._process.start()

    def allow(self, old: int, new: int) -> None:
        with self._allowed.get_lock():
            self._allowed[:] = [old, new]

    def stop(self) -> tuple[int, list[str]]:
        """How often it opened the index, and what it found wrong."""
        self._over.set()
        losses = list(iter(self._losses.get, ""))
        self._process.join()
        return self._opens.value, losses

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_process"}

    def _watch(self, folder: Path) -> None:
        os.nice(10)  # a signal must not come late for it
        while not self._over.is_set():
            allowed = set(self._allowed[:])
            found = _NONE
            try:
                found = held(folder)
                allowed |= set(self._allowed[:])
                _expect(found in allowed, f"edition {found}, expected one of {sorted(allowed)}")
            except Exception as error:
                self._losses.put(f"opened meanwhile: {error!r}")
            if found == _NONE:
                time.sleep(0.01)
            else:
                with self._opens.get_lock():
                    self._opens.value += 1
        self._losses.put("")


def _expect(condition: bool, otherwise: str) -> None:
    if not condition:
        raise AssertionError(otherwise)


def _print(tally: Tally, opens: int, small_disk: bool) -> None:
    causes = ["none", "SIGKILL", "SIGINT", "file limit", "full disk"]
    print(f"\n{'ended in':<14}" + "".join(f"{cause:>12}" for cause in causes))
    for phase in PHASES:
        print(f"{phase:<14}" + "".join(f"{tally.ends[cause, phase]:>12}" for cause in causes))
    if not small_disk:
        print("no full disk: only root can mount a small one")
    print(
        f"{tally.rounds} rounds, {opens} opens meanwhile, {tally.resumed} builds resumed, "
        f"{len(tally.losses)} losses"
    )
    for loss in tally.losses[:20]:
        print(loss)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    sys.exit(main(options.rounds, options.seed))
