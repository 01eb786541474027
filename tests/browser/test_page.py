"""The page in a real browser, on a small corpus of its own."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from filelock import FileLock

from tests.server import Server, chat, run_qa

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
HOSTILE = (
    "<script>window.hacked = 1</script> <img src=x onerror='window.hacked = 2'> ${window.hacked = 3} "
    "{{value}} [press](javascript:alert(1)) $$x^2$$ <form action='https://evil.example'><input></form> "
    "![seen](https://evil.example/seen.png) <img src='https://evil.example/seen.gif'> \\(y^2\\) "
    "<iframe src='https://evil.example'></iframe> <svg onload='window.hacked = 5'> "
    "<style>* {display: none}</style> <a href='https://evil.example/login'>Log in</a> "
    "| a | b | | --- | --- | | <b>c</b> | d | # Heading"
)
RENDERED = ("form", "iframe", "img", "script", "style", "svg[onload]", "math", ".katex", "table", "h1", "b")
"""What Markdown, LaTeX or HTML of an article would become, were it rendered."""
ARTICLES: tuple[dict[str, Any], ...] = (
    {
        "id": "bridge",
        "title": "Storm takes the old bridge at Marlow",
        "text": "A storm crossed the county on Tuesday. The old stone bridge at Marlow fell into the river "
        "at dawn. Nobody was hurt. Engineers expect to rebuild the bridge within two years.",
        "url": "https://county.example/bridge",
        "date": "2022-11-03",
        "source": "County News",
    },
    {
        "id": "bakery",
        "title": "Bakery wins the national bread prize",
        "text": "A bakery in Leeds won the national bread prize with a rye loaf. The baker, Mary Holt, said "
        "that she had used the same sour dough for thirty years. The prize is worth 5,000 pounds.",
        "url": "https://city.example/bakery",
        "date": "2022-07-14",
        "source": "City Post",
    },
    {
        "id": "hostile",
        "title": f"Zebra escapes {HOSTILE}",
        "text": f"The zebra Ziggy escaped from the Harrow zoo on Friday {HOSTILE}. {'z' * 10_000} "
        "Keepers found the zebra in a car park. \u202eright to left.",
        "url": "javascript:alert(1)",
        "date": "2022-08-01",
        "source": "<b onclick='window.hacked = 4'>Zoo</b>",
    },
)
BRIDGE = "When did the old stone bridge at Marlow fall into the river?"
BREAD = "Which bakery won the national bread prize?"
ZEBRA = "From which zoo did the zebra Ziggy escape?"
UNKNOWN = "How many moons does Jupiter have?"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium: apt-get install chromium"),
]


def write(path: Path, articles: tuple[dict[str, Any], ...]) -> None:
    path.write_text("".join(json.dumps(article) + "\n" for article in articles), "utf-8")


def index(folder: Path) -> None:
    run_qa(folder, "index", "articles.jsonl", "--index", "made.qa")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    write(folder / "articles.jsonl", ARTICLES)
    index(folder)
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with chat(folder) as server:
        yield server


@pytest.fixture(scope="module")
def address(server: Server) -> str:
    return server.address


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright.expect.set_options(timeout=120_000)  # a busy machine is slow, not wrong
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


class Visitor:
    """A browser of its own on the page, with what it requested and what went wrong in it."""

    def __init__(self, browser: Any, address: str, **settings: Any) -> None:
        self.page = browser.new_context(**settings).new_page()
        self.page.set_default_timeout(120_000)
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", lambda dialog: self.errors.append(dialog.message))
        self.page.goto(address)
        self.page.locator("#question textarea").wait_for()

    def ask(self, question: str) -> None:
        box = self.page.locator("#question textarea")
        box.fill(question)
        box.press("Enter")
        self.shows(question)

    def shows(self, question: str) -> None:
        asked = self.page.locator("#lead .asked")
        playwright.expect(asked).to_have_text(question, timeout=120_000)  # the first one loads the models

    @property
    def marked(self) -> str:
        return str(self.page.locator("#passages mark").first.inner_text())

    @property
    def said(self) -> list[str]:
        return [str(text) for text in self.page.locator("#chat [data-testid=bot]").all_inner_texts()]


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Callable[..., Visitor]]:
    opened: list[Visitor] = []

    def visit(**settings: Any) -> Visitor:
        opened.append(Visitor(browser, address, **settings))
        return opened[-1]

    yield visit
    for visitor in opened:
        visitor.page.context.close()


def test_the_answer_is_marked_as_it_stands_in_the_article(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    visitor.ask(BRIDGE)
    answer = "The old stone bridge at Marlow fell into the river at dawn."
    assert visitor.marked == answer
    assert visitor.said[-2] == answer
    assert "County News · 3 November 2022" in visitor.said[-1]
    card = visitor.page.locator("#passages .slot").first
    assert card.locator("a").get_attribute("href") == "https://county.example/bridge"
    assert "bridge" in card.locator("u").all_inner_texts()
    assert visitor.page.locator("#lead .kind").inner_text() == "The answer, where it stands"


def test_nothing_is_asked_of_another_host(visit: Callable[..., Visitor], address: str) -> None:
    visitor = visit()
    visitor.ask(BRIDGE)
    visitor.page.wait_for_timeout(500)
    elsewhere = [url for url in visitor.requests if not url.startswith((address, "data:", "blob:"))]
    assert elsewhere == []
    assert visitor.errors == []


def test_no_answer_is_said_plainly(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    visitor.ask(UNKNOWN)
    assert visitor.said[0] == "The corpus does not seem to answer this."
    assert visitor.page.locator("#lead .kind").inner_text() == "Related passages"
    assert visitor.page.locator("#passages mark").count() == 0


def test_an_earlier_message_brings_its_evidence_back(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    visitor.ask(BRIDGE)
    visitor.ask(BREAD)
    assert "rye loaf" in visitor.marked
    visitor.page.locator("#chat [data-testid=bot]").first.click()
    visitor.shows(BRIDGE)
    assert "Marlow" in visitor.marked
    visitor.page.get_by_role("button", name="Later question").press("Enter")
    visitor.shows(BREAD)


def test_publisher_and_days_narrow(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    visitor.page.get_by_role("button", name="Narrow").click()
    visitor.page.get_by_label("Publishers").click()
    visitor.page.get_by_role("option", name="City Post").click()
    visitor.page.keyboard.press("Escape")
    visitor.ask(BRIDGE)
    assert visitor.page.locator("#lead .narrowed").inner_text() == "Only City Post"
    origins = visitor.page.locator("#passages .origin").all_inner_texts()
    assert origins
    assert all("City Post" in origin for origin in origins)


def test_a_follow_up_shows_how_it_was_read_and_can_be_mended(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    visitor.ask(BRIDGE)
    box = visitor.page.locator("#understood textarea")
    playwright.expect(box).to_be_hidden()
    visitor.ask("And who was hurt there?")
    playwright.expect(box).to_have_value("And who was hurt there? (stone bridge Marlow fall river, dawn)")
    assert visitor.page.get_by_text("Read as").count() == 1
    first = visitor.page.locator("#passages .slot").first
    playwright.expect(first).to_contain_text("Marlow")
    box.fill(BREAD)
    box.press("Enter")
    visitor.shows(BREAD)
    playwright.expect(first).to_contain_text("rye loaf")
    playwright.expect(box).to_be_hidden()


def test_as_a_reader_of_another_day(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    visitor.page.get_by_role("button", name="Narrow").click()
    visitor.page.get_by_label("As of").click()
    visitor.page.get_by_role("option", name="2022-08-01").click()
    visitor.ask(BREAD)
    assert visitor.page.locator("#lead .narrowed").inner_text() == "As of 1 August 2022"
    days = visitor.page.locator("#passages .origin").all_inner_texts()
    assert days
    assert not any("November" in day for day in days)


def test_an_article_is_opened_at_its_passage(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    visitor.ask(BRIDGE)
    visitor.page.get_by_role("button", name="Open the article").first.press("Enter")
    whole = visitor.page.locator("#reader .whole")
    whole.wait_for()
    assert whole.inner_text() == ARTICLES[0]["text"]
    assert visitor.page.locator("#reader mark").inner_text() in ARTICLES[0]["text"]
    visitor.page.get_by_role("button", name="Back to the passages").click()
    visitor.page.locator("#passages .slot").first.wait_for()


def test_what_does_not_bear_on_the_question_is_folded_away(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    visitor.ask(BRIDGE)
    slots = visitor.page.locator("#passages .slot")
    assert slots.count() == 1
    assert visitor.page.locator("#passages .why").inner_text().startswith("Has ")
    visitor.page.locator("#more").click()
    playwright.expect(visitor.page.locator("#more")).to_have_count(0)
    assert slots.count() > 1
    ranks = visitor.page.locator("#passages .rank").all_inner_texts()
    assert ranks == [str(rank) for rank in range(1, len(ranks) + 1)]


def test_question_answer_passage_and_composer_are_on_one_screen(visit: Callable[..., Visitor]) -> None:
    visitor = visit(viewport={"width": 1280, "height": 720})
    visitor.ask(BRIDGE)
    for place in ("#question", "#chat [data-testid=bot]", "#passages mark", "#lead .asked"):
        box = visitor.page.locator(place).first.bounding_box()
        assert box["y"] >= 0, place
        assert box["y"] + box["height"] <= 720, place
    visitor.page.locator("#more").click()
    visitor.page.locator("#evidence").evaluate("column => { column.scrollTop = column.scrollHeight }")
    assert visitor.page.locator("#question").bounding_box()["y"] + 40 <= 720


def test_escape_leaves_an_article_and_gives_the_focus_back(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    visitor.ask(BRIDGE)
    visitor.page.locator("#more").click()
    second = visitor.page.get_by_role("button", name="Open the article").nth(1)
    second.press("Enter")
    whole = visitor.page.get_by_role("region", name="Whole article")
    playwright.expect(whole).to_be_focused()
    visitor.page.keyboard.press("Escape")
    playwright.expect(second).to_be_focused()
    playwright.expect(whole).to_have_count(0)


UNNAMED = """() => [...document.querySelectorAll('button, input, textarea, a[href], [role=button]')]
    .filter(found => found.offsetParent && found.tabIndex >= 0)
    .filter(found => !(found.ariaLabel || found.innerText.trim() || found.title
        || [...(found.labels ?? [])].some(label => label.innerText.trim())))
    .map(found => found.outerHTML)"""


def test_everything_has_a_name_and_the_focus_goes_in_order(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    visitor.ask(BRIDGE)
    visitor.page.get_by_role("button", name="Narrow").click()
    visitor.page.get_by_role("button", name="Cite or export").click()
    visitor.page.get_by_role("button", name="Save JSON").wait_for()
    assert visitor.page.evaluate(UNNAMED) == []
    places = [
        visitor.page.get_by_label("Your question"),
        visitor.page.get_by_role("button", name="Narrow by date"),
        visitor.page.get_by_role("button", name="Open the article").first,
        visitor.page.locator("#timeline button").first,
        visitor.page.get_by_role("button", name="Copy Citation"),
    ]
    places[0].focus()
    for place in places[1:]:
        for _ in range(40):
            visitor.page.keyboard.press("Tab")
            if place.evaluate("found => found === document.activeElement"):
                break
        playwright.expect(place).to_be_focused()
    visitor.page.get_by_role("tab", name="Corpus").click()
    visitor.page.locator("#articles").wait_for()
    assert visitor.page.evaluate(UNNAMED) == []


def inert(visitor: Visitor, *places: str) -> None:
    """What stands in `places` is text: nothing of it became an element, and no link but to the web."""
    for place in places:
        assert visitor.page.locator(place).count(), f"{place} is not on the page"
        made = visitor.page.locator(f"{place} :is({', '.join(RENDERED)}, [onclick], [onerror])")
        assert made.count() == 0, place
        hrefs = [link.get_attribute("href") for link in visitor.page.locator(f"{place} a").all()]
        assert all(str(href).startswith("https://") and "evil" not in str(href) for href in hrefs), place


def test_a_hostile_article_changes_nothing_and_runs_nothing(visit: Callable[..., Visitor]) -> None:
    visitor = visit(viewport={"width": 1000, "height": 800})
    visitor.ask(f"{ZEBRA} {HOSTILE}")
    assert HOSTILE in visitor.page.locator("#passages .card h3", has_text="Zebra").first.inner_text()
    inert(visitor, "#passages .card", "#chat [data-testid=bot]", "#chat [data-testid=user]", "#lead .asked")
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    visitor.page.locator(".slot", has_text="Zebra").get_by_role("button").first.click()
    visitor.page.locator("#reader .whole").wait_for()
    whole = visitor.page.locator("#reader .whole").inner_text()
    assert HOSTILE in re.sub("[\u2066-\u2069]", "", whole)  # each line is kept to its own direction
    inert(visitor, "#reader .card")
    visitor.page.get_by_role("tab", name="Corpus").click()
    playwright.expect(visitor.page.locator("#articles")).to_contain_text("Zebra escapes <script>")
    inert(visitor, "#articles td", "#summary")
    visitor.page.wait_for_timeout(500)
    assert visitor.page.evaluate("window.hacked") is None
    assert visitor.errors == []
    assert not [url for url in visitor.requests if "evil.example" in url]


def test_a_citation_can_be_copied_and_the_answer_saved(visit: Callable[..., Visitor]) -> None:
    visitor = visit(permissions=["clipboard-read", "clipboard-write"])
    visitor.ask(BRIDGE)
    visitor.page.get_by_role("button", name="Cite or export").click()
    citation = visitor.page.get_by_label("Citation").input_value()
    assert citation.startswith("“The old stone bridge at Marlow fell into the river at dawn.” Storm takes")
    assert citation.endswith("County News, 3 November 2022, https://county.example/bridge")
    visitor.page.get_by_role("button", name="Copy Citation").click()
    visitor.page.get_by_text("Copied").first.wait_for()
    assert visitor.page.evaluate("navigator.clipboard.readText()") == citation
    with visitor.page.expect_download() as saved:
        visitor.page.get_by_role("button", name="Save JSON").click()
    assert saved.value.suggested_filename == "answer.json"
    assert json.loads(saved.value.path().read_text("utf-8"))["question"] == BRIDGE


def test_a_bar_of_the_timeline_narrows_to_it(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    visitor.ask(BRIDGE)
    bar = visitor.page.locator("#timeline").get_by_role("button", name="31 October 2022 to 6 November 2022")
    bar.press("Enter")
    narrowed = visitor.page.locator("#lead .narrowed")
    playwright.expect(narrowed).to_have_text("Only 3 November 2022 to 3 November 2022")
    assert visitor.page.locator("#passages .slot").count() == 1
    visitor.page.get_by_role("button", name="All days").click()
    playwright.expect(narrowed).to_have_count(0)
    playwright.expect(visitor.page.locator("#more")).to_be_visible()


def test_a_long_question_is_refused_in_words(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    box = visitor.page.locator("#question textarea")
    box.fill("why? " * 500)
    box.press("Enter")
    playwright.expect(visitor.page.locator("#chat [data-testid=bot]")).to_contain_text("2000 at most")


def test_a_phone_shows_everything_without_scrolling_sideways(visit: Callable[..., Visitor]) -> None:
    visitor = visit(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    visitor.ask(BRIDGE)
    visitor.ask(ZEBRA)
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
    box = visitor.page.locator("#passages .slot").first.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


def test_two_browsers_do_not_see_each_other(visit: Callable[..., Visitor]) -> None:
    one, other = visit(), visit()
    one.ask(BRIDGE)
    other.ask(BREAD)
    assert "Marlow" not in " ".join(other.said)
    assert "bread" not in " ".join(one.said)
    one.ask(ZEBRA)
    other.page.locator("#chat [data-testid=bot]").first.click()
    other.shows(BREAD)


def test_a_new_index_is_taken_without_a_restart(visit: Callable[..., Visitor], folder: Path) -> None:
    visitor = visit()
    visitor.ask(BRIDGE)
    moons = {**ARTICLES[0], "id": "moons", "title": "Jupiter's moons", "source": "Sky Times"}
    moons["text"] = (
        "Astronomers said on Monday that Jupiter has 80 moons. They expect to find more moons of Jupiter."
    )
    write(folder / "articles.jsonl", (*ARTICLES, moons))
    index(folder)
    visitor.ask(UNKNOWN)
    assert "80 moons" in visitor.marked


def drop(visitor: Visitor, **texts: str) -> None:
    """Files, dropped by the mouse."""
    files = [[name.replace("_", "."), text] for name, text in texts.items()]
    carried = visitor.page.evaluate_handle(
        """files => {
        const carried = new DataTransfer()
        for (const [name, text] of files) carried.items.add(new File([text], name))
        return carried
        }""",
        files,
    )
    visitor.page.locator("#drop button").first.dispatch_event("drop", {"dataTransfer": carried})


MANY = "".join(
    json.dumps({"id": f"n{n}", "title": f"Note {n}", "text": f"Note {n} speaks of small apples. " * 10})
    + "\n"
    for n in range(1500)
)
"""More passages than are encoded together, so that the build takes seconds and tells how many."""


@pytest.mark.timeout(1200)  # encodes a thousand passages, on any machine
def test_what_is_dropped_is_reported_and_found_and_can_be_removed(visit: Callable[..., Visitor]) -> None:
    visitor, other = visit(), visit()
    visitor.page.get_by_role("tab", name="Corpus").click()
    llama = "---\ntitle: Llama wins\nsource: Farm Post\n---\nThe llama Lola won the race at Ambridge."
    drop(visitor, llama_md=llama, empty_txt="", many_jsonl=MANY)
    bar = visitor.page.locator("#report [role=progressbar]")
    playwright.expect(bar).to_have_attribute(
        "aria-label", re.compile("articles, .* passages"), timeout=400_000
    )
    other.ask(BRIDGE)  # from the index as it was
    assert "at dawn" in other.marked
    assert bar.count(), "it was built before the other could ask: give it more to do"
    rows = visitor.page.locator("#files")
    playwright.expect(rows).to_contain_text("no text in it", timeout=400_000)
    for name, *said in (("llama.md", "taken", "1 article"), ("many.jsonl", "taken", "1,500 articles")):
        row = rows.get_by_role("row").filter(has_text=name).last
        for text in said:
            playwright.expect(row).to_contain_text(text)
    other.ask("Which llama won the race at Ambridge?")
    assert "Lola" in other.marked
    count = int(visitor.page.locator("#summary dd").first.inner_text().replace(",", ""))
    assert count > 1500
    playwright.expect(visitor.page.locator("#head")).to_contain_text(f"{count:,} articles from")
    for name in ("llama.md", "many.jsonl"):
        visitor.page.get_by_label("Files added here").click()
        visitor.page.get_by_role("option", name=name).click()
    visitor.page.keyboard.press("Escape")
    visitor.page.get_by_role("button", name="Remove these").click()
    playwright.expect(visitor.page.locator("#report .found")).to_contain_text("1,501 deleted")
    playwright.expect(visitor.page.get_by_label("Files added here")).to_have_count(0)


@pytest.mark.timeout(1200)  # encodes a thousand passages, on any machine
def test_what_cannot_be_taken_is_said_in_words(visit: Callable[..., Visitor], server: Server) -> None:
    visitor = visit()
    visitor.page.get_by_role("tab", name="Corpus").click()
    drop(visitor, letter_exe="x")
    row = visitor.page.locator("#files").get_by_role("row").filter(has_text="letter.exe").last
    playwright.expect(row).to_contain_text("not a kind that is read")
    assert visitor.page.locator(".toast-wrap").inner_text() == ""
    with FileLock(server.folder / "made.qa" / "LOCK"):
        drop(visitor, llama_md="The llama Lola won the race.")
        said = visitor.page.locator("#report [role=alert]")
        playwright.expect(said).to_contain_text("Another process is writing")
        playwright.expect(said).to_contain_text("The index stays as it was.")
    assert not (server.folder / "made.qa" / "added" / "llama.md").exists()


@pytest.mark.timeout(1200)  # encodes a thousand passages, on any machine
def test_rebuild_reports_each_file_and_keeps_answering(visit: Callable[..., Visitor], folder: Path) -> None:
    visitor, other = visit(), visit()
    write(folder / "articles.jsonl", (*ARTICLES[:2], {**ARTICLES[2], "text": "A zebra slept."}))
    visitor.page.get_by_role("tab", name="Corpus").click()
    visitor.page.get_by_role("button", name="Look for changes").click()
    playwright.expect(visitor.page.locator("#foreseen")).to_contain_text("would leave 3 articles: 1 changed")
    visitor.page.get_by_role("button", name="Update the index").click()
    other.ask(BRIDGE)
    playwright.expect(visitor.page.locator("#report .found")).to_contain_text("3 articles")
    report = visitor.page.locator("#files")
    for what in ("changed", "unchanged"):
        playwright.expect(report).to_contain_text(what)
    visitor.page.get_by_label("Find articles").press_sequentially("slept")  # a word of the text alone
    playwright.expect(visitor.page.locator("#articles")).to_contain_text("1 of 3 articles")
    visitor.page.locator("#articles td button").click()
    playwright.expect(visitor.page.locator("#library-reader .whole")).to_have_text("A zebra slept.")
    visitor.page.keyboard.press("Escape")
    playwright.expect(visitor.page.locator("#articles td button")).to_have_count(1)
    visitor.page.get_by_label("Find articles").fill("")
    visitor.page.get_by_role("button", name="Title", exact=True).click()
    playwright.expect(visitor.page.locator("#articles td button").first).to_contain_text("Bakery")


def test_programs_have_names_and_documents(address: str) -> None:
    endpoints = httpx.get(f"{address}/gradio_api/info", timeout=20).json()["named_endpoints"]
    assert set(endpoints) == {"/ask", "/search", "/articles", "/info", "/read", "/corpora"}
    names = [parameter["parameter_name"] for parameter in endpoints["/ask"]["parameters"]]
    assert names == ["question", "top_k", "since", "until", "sources", "as_of", "after", "corpus"]
    assert "exact quotation" in endpoints["/ask"]["description"]


def test_a_program_asks(address: str) -> None:
    client = pytest.importorskip("gradio_client").Client(address, verbose=False)
    assert "dawn" in client.predict(question=BRIDGE, api_name="/ask")["answer"]["text"]
    assert client.predict(text="bread", api_name="/search")[0]["article"] == "bakery"
    with pytest.raises(Exception, match="expected a day"):
        client.predict(question=BRIDGE, since="yesterday", api_name="/ask")


def test_other_hosts_and_frames_are_refused(address: str) -> None:
    assert httpx.get(address, headers={"Host": "evil.example"}).status_code == 400
    assert httpx.get(address, headers={"Origin": "https://evil.example"}).status_code == 403
    assert httpx.get(f"{address}/monitoring").status_code == 404


def test_what_is_put_into_the_page_neither_runs_nor_calls(visit: Callable[..., Visitor]) -> None:
    """The second wall: were an article's HTML rendered after all, the policy would still hold."""
    visitor = visit()
    visitor.page.evaluate(
        """() => {
        window.blocked = [];
        document.addEventListener('securitypolicyviolation', event => blocked.push(event.effectiveDirective));
        const put = document.createElement('div');
        put.innerHTML = "<img src='/x' onerror='window.hacked = 1'><img src='https://evil.example/seen'>"
            + "<iframe src='https://evil.example'></iframe>"
            + "<form action='https://evil.example'><button id='phish'>Log in</button></form>";
        document.body.prepend(put);
        const script = document.createElement('script');
        script.textContent = 'window.hacked = 2';
        document.body.append(script);
        fetch('https://evil.example').catch(() => {});
        document.getElementById('phish').click();
        }"""
    )
    visitor.page.wait_for_timeout(1000)
    wanted = {"img-src", "frame-src", "form-action", "script-src-attr", "script-src-elem", "connect-src"}
    assert wanted <= set(visitor.page.evaluate("window.blocked"))
    assert visitor.page.evaluate("window.hacked") is None


def test_no_other_site_can_frame_the_page(visit: Callable[..., Visitor], address: str) -> None:
    page = visit().page
    page.set_content(f"<iframe src='{address}'></iframe>")
    page.wait_for_timeout(1000)
    assert not [frame for frame in page.frames if frame.url.startswith(address) and frame.parent_frame]


def test_the_server_calls_no_other_machine(visit: Callable[..., Visitor], server: Server) -> None:
    visit().ask(BRIDGE)
    assert server.called == []
