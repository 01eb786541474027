"""What the page shows, without Gradio: pure functions from results to what the components get."""

import json
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest

from embeddings.build.report import Progress, Report
from embeddings.errors import NoIndexError, QAError, QueryError
from embeddings.index.records import Kept
from embeddings.types import Article, Filter, Passage, Skipped
from qa.types import Answer, RankedPassage, Result, Short, Signals
from qa.web import api, cards, reasons, server, timeline, turns, updates
from qa.web.security import guard
from qa.web.tabs import ask, evidence, library
from qa.web.turns import Turn
from qa.wording import markup
from qa.wording.safe_text import isolated

TEXT = "The storm came at night. The old bridge fell at dawn. Nobody was hurt & <b>all</b> was well."
HOSTILE = (
    "<script>window.hacked=1</script> <img src=x onerror='window.hacked=1'> ${window.hacked=1} {{value}} "
    "[a](javascript:alert(1)) | a | b |\n|---|---|\n $$x^2$$ </blockquote></article> \u202eright to left "
)


def signals(**values: float) -> Signals:
    known = dict.fromkeys(Signals.__dataclass_fields__, 0.0)
    return Signals(**{**known, **values})


def ranked(article: Article, start: int, end: int, rank: int = 1, **values: float) -> RankedPassage:
    return RankedPassage(rank, Passage(rank, article, start, end), 1.0 / rank, signals(**values))


def article(text: str = TEXT, pages: tuple[int, ...] = (), **fields: str | None) -> Article:
    known: dict[str, Any] = {
        "url": "https://www.example.org/a",
        "date": "2022-11-03",
        "source": "The Paper",
    }
    return Article("a.md", "A bridge", text, pages=pages, **{**known, **fields})


def result(
    text: str = TEXT, found: str | None = "The old bridge fell at dawn.", **fields: str | None
) -> Result:
    of = article(text, (), **fields)
    start = text.index(found) if found else 0
    answer = Answer(of, start, start + len(found), 2) if found else None
    first = ranked(article("Another text.", date=None), 0, 8, 1, dense=0.5)
    return Result(
        "Which bridge fell?",
        "Which bridge fell?",
        answer,
        0.9,
        (first, ranked(of, 0, len(text), 2, dense=0.25)),
        1.0,
    )


class Seen(HTMLParser):
    """The elements and the text of some HTML, as a browser would see them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.marked = ""
        self._in_mark = False
        self.feed(str(html))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value for name, value in attrs if name in ("href", "src")]
        self._in_mark |= tag == "mark"

    def handle_endtag(self, tag: str) -> None:
        self._in_mark &= tag != "mark"

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._in_mark:
            self.marked += data


ASKED = frozenset({"bridge"})


def bridge(word: str, language: str | None = None, /) -> str | None:
    return "bridge" if word.casefold() == "bridge" else None


def test_pieces_are_the_passage_and_the_answer_exactly() -> None:
    start, end = TEXT.index("The old"), TEXT.index("dawn.") + 5
    short = Short(TEXT.index("at dawn"), end - 1)
    cut = cards.pieces(TEXT, (4, len(TEXT) - 3), Answer(article(), start, end, 1, short), bridge)
    assert "".join(piece.text for piece in cut) == TEXT[4:-3]
    assert "".join(piece.text for piece in cut if piece.answer) == TEXT[start:end]
    assert "".join(piece.text for piece in cut if piece.short) == "at dawn"
    assert [piece.text for piece in cut if piece.word] == ["bridge"]


@pytest.mark.parametrize("answer", [None, (0, 3), (len(TEXT) - 2, len(TEXT)), (0, len(TEXT)), (5, 5)])
def test_pieces_hold_for_any_answer(answer: tuple[int, int] | None) -> None:
    given = Answer(article(), *answer, 1, Short(*answer)) if answer else None
    cut = cards.pieces(TEXT, (2, 30), given, bridge)
    assert "".join(piece.text for piece in cut) == TEXT[2:30]


def test_the_mark_is_the_span() -> None:
    of = result()
    shown = Seen(turns.opened(of, of.passages[1], bridge))
    assert of.answer
    assert "data-page" not in shown.attributes
    assert shown.marked == of.answer.text
    assert TEXT in shown.text
    assert Seen(cards.card(of.passages[1], of.passages, of.answer, ASKED, bridge)).marked == of.answer.text


def test_pages_are_cited_and_shown_where_they_begin() -> None:
    """The second and third page begin in the answer, the fourth behind the passage, the last one is blank."""
    at = TEXT.index("bridge")
    begins = (at, at, len(TEXT) - 2, len(TEXT))
    plain = result()
    assert plain.answer
    of = replace(plain, answer=replace(plain.answer, article=article(pages=begins)))
    place = ranked(article(pages=begins), 0, len(TEXT) - 4, 2)
    of = replace(of, passages=(place,))
    html = str(turns.opened(of, place, bridge))
    assert Seen(html).text.endswith(TEXT)
    assert Seen(html).marked == plain.answer.text
    assert re.findall(r'data-page="(\d+)"></span>([^<]*)(?=<u>bridge|<)', html) == [
        ("3", ""),
        ("4", TEXT[-2:]),
    ]
    assert "pp. 1-3" in Seen(cards.card(place, [place], of.answer, ASKED, bridge)).text
    assert turns.citations(of).endswith(
        "A bridge, The Paper, 3 November 2022, pp. 1-3, https://www.example.org/a"
    )
    assert "3 November 2022 · pp. 1-3 · https://" in turns.as_markdown(of)
    assert turns.reply(Turn("?", Filter(), of))[-1] == "A bridge — The Paper · 3 November 2022 · pp. 1-3"


def test_an_answer_is_not_marked_in_another_article() -> None:
    of = result()
    assert cards.inside_of(of.passages[0], of.answer) is None


def test_passages_keep_their_ranks_and_those_that_do_not_bear_on_the_question_are_folded_away() -> None:
    of = result()
    far = [ranked(article(text), 0, len(text), rank) for rank, text in ((3, "A cup."), (4, "The bridge."))]
    untitled = [
        replace(one, passage=replace(one.passage, article=replace(one.passage.article, title="")))
        for one in far
    ]
    turn = Turn("?", Filter(), replace(of, passages=(*of.passages, *untitled)), ASKED)
    assert turns.bearing(turn, bridge) == [True, True, False, True]
    agreeing = Answer(untitled[0].passage.article, 2, 5, 3)
    said = replace(turn, result=replace(turn.result or of, agreeing=(agreeing,)))
    assert turns.bearing(said, bridge) == [True, True, True, True]
    assert turns.bearing(replace(turn, terms=ASKED | {"fell", "dawn"}), bridge) == [True, True, False, False]
    assert [Seen(card).text[:1] for card in evidence.cards(turn)] == ["1", "2", "3", "4"]


def test_hostile_text_stays_text() -> None:
    hostile = Article(HOSTILE, HOSTILE, HOSTILE, "javascript:alert(1)", HOSTILE, HOSTILE)
    place = ranked(hostile, 0, len(HOSTILE), dense=1.0)
    of = Result(HOSTILE, HOSTILE, Answer(hostile, 0, 20, 1), 1.0, (place,), 1.0)
    turn = Turn(HOSTILE, Filter(HOSTILE, None, (HOSTILE,)), of)
    whole = turns.lead(turn) + evidence.cards(turn)[0] + turns.opened(of, place, bridge)
    shown = Seen(whole)
    assert isolated(HOSTILE) in shown.text
    assert not {"script", "img", "b", "form", "a"} & set(shown.tags)
    assert not shown.links
    assert not any(name.startswith("on") for name in shown.attributes)
    for message in turns.messages([turn]):
        parts = message["content"]
        for text in [parts] if isinstance(parts, str) else [part["text"] for part in parts]:
            assert "<" not in text


@pytest.mark.parametrize(
    "url",
    [
        *(
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "//x.org/a",
        ),
        *("/a", "", None, "https://", "https://bank.example@evil.org/", "https://x.org/\n", "https://[x"),
        *(
            "ht tp://x.org",
            "https://x.org/ a",
            "\x01javascript:alert(1)",
            "vbscript:x",
            "https://x.org/\u202e",
        ),
    ],
)
def test_no_link_but_http(url: str | None) -> None:
    assert markup.safe_address(url) is None
    assert markup.link(url) is None


def test_a_link_names_its_host_and_tells_it_nothing() -> None:
    made = Seen(str(markup.link('https://www.example.org/a?b=1&c="d"')))
    assert made.text == "example.org ↗"
    assert made.links == ['https://www.example.org/a?b=1&c="d"']
    assert "rel" in made.attributes


@pytest.mark.parametrize(
    ("asked", "values", "said"),
    [
        ({"bridge"}, {"dense": 0.6}, ["has the word that counts", "closest in meaning"]),
        ({"bridge", "fell"}, {"dense": 0.46}, ["has 1 of 2 words that count", "close in meaning"]),
        ({"fell", "dawn"}, {"dense": 0.44}, ["has none of 2 words that count"]),
        ({"fell"}, {"date": 1.0}, ["lacks the word that counts", "of the days asked about"]),
        (set(), {"date": 0.5}, ["near the days asked about"]),
        (set(), {"date": 0.3, "dense": -0.1}, []),
    ],
)
def test_why_a_passage_ranks_is_said_in_words(
    asked: set[str], values: dict[str, float], said: list[str]
) -> None:
    """The title has the word `bridge`; the cosine of the other passage is 0.5."""
    place = ranked(article(), 0, 5, 1, **values)
    among = [place, ranked(article(), 0, 5, 2, dense=0.5)]
    term = bridge if "bridge" in asked else lambda *_: None
    assert reasons.reasons(place, among, frozenset(asked), term) == said


def test_the_reply_is_the_answer_with_its_origin() -> None:
    said = turns.reply(Turn("?", Filter(), result()))
    assert said == ["The old bridge fell at dawn.", "A bridge — The Paper · 3 November 2022"]


def test_no_answer_is_said_plainly() -> None:
    turn = Turn("?", Filter(), result(found=None))
    assert turns.reply(turn) == ["The corpus does not seem to answer this.", turns.RELATED]
    assert "Related passages" in turns.lead(turn)
    assert "mark" not in Seen("".join(evidence.cards(turn))).tags


def test_an_error_is_one_line_in_the_conversation() -> None:
    turn = Turn("?", Filter(), error="since is '2022-13-01', expected a day")
    assert turns.reply(turn) == ["Since is '2022-13-01', expected a day."]
    assert evidence.cards(turn) == []


def test_each_message_belongs_to_its_turn() -> None:
    three = [Turn(str(number), Filter(), result()) for number in range(3)]
    said = turns.messages(three)
    assert [three[turns.turn_of(at)].question for at in range(len(said))] == list("001122")


def test_a_conversation_forgets_its_beginning() -> None:
    kept: tuple[Turn, ...] = ()
    for number in range(turns.KEPT + 5):
        kept = turns.extended(kept, Turn(str(number), Filter()))
    assert len(kept) == turns.KEPT
    assert kept[-1].question == str(turns.KEPT + 4)


def test_what_is_taken_away() -> None:
    of = result()
    expected = (
        "“The old bridge fell at dawn.” A bridge, The Paper, 3 November 2022, https://www.example.org/a"
    )
    assert turns.citations(of) == expected
    assert "> The old bridge fell at dawn." in turns.as_markdown(of)
    assert json.loads(turns.as_json(of))["answer"]["text"] == "The old bridge fell at dawn."


def test_narrowing_in_words() -> None:
    assert turns.narrowed(Filter("2022-11-01", None, ("CNN",))) == "Only since 1 November 2022; CNN"
    assert turns.narrowed(Filter(None, "2022-11-01")) == "Only until 1 November 2022"


def test_timeline_counts_days_and_gives_back_those_chosen() -> None:
    days = ("2022-11-03", "2022-11-01", "2022-11-03")
    bars = timeline.timeline(days)
    assert [(bar.name, bar.count) for bar in bars] == [
        ("1 November 2022", 1),
        ("2 November 2022", 0),
        ("3 November 2022", 2),
    ]
    assert timeline.days_within("2022-10-31/2022-11-02", [None, *days]) == ("2022-11-01", "2022-11-01")
    assert timeline.days_within("/", days) == timeline.days_within("nonsense", days) == ("", "")


@pytest.mark.parametrize(
    ("days", "unit", "bars", "first", "last"),
    [
        (("2022-01-01", "2022-02-14"), "day", 45, "1 January 2022", "14 February 2022"),
        (
            ("2022-11-03", "2022-12-31"),
            "week",
            9,
            "31 October 2022 to 6 November 2022",
            "26 December 2022 to",
        ),
        (("2021-02-28", "2022-12-31"), "month", 23, "February 2021", "December 2022"),
        (("1990-12-31", "2024-02-29"), "year", 35, "1990", "2024"),
        (("1912-04-15", "2022-12-31"), "5 years", 23, "1910 to 1914", "2020 to 2024"),
        (("0001-01-01", "9999-12-31"), "250 years", 40, "1 to 249", "9750 to 9999"),
        (("1500-01-01", "9999-12-31"), "250 years", 34, "1500 to 1749", "9750 to 9999"),
        (("9999-12-31", "9990-01-01"), "year", 10, "9990", "9999"),
    ],
)
def test_long_times_are_counted_in_longer_stretches(
    days: tuple[str, str], unit: str, bars: int, first: str, last: str
) -> None:
    made = timeline.timeline(days)
    assert (made[0].unit, len(made), made[0].name) == (unit, bars, first)
    assert made[-1].name.startswith(last)
    assert [bar.count for bar in made if bar.count] == [1, 1]
    assert all(bar.until.toordinal() + 1 == after.since.toordinal() for bar, after in pairwise(made))


def test_no_stretch_of_days_has_bars_too_thin_to_hit() -> None:
    for last in (1, 44, 45, 46, 400, 20_000, 400_000, 3_652_059):
        for first in (1, last // 2 + 1, last):
            days = (date.fromordinal(first).isoformat(), date.fromordinal(last).isoformat())
            made = timeline.timeline(days)
            assert 0 < len(made) <= 45
            assert sum(bar.count for bar in made) == 2


def test_bars_are_buttons_that_say_what_they_stand_for() -> None:
    bars = timeline.timeline(("2022-11-03", "2022-11-01", "2022-11-03"))
    shown = Seen(timeline.chart(bars, narrowed=True))
    assert shown.tags.count("button") == 3
    assert 'data-days="2022-11-03/2022-11-03"' in timeline.chart(bars, narrowed=False)
    assert "3 November 2022: 2 passages" in timeline.chart(bars, narrowed=False)
    assert timeline.chart(bars[:1], narrowed=False) == timeline.chart([], narrowed=False) == ""


@pytest.mark.parametrize(
    ("days", "marks"),
    [
        (("2022-11-03", "2022-11-01"), {0: "Nov 2022"}),
        (("2022-10-30", "2022-11-04"), {0: "Oct 2022", 2: "Nov 2022"}),
        (("2021-01-05", "2022-12-05"), {0: "2021", 12: "2022"}),
        (("2022-01-03", "2022-07-04"), {0: "Jan 2022", 5: "Feb 2022", 13: "Apr 2022", 22: "Jun 2022"}),
        (("1980-01-03", "2019-07-04"), {0: "1980", 7: "1987", 14: "1994", 21: "2001", 28: "2008"}),
    ],
)
def test_below_the_bars_stands_where_a_month_or_a_year_begins(
    days: tuple[str, ...], marks: dict[int, str]
) -> None:
    assert dict(filter(lambda at: at[1], enumerate(timeline.axis(timeline.timeline(days))))) == marks


def test_the_report_names_every_file() -> None:
    def kept(id: str, content: bytes) -> Kept:
        return Kept(id, content, b"", 0, 1)

    before = {id: kept(id, b"1") for id in ("same", "gone", "other")}
    after = {"same": kept("same", b"1"), "other": kept("other", b"2"), "new": kept("new", b"3")}
    skipped = (
        Skipped("asked.jsonl", "no article, but 2 questions", questions=True),
        Skipped("x.bin", "unknown ending"),
    )
    report = Report(1, 1, 0, 1, 1, articles=3, passages=3, encoded=2, skipped=skipped, seconds=1.0)
    assert updates.report_rows(report, before, after) == [
        ["x.bin", "skipped", "unknown ending"],
        ["gone", "deleted", ""],
        ["new", "added", ""],
        ["other", "changed", ""],
        ["same", "unchanged", ""],
        ["asked.jsonl", "questions", ""],
    ]
    assert "1 added, 1 changed, 1 deleted, 1 unchanged), 1 skipped" in updates.counts(report)


def test_progress_says_what_is_left() -> None:
    at = Progress(1000, 5000, 0.5)
    assert updates.progress_text(at, 0.25, 10) == "1,000 articles, 5,000 passages, 30 s left"
    assert updates.progress_text(at, 0.0, 10) == "1,000 articles, 5,000 passages"
    assert updates.progress_text(Progress(1, 5, 1.0), 0.5, 10) == "1 articles, 5 passages"


def test_articles_are_found_by_all_words() -> None:
    listed = [article(), article(source="Another")]
    assert library.matching(listed, "another bridge", frozenset()) == listed[1:]
    assert library.matching(listed, "dawn", frozenset({"a.md"})) == listed
    assert library.matching(listed, "dawn", frozenset()) == []


def test_articles_are_listed_a_page_at_a_time_in_the_order_that_is_chosen() -> None:
    every = [
        replace(article(date=f"2022-01-{n % 28 + 1:02}"), id=f"n{n}", title=f"Title {n:02}")
        for n in range(60)
    ]
    newest = Seen(library.listed(every, 60, library.View()))
    assert "1 to 50 of 60 articles" in newest.text
    assert newest.text.index("Title 55") < newest.text.index("Title 10")
    by_title = library.View().after("sort:title")
    rest = Seen(library.listed(every, 60, by_title.after("page:50")))
    assert [f"Title {n:02}" in rest.text for n in (49, 50, 59)] == [False, True, True]
    assert by_title.after("sort:title").falls
    assert by_title.after("page:x") == by_title.after("sort:x") == by_title.after("open:n1") == by_title
    beyond = library.listed(every[:3], 60, library.View(first=50))
    assert "3 of 60 articles" in beyond
    hostile = Seen(
        library.listed([replace(article(), id=HOSTILE, title=HOSTILE, source=HOSTILE)], 1, by_title)
    )
    assert "script" not in hostile.tags
    assert not {"onerror", "onclick"} & hostile.attributes


class StubQA:
    """Stands for LiveCorpora where nothing may be opened."""

    def ask(
        self, question: str, top_k: int, narrow: Filter, before: Result | None, corpus: str | None
    ) -> Turn:
        if len(question) > 9:
            raise QueryError("the question is too long")
        return Turn(question, narrow, result(), corpus=corpus)

    def result(
        self, question: str, top_k: int, narrow: Filter, after: str | None, corpus: str | None
    ) -> Result:
        return result()

    def articles(self, corpus: str | None) -> tuple[tuple[str | None, Article], ...]:
        return ((None, article()), ("Sport", article(source="Another")))

    def article(self, id: str, corpus: str | None) -> tuple[str | None, Article] | None:
        return (None, article()) if id == "a.md" else None

    def info(self, corpus: str | None) -> dict[str, object]:
        raise NoIndexError("there is no index")


def test_errors_become_turns() -> None:
    stub: object = StubQA()
    turn = ask.answered(stub, "a long question", None, "", "", "", [], 5)  # type: ignore[arg-type]
    assert turn.error == "the question is too long"
    turn = ask.answered(stub, "short", None, "2022-11-01", "", "2022-12-01", ["CNN"], 5)  # type: ignore[arg-type]
    assert turn.narrow == Filter("2022-11-01", None, ("CNN",), "2022-12-01")
    said = "As of 1 December 2022. Only 1 November 2022 to 1 December 2022; CNN"
    assert turns.narrowed(Filter("2022-11-01", "2022-12-01", ("CNN",), "2022-12-01")) == said
    assert turns.narrowed(Filter(as_of="2022-12-01")) == "As of 1 December 2022"


def test_copies_are_named_on_the_card() -> None:
    copies = [article(source=f"Paper {n}", date="2022-11-04") for n in range(7)]
    place = replace(ranked(article(), 0, 8), also=tuple(copies))
    shown = Seen(cards.card(place, [place], None, ASKED, bridge))
    assert "Paper 0 · 4 November 2022" in shown.text
    assert "Paper 4" in shown.text
    assert "Paper 5" not in shown.text
    assert "and 2 more" in shown.text


def test_programs_get_the_same_and_one_line_where_it_fails() -> None:
    ask, _, articles, read, info, _ = api.functions(StubQA(), ValueError)  # type: ignore[arg-type]
    assert ask("?")["answer"]["text"] == "The old bridge fell at dawn."
    assert [(found["source"], found["corpus"]) for found in articles("another")] == [("Another", "Sport")]
    assert "corpus" not in articles()[0]
    assert read("a.md", 4, 9)["text"] == TEXT[4:9]
    with pytest.raises(ValueError, match=r"no article has the id 'b\.md'"):
        read("b.md")
    with pytest.raises(ValueError, match="no index"):
        info()
    with pytest.raises(ValueError, match="expected 100 at most"):
        ask("?", top_k=10**9)


def test_only_the_hosts_that_were_asked_for() -> None:
    assert "127.0.0.1" in guard.allowed_hosts("127.0.0.1")
    assert "news.lan" in guard.allowed_hosts("news.lan")
    assert "*" not in guard.allowed_hosts("news.lan")


def test_no_index_is_said_before_serving(tmp_path: object) -> None:
    with pytest.raises(NoIndexError):
        server.serve(f"{tmp_path}/none")


def test_a_port_in_use_is_one_clear_error() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(QAError, match=r"cannot listen on 127.0.0.1:\d+ .*--port"):
            server._check_port("127.0.0.1", taken.getsockname()[1])
