"""The page over the seed articles: it can be read, and its pictures are those of the README.

`PICTURES=docs/images pytest tests/browser/test_pictures.py` takes them anew.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.test_page import CHROMIUM, FLAGS, Visitor, playwright, pytestmark
from tests.conftest import ROOT
from tests.server import Server, chat, run_qa

QUESTION = "How many people lived in Kherson before the war?"
SIZES: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "dark"},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
    },
}
FAINT = """() => {
    const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true})
    const rgba = colour => {
        canvas.clearRect(0, 0, 1, 1)
        canvas.fillStyle = colour
        canvas.fillRect(0, 0, 1, 1)
        return [...canvas.getImageData(0, 0, 1, 1).data]
    }
    const over = (front, back) => back.map((value, at) => value + (front[at] - value) * front[3] / 255)
    const behind = element => {
        const layers = []
        for (; element; element = element.parentElement)
            layers.push(rgba(getComputedStyle(element).backgroundColor))
        return layers.reduceRight((back, front) => over(front, back), [255, 255, 255])
    }
    const light = colour => colour.map(value => value / 255)
        .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
        .reduce((sum, value, at) => sum + value * [0.2126, 0.7152, 0.0722][at], 0)
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), faint = []
    while (texts.nextNode()) {
        const text = texts.currentNode.textContent.trim(), element = texts.currentNode.parentElement
        const style = getComputedStyle(element)
        if (!text || !element.offsetParent || style.visibility !== 'visible') continue
        const back = behind(element), both = [light(back), light(over(rgba(style.color), back))]
        const contrast = (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05)
        if (contrast < 4.5) faint.push([text, contrast])
    }
    return faint
}"""
"""Texts whose contrast is below 4.5:1, as WCAG 2.2 computes it (success criterion 1.4.3)."""

__all__ = ["pytestmark"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("pictures")
    (folder / "seeds").symlink_to(ROOT / "seeds")
    run_qa(folder, "index", "seeds", "--index", "made.qa")
    with chat(folder) as server:
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.mark.parametrize("name", SIZES)
def test_the_page_can_be_read_and_fits(name: str, browser: Any, server: Server, tmp_path: Path) -> None:
    visitor = Visitor(browser, server.address, **SIZES[name])
    page = visitor.page
    assert page.evaluate(FAINT) == []
    visitor.ask(QUESTION)
    assert "280,000 people" in visitor.marked
    page.locator("#timeline .bars").wait_for()
    page.mouse.move(0, 0)
    page.wait_for_timeout(500)  # what fades in has arrived
    folder = Path(os.environ.get("PICTURES", tmp_path))
    page.screenshot(path=folder / f"page-{name}.png")
    visitor.ask("When did Russia leave it?")
    for label in ("Narrow by date", "Cite or export"):
        page.get_by_role("button", name=label).press("Enter")  # a phone may have it below the question box
    page.get_by_role("button", name="Save JSON").wait_for()
    assert page.evaluate(FAINT) == []
    width = SIZES[name]["viewport"]["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("tab", name="Corpus").click()
    page.locator("#articles").get_by_text("28 articles").wait_for()
    page.wait_for_timeout(500)
    assert page.evaluate(FAINT) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.screenshot(path=folder / f"corpus-{name}.png")
    page.context.close()
