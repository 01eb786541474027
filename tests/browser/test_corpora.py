"""Two indexes on one page, in a real browser: the switch, and what it changes."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.test_page import ARTICLES, BREAD, BRIDGE, CHROMIUM, FLAGS, Visitor, playwright, pytestmark
from tests.browser.test_page import write as written
from tests.server import Server, chat, run_qa

__all__ = ["pytestmark"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("corpora")
    for name, article in (("made", ARTICLES[0]), ("food", ARTICLES[1])):
        written(folder / f"{name}.jsonl", (article,))
        run_qa(folder, "index", f"{name}.jsonl", "--index", f"{name}.qa", "--name", name.title())
    with chat(folder, "--index", "food.qa", "--reader", "none", QA_DATA=str(folder / "data")) as made:
        yield made
        assert "Traceback" not in made.said
        assert "a request failed" not in made.said


def switch(visitor: Visitor, to: str) -> None:
    visitor.page.locator("#corpus input").click()
    visitor.page.get_by_role("option", name=to).click()
    playwright.expect(visitor.page.locator("#head p").last).to_contain_text("from 1 publisher")


def test_one_corpus_is_asked_or_all_and_each_is_named(server: Server) -> None:
    with playwright.sync_playwright() as started:
        browser: Any = started.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        visitor = Visitor(browser, server.address)
        page, expect = visitor.page, playwright.expect
        expect.set_options(timeout=120_000)
        assert page.title() == "Made, Food · Article QA"
        expect(page.locator("#head p")).to_contain_text("2 articles from 2 publishers")
        visitor.ask(BREAD)
        corpora = page.locator("#passages .slot:visible .corpus")
        assert corpora.first.inner_text() == "Food"
        assert page.locator("#lead .others").first.inner_text().startswith("From Food. Made ")
        page.get_by_role("tab", name="Corpora").last.click()
        expect(page.locator(".corpora h3")).to_have_text(["Made", "Food"])
        switch(visitor, "Made (1 article)")
        expect(page.locator("#summary")).to_contain_text("County News (1)")
        page.get_by_role("tab", name="Ask").last.click()
        visitor.ask(BRIDGE)
        assert "bridge" in visitor.marked
        expect(page.locator("#lead .others").first).to_have_text("In Made")
        assert set(corpora.all_inner_texts()) == {"Made"}
        expect(page.locator("#corpus input")).to_have_value("Made (1 article)")
        page.wait_for_function("location.hash.includes('conversation')")
        page.reload()
        expect(page.locator("#corpus input")).to_have_value("Made (1 article)")
        visitor.shows(BRIDGE)
        assert str(server.folder) not in page.content()
        assert visitor.errors == []
        browser.close()
