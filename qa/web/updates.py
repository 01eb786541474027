"""The index built anew for a visitor, with its progress, and what became of each file."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from markupsafe import Markup

from embeddings.backends.open import read_info, store
from embeddings.build.options import BuildOptions
from embeddings.build.report import Progress, Report
from embeddings.errors import QAError
from embeddings.index.records import Kept
from qa.pipeline import QA
from qa.web import dropped_files
from qa.web.dropped_files import add, looked_at, remove
from qa.wording.markup import element
from qa.wording.phrases import change_counts

REPORTED = ["File", "What happened", "Why"]
LISTED = 200
"""Rows of a table at once."""


def rebuilt(place: str | Path, show: Any) -> tuple[Markup, list[list[str]]]:
    """Read the sources of the index again: what that did, in a line and by file. Raises QAError."""
    report, rows = _built(place, show)
    return counts(report), rows[:LISTED]


def foreseen(place: str | Path) -> tuple[Markup, bool]:
    """What reading the sources again would do, in a line, and whether it would. Raises QAError."""
    from embeddings.build.preview import preview

    manifest, _ = read_info(place)
    found = preview(manifest.read_from, place)
    if not (found.added or found.changed or found.renamed or found.deleted):
        return _line("Nothing has changed in the sources."), False
    return _line(f"An update would leave {found.articles:,} articles: {change_counts(found)}."), True


def added(files: Sequence[Path], place: str | Path, show: Any) -> tuple[Markup, list[list[str]]]:
    """Add files to the index at `place`: what that did, in a line and by file. Raises QAError."""
    show(0, desc="reading the files")
    dropped = looked_at(files, store(place).home)
    rows = [file.row for file in dropped]
    if not any(file.is_taken for file in dropped):
        return element(
            "p", "Nothing was taken: the index stays as it was.", class_="found", role="status"
        ), rows
    report, changes = add(dropped, store(place).home, lambda: _built(place, show))
    why = " ".join(file.why for file in dropped)
    others = [
        row for row in changes if row[1] not in ("added", "unchanged") and (not row[2] or row[2] not in why)
    ]
    return counts(report), [*rows, *others][:LISTED]


def removed(names: Sequence[str], place: str | Path, show: Any) -> tuple[Markup, list[list[str]]]:
    """Take added files out of the index at `place`: what that did. Raises QAError."""
    if not names:
        return _line("Choose the files to remove."), []
    report, changes = remove(names, store(place).home, lambda: _built(place, show))
    return counts(report), [row for row in changes if row[1] != "unchanged"][:LISTED]


def put_back(place: str | Path, after: str) -> tuple[Markup, list[list[str]]]:
    """Undo the removal that made the generation `after`: what that did, in a line. Raises QAError."""
    there = store(place)
    if there.current() != after:
        raise QAError("the index has changed since: add the files again")
    _, manifest = dropped_files.put_back(there.home, there.roll_back)
    return _line(f"As it was before: {manifest.articles:,} articles."), []


def _built(place: str | Path, show: Any) -> tuple[Report, list[list[str]]]:
    manifest, _ = read_info(place)
    before = _kept(place)
    clock = _Clock()
    show(0, desc="reading the sources")
    report = QA.build(manifest.read_from, place, BuildOptions(progress=lambda at: show(*clock.describe(at))))
    return report, report_rows(report, before, _kept(place))


class _Clock:
    """How far a build is: what it has read when it tells is encoded when it tells again."""

    def __init__(self) -> None:
        self._started = perf_counter()
        self._done = 0.0

    def describe(self, at: Progress) -> tuple[float, str]:
        done, self._done = self._done, at.fraction
        return done, progress_text(at, done, perf_counter() - self._started)


def progress_text(at: Progress, done: float, seconds: float) -> str:
    """How far a build is, and, once a part is `done`, how long the rest will take."""
    said = f"{at.articles:,} articles, {at.passages:,} passages"
    if at.fraction >= 1 or not done:
        return said
    return f"{said}, {seconds / done * (1 - done):.0f} s left"


def _kept(place: str | Path) -> dict[str, Kept]:
    try:
        with store(place).look() as (_, catalog):
            return catalog.kept()
    except (QAError, OSError):
        return {}


def counts(report: Report) -> Markup:
    """What a build did, in one line."""
    skipped = sum(not one.questions for one in report.skipped)
    text = f"{report.articles:,} articles ({change_counts(report)}), {skipped:,} skipped"
    return _line(f"{text}, in {report.seconds:.1f} s.")


def _line(text: str) -> Markup:
    return element("p", text, class_="found", role="status")


def report_rows(report: Report, before: Mapping[str, Kept], after: Mapping[str, Kept]) -> list[list[str]]:
    """A row for each file: skipped ones first, then what changed, files of questions last."""
    rows = [
        [left_out.path, "skipped", left_out.reason] for left_out in report.skipped if not left_out.questions
    ]
    questions = [[left_out.path, "questions", ""] for left_out in report.skipped if left_out.questions]
    changes = sorted(_changes(before, after), key=lambda change: (change[1] == "unchanged", change[0]))
    return [*rows, *([id, what, ""] for id, what in changes), *questions]


def _changes(before: Mapping[str, Kept], after: Mapping[str, Kept]) -> Iterator[tuple[str, str]]:
    for id, kept in after.items():
        old = before.get(id)
        yield id, "added" if not old else "unchanged" if old.content == kept.content else "changed"
    for id in before.keys() - after.keys():
        yield id, "deleted"
