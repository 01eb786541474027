"""Kept conversations and the reading list, in a real browser, on a server with two users."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.browser.test_page import (
    ARTICLES,
    BREAD,
    BRIDGE,
    CHROMIUM,
    FLAGS,
    UNKNOWN,
    Visitor,
    index,
    playwright,
    pytestmark,
    write,
)
from tests.server import Server, chat

ADA, BOB = ("ada", "a good word"), ("bob", "another word")
Visit = Callable[..., Visitor]

__all__ = ["pytestmark"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    write(folder / "articles.jsonl", ARTICLES)
    index(folder)
    return folder


def served(folder: Path) -> Any:
    users = "\n".join(":".join(user) for user in (ADA, BOB))
    return chat(folder, "--auth", "--reader", "none", QA_AUTH=users, QA_DATA=str(folder / "data"))


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with served(folder) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright.expect.set_options(timeout=120_000)
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


class Tab(Visitor):
    """A tab of a user's browser."""

    def __init__(self, browser: Any, address: str) -> None:
        self.page = browser.new_page()
        self.page.set_default_timeout(120_000)
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", lambda dialog: self.errors.append(dialog.message))
        self.page.goto(address)
        self.page.locator("#question textarea").wait_for()


@pytest.fixture(scope="module")
def users(browser: Any) -> Iterator[dict[tuple[str, str], Any]]:
    """A browser of each user."""
    made = {
        user: browser.new_context(http_credentials={"username": user[0], "password": user[1]})
        for user in (ADA, BOB)
    }
    yield made
    for context in made.values():
        context.close()


@pytest.fixture
def visit(users: dict[tuple[str, str], Any], server: Server) -> Iterator[Visit]:
    opened: list[Tab] = []

    def visit(user: tuple[str, str] = ADA, address: str = server.address, after: str = "") -> Tab:
        opened.append(Tab(users[user], f"{address}/{after}"))
        return opened[-1]

    yield visit
    for tab in opened:
        assert tab.errors == []
        tab.page.close()


def named(visitor: Visitor) -> str:
    """What the page's address says of its conversation, once it says something."""
    visitor.page.wait_for_function("location.hash.startsWith('#conversation=')")
    return str(visitor.page.evaluate("location.hash"))


def asked(visitor: Visitor, *questions: str) -> None:
    playwright.expect(visitor.page.locator("#chat [data-testid=user]")).to_have_text(list(questions))


def listed(visitor: Visitor, *titles: str) -> None:
    visitor.page.get_by_role("tab", name="History").click()
    playwright.expect(visitor.page.locator("#conversations li > a")).to_have_text(list(titles))


def kept(server: Server, what: str, user: tuple[str, str] = ADA) -> httpx.Response:
    return httpx.get(f"{server.address}/kept/{what}", auth=user, timeout=20)


def test_nothing_is_lost_by_loading_again_or_by_a_restart(visit: Visit, server: Server, folder: Path) -> None:
    first, second = visit(), visit()
    first.ask(BRIDGE)
    of_first = named(first)
    second.ask(BREAD)
    assert named(second) != of_first
    first.ask(UNKNOWN)
    _turns(server, of_first, 2)
    for visitor, questions in ((first, (BRIDGE, UNKNOWN)), (second, (BREAD,))):
        visitor.page.reload()
        asked(visitor, *questions)
        visitor.shows(questions[-1])
    assert "rye loaf" in second.marked
    first.ask("And who was hurt there?")
    _turns(server, of_first, 3)
    assert named(first) == of_first
    with served(folder) as again:
        back = visit(address=again.address, after=of_first)
        asked(back, BRIDGE, UNKNOWN, "And who was hurt there?")
        back.page.locator("#chat [data-testid=bot]").first.click()
        back.shows(BRIDGE)
        assert back.marked == "The old stone bridge at Marlow fell into the river at dawn."
        back.page.get_by_role("button", name="Open the article").first.click()
        playwright.expect(back.page.locator("#reader .whole")).to_have_text(str(ARTICLES[0]["text"]))


def _turns(server: Server, name: str, count: int) -> None:
    """Wait until so many questions of a conversation are kept."""
    for _ in range(200):
        told = kept(server, f"conversations/{name.partition('=')[2]}.json").json()
        if len(told["conversations"][0]["turns"]) == count:
            return
    raise AssertionError(told)


def test_conversations_are_found_renamed_taken_away_and_deleted(visit: Visit, server: Server) -> None:
    visitor = visit(BOB)
    visitor.ask(BREAD)
    of_bread = named(visitor)
    visitor.page.get_by_role("tab", name="History").click()
    visitor.page.get_by_role("button", name="New conversation").click()
    asked(visitor)
    visitor.page.wait_for_function("location.hash === ''")
    visitor.ask(BRIDGE)
    assert named(visitor) != of_bread
    listed(visitor, BRIDGE, BREAD)
    find = visitor.page.get_by_label("Find in questions")
    find.fill("rye leeds")
    playwright.expect(visitor.page.locator("#conversations li > a")).to_have_text([BREAD])
    visitor.page.get_by_role("button", name=f"Rename: {BREAD}").click()
    name = visitor.page.get_by_label("New name")
    playwright.expect(name).to_have_value(BREAD)
    name.fill("<b>Loaves</b>")
    name.press("Enter")
    playwright.expect(visitor.page.locator("#conversations li > a")).to_have_text(["<b>Loaves</b>"])
    with visitor.page.expect_download() as saving:
        visitor.page.locator("#conversations li a", has_text="Markdown").click()
    assert saving.value.suggested_filename == "b-Loaves-b.md"
    note = Path(saving.value.path()).read_text("utf-8")
    assert note.startswith("# \\<b\\>Loaves")
    assert "A bakery in Leeds won the national bread prize with a rye loaf. [1]" in note
    visitor.page.locator("#conversations li > a").click()
    asked(visitor, BREAD)
    assert named(visitor) == of_bread
    visitor.page.get_by_role("tab", name="History").click()
    visitor.page.get_by_role("button", name="Delete: ").click()
    playwright.expect(visitor.page.get_by_role("alert")).to_contain_text("Delete “<b>Loaves</b>”")
    visitor.page.get_by_role("button", name="Delete for good").click()
    playwright.expect(visitor.page.locator("#conversations")).to_have_text(
        "No conversation holds these words."
    )
    visitor.page.wait_for_function("location.hash === ''")
    find.fill("")
    listed(visitor, BRIDGE)
    assert kept(server, f"conversations/{of_bread.partition('=')[2]}.md", BOB).status_code == 404
    told = kept(server, "conversations/all.json", BOB).json()["conversations"]
    assert [talk["title"] for talk in told] == [BRIDGE]


def test_pins_make_a_reading_list(visit: Visit, server: Server) -> None:
    visitor = visit(BOB)
    visitor.ask(BREAD)
    named(visitor)
    pins = visitor.page.locator("#passages .slot:visible .pin")
    playwright.expect(pins.first).to_have_text("Pin")
    pins.first.click()
    playwright.expect(pins.first).to_have_text("Pinned ✓")
    visitor.ask(BRIDGE)
    playwright.expect(pins.first).to_have_text("Pin")
    pins.first.click()
    playwright.expect(pins.first).to_have_text("Pinned ✓")
    visitor.page.reload()
    visitor.shows(BRIDGE)
    playwright.expect(pins.first).to_have_text("Pinned ✓")
    visitor.page.get_by_role("button", name="Earlier question").click()
    visitor.shows(BREAD)
    playwright.expect(pins.first).to_have_text("Pinned ✓")
    visitor.page.get_by_role("tab", name="History").click()
    cards = visitor.page.locator("#reading-list .card")
    playwright.expect(cards).to_have_count(2)
    assert "rye loaf" in cards.first.locator("mark").inner_text()
    note = kept(server, "reading-list.md", BOB).text
    assert re.search(r"> A bakery in Leeds .* \[1\]\n\nOn the question: Which bakery", note)
    assert "2. Storm takes the old bridge at Marlow, County News, 3 November 2022, https://county" in note
    cards.first.get_by_role("button", name="Remove").click()
    playwright.expect(cards).to_have_count(1)
    visitor.page.get_by_role("tab", name="Ask").click()
    assert len(kept(server, "reading-list.json", BOB).json()["pins"]) == 1
    assert kept(server, "reading-list.json", ADA).json()["pins"] == []


def test_each_user_has_their_own(visit: Visit, server: Server) -> None:
    ada = visit(ADA)
    ada.ask(UNKNOWN)
    of_ada = named(ada)
    bob = visit(BOB, after=of_ada)
    bob.page.wait_for_function("location.hash === ''")
    asked(bob)
    bob.page.get_by_role("tab", name="History").click()
    listing = bob.page.locator("#conversations")
    playwright.expect(listing).to_contain_text(re.compile("No conversation is kept|All conversations"))
    assert UNKNOWN not in listing.inner_text()
    id = of_ada.partition("=")[2]
    for kind in ("md", "html", "json"):
        assert kept(server, f"conversations/{id}.{kind}", ADA).status_code == 200
        assert kept(server, f"conversations/{id}.{kind}", BOB).status_code == 404
    assert UNKNOWN not in json.dumps(kept(server, "conversations/all.json", BOB).json())
    assert UNKNOWN in json.dumps(kept(server, "conversations/all.json", ADA).json())
