"""The report in a real browser."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qa.evaluation.evaluate import Trial, evaluate
from qa.evaluation.report.document import write_report
from tests.qa.evaluation.test_report import AGAINST, HOSTILE, QUESTIONS, RUN, UNANSWERABLE, line

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium: apt-get install chromium"),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    bad = line("abc", HOSTILE + "w" * 500)
    bad["passages"][0] |= {"title": HOSTILE + "t" * 500}
    run = {**RUN, "q2": bad}
    trial = Trial("q" * 200, QUESTIONS, UNANSWERABLE, run, AGAINST, "A note." * 20)
    path: Path = tmp_path_factory.mktemp("report") / "out.html"
    write_report(trial, evaluate(trial), path)
    return path.as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.mark.parametrize("width", [390, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_and_asks_for_nothing(width: int, scheme: str, browser: Any, address: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    requests: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.goto(address)
    assert requests == [address]
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(28, 25, 23)" if scheme == "dark" else "rgb(250, 250, 249)")
    small = page.evaluate(
        "Math.min(...[...document.querySelectorAll('.chart')].map(c => parseFloat(getComputedStyle(c"
        ".querySelector('text')).fontSize) * c.getBoundingClientRect().width / 360))"
    )
    assert small >= 9  # pixels, as drawn
    page.close()
