"""Names and licences of what a user of the package installs, as the packages state them: `make licences`."""

import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_NAMED = re.compile(r"^(?:.*:: )?(.*?)(?: License)?$")


def closure(name: str) -> dict[str, Distribution]:
    """Everything that `name` needs here, with its extras, by canonical name."""
    found: dict[str, Distribution] = {}
    extras: Any = distribution(name).metadata
    waiting = [(name, frozenset[str](extras.get_all("Provides-Extra") or ()))]
    visited = set()
    while waiting:
        wanted = waiting.pop()
        if wanted in visited:
            continue
        visited.add(wanted)
        try:
            made = distribution(wanted[0])
        except PackageNotFoundError:
            continue  # for another platform
        found[canonicalize_name(wanted[0])] = made
        for line in made.requires or ():
            need = Requirement(line)
            extras = wanted[1] or {""}
            if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append((canonicalize_name(need.name), frozenset(need.extras)))
    return found


def licence(made: Distribution) -> str:
    """The licence as the package states it: SPDX expression, else classifiers, else a short licence field."""
    about: Any = made.metadata
    expression = about.get("License-Expression")
    if expression:
        return str(expression)
    classifiers = [c for c in about.get_all("Classifier") or () if c.startswith("License ::")]
    named = [match[1] for c in classifiers if (match := _NAMED.match(c)) and match[1] != "OSI Approved"]
    field = (about.get("License") or "").strip()
    short = field if field and "\n" not in field and len(field) < 60 else ""
    return ", ".join(named) or short or _first_line(made)


def _first_line(made: Distribution) -> str:
    for file in made.files or ():
        if re.search(r"licen[cs]e", file.name, re.IGNORECASE) and ".dist-info" in str(file):
            lines = file.read_text("utf-8").split("\n")
            return next((line.strip() for line in lines if line.strip()), "not stated")
    return "not stated"


def lines(name: str) -> Iterator[str]:
    yield "# Licences of what is installed"
    yield ""
    yield f"As the packages state them (`make licences`); `{name}` itself is under Apache-2.0."
    yield ""
    yield "| package | licence |"
    yield "| --- | --- |"
    for package, made in sorted(closure(name).items()):
        if package != name:
            yield f"| {package} | {licence(made).replace('|', '/')} |"


if __name__ == "__main__":
    sys.stdout.write("\n".join(lines("article-qa")) + "\n")
