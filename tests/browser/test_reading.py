"""The page for those who read all day: by keyboard, on a phone, and by what reads a screen aloud."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.test_page import (
    ARTICLES,
    BRIDGE,
    CHROMIUM,
    FLAGS,
    Visitor,
    index,
    playwright,
    pytestmark,
    write,
)
from tests.server import Server, chat

__all__ = ["pytestmark"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("reading")
    write(folder / "articles.jsonl", ARTICLES)
    index(folder)
    with chat(folder, QA_DATA=str(folder / "data")) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright.expect.set_options(timeout=20_000)
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def visitor(browser: Any, server: Server) -> Iterator[Visitor]:
    made = Visitor(browser, server.address, viewport={"width": 1280, "height": 720})
    yield made
    made.page.context.close()


def test_keys_go_through_the_passages_and_open_one(visitor: Visitor) -> None:
    page, keys = visitor.page, visitor.page.keyboard
    visitor.ask(BRIDGE)
    page.locator("#more").click()
    slots = page.locator("#passages .slot")
    page.locator("#question textarea").focus()
    keys.type("jo?")
    assert page.locator("#question textarea").input_value() == "jo?"
    keys.press("Escape")
    for key, place in (("j", 0), ("k", 0), ("j", 1), ("j", 2), ("k", 1)):
        keys.press(key)
        playwright.expect(slots.nth(place).locator(".card")).to_be_focused()
        playwright.expect(slots.nth(place)).to_have_css("box-shadow", re.compile("0px 0px 0px 2px"))
        box = slots.nth(place).locator("h3").bounding_box()
        assert 0 <= box["y"] <= 700
        assert 600 < box["x"] < 1280
    title = slots.nth(1).locator("h3").inner_text()
    keys.press("o")
    playwright.expect(page.locator("#reader h3")).to_have_text(title)
    keys.press("Escape")
    playwright.expect(slots.nth(1).locator("button.open")).to_be_focused()
    keys.press("?")
    playwright.expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    keys.press("j")
    keys.press("Escape")
    playwright.expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    page.get_by_role("tab", name="Corpus").click()
    page.locator("#articles").wait_for()
    assert page.get_by_role("tab").count() == 3
    keys.press("/")
    playwright.expect(page.locator("#question textarea")).to_be_focused()


FOCUSED = """() => {
    const found = document.activeElement, style = getComputedStyle(found)
    return found === document.body || style.outlineStyle !== 'none' || style.boxShadow !== 'none'
}"""


def test_what_has_the_focus_can_be_seen(visitor: Visitor) -> None:
    visitor.ask(BRIDGE)
    visitor.page.locator("#question textarea").focus()
    for _ in range(25):
        visitor.page.keyboard.press("Tab")
        assert visitor.page.evaluate(FOCUSED), visitor.page.evaluate("document.activeElement.className")
