"""How soon `qa chat` can be seen and asked, in a real browser: `make bench-page`.

From the start of the process to the first contentful paint and to a question box that can be typed in
(median of REPEATS, the index exists, the browser runs already); and, warm, from Enter to the evidence on the
page, for QUESTIONS questions of the set. Takes the `dev` set in NEWSQA (SET: another), or
an index of it in INDEX.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from socket import create_connection, socket
from typing import Any

from qa import QA
from qa.evaluation.questions import read_questions

REPEATS = 5
QUESTIONS = 20
SEEDS = Path(__file__).parent.parent / "seeds"
_PAINT = "() => performance.timeOrigin + performance.getEntriesByName('first-contentful-paint')[0].startTime"
_ASKED = """question => new Promise(done => {
    const started = performance.now(), box = document.querySelector('#question textarea')
    const look = () => {
        const asked = document.querySelector('#lead .asked')?.textContent === question
        if (asked && document.querySelector('#passages .slot blockquote')?.offsetHeight)
            requestAnimationFrame(() => done(performance.now() - started))
        else requestAnimationFrame(look)
    }
    box.dispatchEvent(new KeyboardEvent('keypress', {key: 'Enter', bubbles: true, cancelable: true}))
    look()
})"""


def main() -> int:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    folder = Path(os.environ.get("NEWSQA", "../shared/newsqa")) / os.environ.get("SET", "dev")
    if not chromium or not folder.is_dir():
        missing = "Chromium" if not chromium else str(folder)
        print(f"{missing} is missing: see benchmarks/README.md")
        return 0
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as made, sync_playwright() as started:
        os.environ["QA_DATA"] = f"{made}/data"  # the user's own history stays as it is
        index = os.environ.get("INDEX") or f"{made}/made.qa"
        if "INDEX" not in os.environ:
            QA.build([folder / "articles.jsonl.gz"], index)
        QA.build([SEEDS], f"{made}/seeds.qa")
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        starts = [_start(browser, f"{made}/seeds.qa") for _ in range(REPEATS)]
        for what, place in (("served", 0), ("first paint", 1), ("box to ask in", 2)):
            _print(f"process start to {what}", [start[place] for start in starts])
        asked = [question.question for question in read_questions(folder / "questions.jsonl")]
        _print("question to evidence, warm", _answers(browser, index, asked[:: len(asked) // QUESTIONS]))
    return 0


def _print(what: str, seconds: Sequence[float]) -> None:
    low, high = min(seconds), max(seconds)
    print(f"{what:<34}{statistics.median(seconds):.2f} s (of {len(seconds)}; {low:.2f} to {high:.2f})")


def _start(browser: Any, index: str) -> tuple[float, float, float]:
    """Seconds until the page is served, is first painted, and can be asked."""
    started = time.time()
    with _chat(index) as address, _page(browser) as page:
        served = time.time()
        page.goto(address)
        page.locator("#question textarea").wait_for()
        ready = time.time()
        return served - started, page.evaluate(_PAINT) / 1000 - started, ready - started


def _answers(browser: Any, index: str, questions: Sequence[str]) -> list[float]:
    """Seconds from Enter until the passages stand on the page; each question in a conversation of its own."""
    seconds = []
    with _chat(index) as address, _page(browser) as page:
        for question in ("What happened?", *questions[:QUESTIONS]):
            page.goto(address)
            page.locator("#question textarea").fill(question)
            page.wait_for_timeout(1000)  # what the page loads after it is painted is not the question's
            seconds.append(page.evaluate(_ASKED, question) / 1000)
    return seconds[1:]


@contextmanager
def _page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    yield context.new_page()
    context.close()


@contextmanager
def _chat(index: str) -> Iterator[str]:
    """The address of `qa chat`, as soon as it can be reached."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "qa.cli", "chat", "--index", index, "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        for _ in range(6000):
            try:
                create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


if __name__ == "__main__":
    sys.exit(main())
