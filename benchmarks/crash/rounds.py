"""The rounds, and what came of them."""

import random
import shutil
import signal
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.crash.corpus import NONE, edition, expect, held
from benchmarks.crash.disks import small_disk
from benchmarks.crash.processes import End, Runner
from benchmarks.crash.watching import Watcher
from benchmarks.crash.worker import PHASES
from embeddings.build.journal import JOURNAL


@dataclass(slots=True)
class Home:
    """An index folder with its sources, its editions, and the process that keeps opening it."""

    folder: Path
    sources: Path
    disk: Path | None
    """The small file system that the folder lies on."""
    watcher: Watcher
    held: int = NONE
    before: int = NONE
    wanted: int = 0


@dataclass(slots=True)
class Tally:
    rounds: int = 0
    ends: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By cause and phase."""
    resumed: int = 0
    losses: list[str] = field(default_factory=list)


def main(rounds: int, seed: int) -> int:
    """Returns 1 if there was a loss."""
    chance = random.Random(seed)  # noqa: S311
    runner, tally = Runner(chance), Tally()
    with tempfile.TemporaryDirectory(prefix="crash-") as name, small_disk(Path(name)) as disk:
        homes = [Home(Path(name, "qa"), Path(name, "articles"), None, Watcher(Path(name, "qa")))]
        if disk:
            homes.append(Home(disk / "qa", Path(name, "other"), disk, Watcher(disk / "qa")))
        for number in range(rounds):
            _play(homes[-1 if number % 4 == 3 else 0], runner, chance, tally)
            if tally.losses:
                break
            if not (number + 1) % 20:
                print(f"{number + 1} rounds, {len(tally.losses)} losses", flush=True)
        opens = 0
        for home in homes:
            seen, torn = home.watcher.stop()
            opens += seen
            tally.losses.extend(torn)
    _report(tally, opens, disk is not None)
    return 1 if tally.losses else 0


def _play(home: Home, runner: Runner, chance: random.Random, tally: Tally) -> None:
    back = home.before != NONE and chance.random() < 0.1
    if not back and (home.wanted == home.held or chance.random() < 0.4):
        home.wanted += 1  # otherwise what was interrupted is begun again
    aim = home.before if back else home.wanted
    cause = chance.choice(["SIGKILL"] * 5 + ["SIGINT"] * 2 + ["full disk" if home.disk else "file limit"] * 3)
    arguments = ["--rollback"] if back else [str(_sources(home))]
    home.watcher.allow(home.held, aim)
    end = runner.run([*arguments, "--index", str(home.folder)], cause, home.disk)
    tally.rounds += 1
    tally.ends[end.cause, end.phase] += 1
    tally.resumed += "taken from the interrupted build" in end.out
    try:
        found = held(home.folder, thorough=True)
        expect(found in (home.held, aim), f"edition {found}, expected {home.held} or {aim}")
        _check_end(home, end, found, aim)
    except Exception as error:
        tally.losses.append(f"round {tally.rounds} ({end.cause} at {end.phase}): {error!r}; {end.said}")
        return
    if found != home.held:
        home.held, home.before = found, NONE if back else home.held


def _check_end(home: Home, end: End, found: int, aim: int) -> None:
    """What the user was told is true, and a build that ended well has left nothing behind."""
    if end.status == 0:
        expect(found == aim, f"success, but edition {found}, expected {aim}")
        left = sorted(path.name for path in (home.folder / "generations").iterdir())
        # Two, and one that the watcher was opening when the others were swept.
        expect(len(left) <= 3 and all(name.isdigit() for name in left), f"left behind: {left}")
        expect(not (home.folder / JOURNAL).exists() or aim == home.before, "the journal was left behind")
    elif end.cause != "SIGKILL" and not end.out:
        # Python ends by SIGINT, which a shell calls 130, where Ctrl-C met it in code made by exec().
        expected = (130, -signal.SIGINT) if end.cause == "SIGINT" else (1,)
        expect(end.status in expected, f"exit status {end.status}, expected {expected[0]}")
        expect(len(end.said) == 1 and "unforeseen" not in end.said[0], f"said: {end.said}")
        if "stays as it was" in end.said[0]:
            expect(found == home.held, f"said {end.said}, but holds {found}")
        if "already published" in end.said[0]:
            expect(found == aim, f"said {end.said}, but holds {found}")


def _sources(home: Home) -> Path:
    shutil.rmtree(home.sources, ignore_errors=True)
    home.sources.mkdir()
    for name, text in edition(home.wanted).items():
        (home.sources / name).write_text(text, "utf-8")
    return home.sources


def _report(tally: Tally, opens: int, small_disk: bool) -> None:
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
