"""Looks up known vulnerabilities of pinned packages, and says of how many: `make audit`.

pip-audit skips what it cannot look up and ends well even where that is all of them; this does not.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def main(locked: str, pins: Sequence[str]) -> int:
    """Print what was found. Returns 0 only where every package was looked up and none is known to be bad."""
    with tempfile.TemporaryDirectory() as folder:
        others = Path(folder, "others.txt")
        others.write_text("\n".join(pins))
        found = [
            *audited(locked, "--require-hashes", "--disable-pip"),
            *audited(str(others), "--no-deps", "--disable-pip"),
        ]
    lines, status = judged(found)
    print("\n".join(lines))
    return status


def audited(requirements: str, *options: str) -> list[dict[str, Any]]:
    """What pip-audit found of each package. Ends the program where it cannot run at all."""
    command = [sys.executable, "-m", "pip_audit", "-r", requirements, *options, "-f", "json"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        return list(json.loads(told.stdout)["dependencies"])
    except (ValueError, KeyError):
        last = told.stderr.strip().splitlines()[-1:]
        sys.exit(f"pip-audit could not run: {' '.join(last)}")


def judged(found: Sequence[dict[str, Any]]) -> tuple[list[str], int]:
    """What to say of pip-audit's findings, and the exit status."""
    skipped = [package for package in found if "skip_reason" in package]
    lines = []
    for package in found:
        for flaw in package.get("vulns", ()):
            mended = ", ".join(flaw["fix_versions"]) or "?"
            lines.append(f"{package['name']} {package['version']}: {flaw['id']}, mended in {mended}")
    flaws = len(lines)
    looked_up = len(found) - len(skipped)
    lines.append(f"{looked_up} of {len(found)} packages looked up, {flaws} known vulnerabilities")
    if skipped:
        lines.append(f"not looked up: {', '.join(package['name'] for package in skipped[:8])} ...")
        lines.append("this is no evidence: run it where the vulnerability data can be reached")
    return lines, 1 if flaws or skipped or not found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
