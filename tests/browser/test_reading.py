"""The page for those who read all day: by keyboard, on a phone, and by what reads a screen aloud."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest

from tests.browser.test_page import (
    ARTICLES,
    BREAD,
    BRIDGE,
    CHROMIUM,
    FLAGS,
    UNKNOWN,
    ZEBRA,
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
    playwright.expect.set_options(timeout=120_000)
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
    const framed = found.closest('#question') // its frame takes on the colour of the focus
    return found === document.body || !!framed || style.outlineStyle !== 'none' || style.boxShadow !== 'none'
}"""


def test_what_has_the_focus_can_be_seen(visitor: Visitor) -> None:
    visitor.ask(BRIDGE)
    visitor.page.locator("#question textarea").focus()
    for _ in range(25):
        visitor.page.keyboard.press("Tab")
        assert visitor.page.evaluate(FOCUSED), visitor.page.evaluate("document.activeElement.className")


def test_an_article_is_searched_and_its_passages_are_numbered(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask(BRIDGE)
    page.get_by_role("button", name="Open the article").first.click()
    box, count = page.get_by_label("Find in this article"), page.locator("#reader .count")
    box.fill("BRIDGE")
    playwright.expect(count).to_have_text("1 of 2")
    box.press("Enter")
    playwright.expect(count).to_have_text("2 of 2")
    page.get_by_role("button", name="Next match").click()
    playwright.expect(count).to_have_text("1 of 2")
    box.press("Shift+Enter")
    playwright.expect(count).to_have_text("2 of 2")
    painted = page.evaluate(
        "[...CSS.highlights.get('found-now')].map(range => [range.toString(), range.startOffset])"
    )
    assert painted[0][0] == "bridge"
    box.fill("cathedral")
    playwright.expect(count).to_have_text("not found")
    assert page.locator("#reader .whole").inner_text() == ARTICLES[0]["text"]
    mark = page.locator("#reader .passage").evaluate("found => getComputedStyle(found, '::before').content")
    assert "1" in mark or "attr" in mark


def test_a_phone_shows_the_answering_passage_at_once(browser: Any, server: Server) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    visitor = Visitor(browser, server.address, **phone)
    page = visitor.page
    for question in (BREAD, BRIDGE):
        visitor.ask(question)
        page.locator("#passages mark").wait_for()
        foot = page.locator("#question").bounding_box()
        assert foot["y"] + foot["height"] <= 845
        for place in ("#passages h3", "#passages mark", "#chat [data-testid=bot]"):
            box = page.locator(place).first.bounding_box()
            assert 0 <= box["y"] <= foot["y"] - 24, (question, place)
        page.evaluate("scrollTo(0, 9999)")
    page.get_by_role("tab", name="Corpus").click()
    date = page.locator("#articles td.date").first
    date.wait_for()
    assert date.bounding_box()["height"] < 60
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.context.close()


AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
SERIOUS = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
    .filter(found => ['serious', 'critical'].includes(found.impact))
    .map(found => `${found.id}: ${found.nodes[0].target} ${found.nodes[0].html.slice(0, 200)}`)"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(scheme: str, browser: Any, server: Server) -> None:
    visitor = Visitor(browser, server.address, viewport={"width": 1280, "height": 720}, color_scheme=scheme)
    page = visitor.page
    page.evaluate(AXE)
    assert page.evaluate(SERIOUS) == []
    visitor.ask(BRIDGE)
    page.locator(".pin").first.click()
    page.get_by_role("button", name="Narrow").click()
    assert page.evaluate(SERIOUS) == []
    visitor.ask(ZEBRA)
    visitor.ask(UNKNOWN)
    assert page.evaluate(SERIOUS) == []
    page.get_by_role("button", name="Open the article").first.click()
    page.locator("#reader .whole").wait_for()
    assert page.evaluate(SERIOUS) == []
    page.get_by_role("tab", name="Corpus").click()
    page.locator("#articles td").first.wait_for()
    assert page.evaluate(SERIOUS) == []
    page.get_by_role("tab", name="History").click()
    page.locator("#reading-list .card").first.wait_for()
    assert page.evaluate(SERIOUS) == []
    assert page.locator("footer").count() == 0
    page.context.close()
