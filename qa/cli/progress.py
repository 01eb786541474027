"""How far a build is, as people see it in a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from qa.wording.safe_text import one_line, printable

if TYPE_CHECKING:
    from embeddings.build.report import Progress


@contextmanager
def build_progress() -> "Iterator[Callable[[Progress], None]]":
    """A function that shows how far a build is: a bar on a screen, a line now and then in a pipe."""
    if not sys.stderr.isatty():
        yield lambda at: print(_progress_line(at), file=sys.stderr)
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (BarColumn(), TaskProgressColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("loading the model", total=1.0)

        def show(at: "Progress") -> None:
            done = f"{at.articles} articles, {at.passages} passages"
            said = printable(at.fetched) if at.fetched else done
            bar.update(task, completed=at.fraction, description=said)

        yield show


def _progress_line(at: "Progress") -> str:
    if at.fetched:
        return one_line(at.fetched)
    return f"{at.fraction:4.0%} {at.articles} articles, {at.passages} passages"
