"""Changes lines of the sources for the worse, one at a time, and says which changes no fast test notices.

`python -m tools.mutants COSMIC_RAY [FILE ...]` runs Cosmic Ray, installed apart, on a copy of what git
tracks: by default on all of `MUTATED`. A file is tried with the fast tests that mirror it
and with `test_signals.py` beside them, where there are any, else with all fast tests of its folder.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MUTATED = ("qa/retrieval", "qa/answer", "qa/question", "embeddings/backends/folder")
UNLIKELY = ("BitOr", "BitAnd", "BitXor", "LShift", "RShift", "Pow", "Mod", "FloorDiv", "Invert", "USub_Not")
"""Operators that are left out: they break a line at once, or change a type, and would flatter the share."""
TIMEOUT = 300


@dataclass(frozen=True, slots=True)
class Mutant:
    """A change of one place in a file, and whether a test noticed."""

    file: str
    line: int
    operator: str
    survived: bool
    diff: str


def main(cosmic_ray: Path, files: list[str]) -> int:
    """Try `files`, print the share killed and the survivors."""
    made: list[Mutant] = []
    for file in files or [str(path) for folder in MUTATED for path in sorted(Path(folder).glob("*.py"))]:
        of_file = list(mutants(cosmic_ray, file))
        made += of_file
        print(f"{file}: {_share(of_file)}", flush=True)
        for mutant in of_file:
            if mutant.survived:
                print(f"  {mutant.file}:{mutant.line} {mutant.operator}\n{mutant.diff}", flush=True)
    print(f"all: {_share(made)}")
    return 0


def mutants(cosmic_ray: Path, file: str) -> Iterator[Mutant]:
    """Every change of `file`, tried."""
    with tempfile.TemporaryDirectory(prefix="article-qa-mutants-") as name:
        folder = Path(name)
        _copy(folder)
        session, config = folder / "session.sqlite", folder / "cosmic-ray.toml"
        config.write_text(_config(file), "utf-8")
        for program, arguments in (
            ("cosmic-ray", ("init", config, session)),
            ("cr-filter-operators", (session, config)),
            ("cosmic-ray", ("exec", config, session)),
        ):
            _run(folder, cosmic_ray / program, *arguments)
        for line in _run(folder, cosmic_ray / "cosmic-ray", "dump", session).splitlines():
            tried, result = json.loads(line)
            if result and result["worker_outcome"] != "skipped":
                [change] = tried["mutations"]
                yield Mutant(
                    file,
                    change["start_pos"][0],
                    change["operator_name"].removeprefix("core/"),
                    result["test_outcome"] == "survived",
                    "\n".join(_changed(result["diff"] or "")),
                )


def _copy(folder: Path) -> None:
    for name in _run(Path.cwd(), Path("/usr/bin/env"), "git", "ls-files").splitlines():
        if Path(name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(name, folder / name)


def _config(file: str) -> str:
    path = Path(file)
    folder = Path("tests") / path.parent
    closest = [folder / f"test_{path.name}", folder / "test_signals.py"]
    tests = [str(test) for test in closest if test.exists()] or [str(folder)]
    command = [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", "-m", "not slow", *tests]
    return "\n".join(
        (
            "[cosmic-ray]",
            f"module-path = {json.dumps(file)}",
            f"timeout = {TIMEOUT}.0",
            "excluded-modules = []",
            f"test-command = {json.dumps(' '.join(f'{word!r}' for word in command))}",
            '[cosmic-ray.distributor]\nname = "local"',
            "[cosmic-ray.filters.operators-filter]",
            f"exclude-operators = {json.dumps([f'core/.*_{name}.*' for name in UNLIKELY])}",
        )
    )


def _run(folder: Path, program: Path, *arguments: str | Path) -> str:
    command = [str(program), *map(str, arguments)]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def _changed(diff: str) -> list[str]:
    """The lines of `diff` that are not the same on both sides."""
    return [
        f"    {line}"
        for line in diff.splitlines()
        if line[:1] in ("-", "+") and not line.startswith(("---", "+++"))
    ]


def _share(made: list[Mutant]) -> str:
    killed = sum(not mutant.survived for mutant in made)
    return f"{killed} of {len(made)} killed" + (f" ({killed / len(made):.0%})" if made else "")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
