"""How many planted falsehoods are shown as proved, and how many true claims are lost, by kind.

    python -m benchmarks.claims [--list]

A scripted server on this machine writes the claims as a model would, as a stream of JSON over HTTP; `qa.llm`
asks it, reads what comes and proves it, as in `qa ask --llm`. `--list` also prints the falsehoods that were
shown and the true claims that were not, of the tuned half only.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable
from itertools import groupby

from benchmarks.claims.cases import HALVES, Case, cases
from qa.llm.endpoint import Endpoint
from qa.llm.write import Written, write
from qa.types import Result
from tests.qa.llm.claims import ranked, seed
from tests.qa.llm.server import says, serving

_AT_ONCE = 8
"""Claims of one answer, as many as the schema allows."""


def answer(group: list[Case]) -> str:
    """The JSON that a model would write: every claim, with its quotations from passage 1."""
    return json.dumps(
        {
            "claims": [
                {"text": case.text, "quotes": [{"passage": 1, "words": words} for words in case.quotes]}
                for case in group
            ]
        },
        ensure_ascii=False,
    )


def shown(group: list[Case]) -> set[str]:
    """The claims of `group` that are shown as proved; all are of the same articles."""
    places = tuple(ranked(rank, seed(name)) for rank, name in enumerate(group[0].articles, 1))
    result = Result("What do the articles say?", "", None, 1.0, places, 0.0)
    with serving(says(answer(group), 40)) as script:
        written = Written(Endpoint(script.url, "scripted", window=100_000))
        for _ in write(written, result):
            pass
    return {checked.claim.text for checked in written.proved}


def proved(every: Iterable[Case]) -> dict[Case, bool]:
    """For each claim whether it is shown."""
    found: dict[Case, bool] = {}
    for _, same in groupby(every, key=lambda case: case.articles):
        group = list(same)
        for at in range(0, len(group), _AT_ONCE):
            part = group[at : at + _AT_ONCE]
            said = shown(part)
            found.update({case: case.text in said for case in part})
    return found


def report(half: str, found: dict[Case, bool]) -> str:
    lines = []
    for true, wrong, name in ((False, True, "falsehoods shown as proved"), (True, False, "true claims lost")):
        kinds = Counter(case.kind for case in found if case.true == true)
        failed = Counter(
            case.kind for case, is_shown in found.items() if case.true == true and is_shown == wrong
        )
        part, whole = failed.total(), kinds.total()
        lines.append(f"{half:<9} {name}: {part} of {whole} ({100 * part / whole:.1f} %)")
        lines.append(
            "          " + ", ".join(f"{kind} {failed[kind]}/{kinds[kind]}" for kind in sorted(kinds))
        )
    return "\n".join(lines)


def main(*options: str) -> None:
    for half in HALVES:
        found = proved(cases(half))
        print(report(half, found))
        if half == "tuned" and "--list" in options:
            for case, is_shown in found.items():
                if is_shown != case.true:
                    print(f"  {'shown' if is_shown else 'lost'} ({case.kind}): {case.text}")


if __name__ == "__main__":
    main(*sys.argv[1:])
