"""The report says what the run says, draws it to scale, and takes no text for markup."""

import re
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from qa.evaluation.evaluate import Evaluation, Trial, evaluate
from qa.evaluation.metrics import Run
from qa.evaluation.questions import Question
from qa.evaluation.report.charts import Bar, columns, histogram, whisker
from qa.evaluation.report.document import document, write_report

HOSTILE = '<script>alert(1)</script> <img src=x onerror="alert(2)"> \u202eback \x00\x1b[2J \ud800 </style>'


def line(articles: str, answer: str | None = None, answerable: float = 0.5, ms: float = 10) -> dict[str, Any]:
    return {
        "passages": [
            {"article": a, "text": f"About {a}.", "title": f"Title {a}", "url": "https://n.example/a?b=1&c=2"}
            for a in articles
        ],
        "answer": {"article": articles[0], "text": answer} if answer else None,
        "answerable": answerable,
        "ms": ms,
    }


QUESTIONS = [
    Question("q1", "First?", frozenset("a"), ("one",)),
    Question("q2", "Second?", frozenset("b"), ("two",)),
    Question("q3", "Third?", frozenset("z"), ("three",)),
]
UNANSWERABLE = [Question("u1", "Unknown?"), Question("u2", "Unheard of?")]
RUN: Run = {
    "q1": line("abc", "It is one.", 0.95, 10),
    "q2": line("acb", "It is one.", 0.85, 20),
    "q3": line("abc", None, 0.15, 30),
    "u1": line("abc", "Surely not.", 0.75, 40),
    "u2": line("abc", None, 0.05, 50),
}
AGAINST: Run = {**RUN, "q1": line("bca"), "q2": line("bac")}


TRIAL = Trial("q.jsonl", QUESTIONS, UNANSWERABLE, RUN, AGAINST)


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return evaluate(TRIAL)


@pytest.fixture(scope="module")
def page(evaluation: Evaluation) -> Any:
    return html.fromstring(document(TRIAL, evaluation))


def text(node: Any) -> str:
    return " ".join(" ".join(node.itertext()).split())


def section(page: Any, name: str) -> Any:
    [found] = page.xpath("//section[h2 = $name]", name=name)
    return found


def test_figures_with_their_intervals(page: Any, evaluation: Evaluation) -> None:
    rows = [[text(cell) for cell in row][:3] for row in page.xpath("//figure//tbody/tr")]
    assert rows == [[f.name, f"{f.value:.3f}", f"{f.low:.3f}–{f.high:.3f}"] for f in evaluation.figures]
    assert ["Success@1", "0.333"] in [row[:2] for row in rows]


def test_charts_hold_the_run(page: Any) -> None:
    said = [title.text for title in page.xpath("//svg//title")]
    assert "rank 1: 1 of 3 questions" in said
    assert "rank 3: 1 of 3 questions" in said
    assert "no relevant article: 1 of 3 questions" in said
    assert "answerable 0.75: 0.00 have an answer (0 with, 1 without)" in said
    assert "answerable 0.95: 1.00 have an answer (1 with, 0 without)" in said
    assert [t.text for t in page.xpath("//svg/text[contains(@class, 'value')]")][-2:] == ["p50 30", "p95 48"]


def test_worst_questions_first(page: Any) -> None:
    items = section(page, "Worst questions").xpath("./ol/li")
    assert [text(item.find("h3")) for item in items] == ["Third?", "Second?"]
    assert "first relevant article: none" in text(items[0])
    facts = dict(zip(map(text, items[1].iter("dt")), items[1].iter("dd"), strict=True))
    assert text(facts["Expected"]) == "two"
    assert text(facts["Given"]) == "It is one. (answerable 0.85)"
    assert text(facts["Relevant"]) == "Title b"
    assert [text(place) for place in facts["Ranked"].iter("li")] == ["Title a", "Title c", "Title b relevant"]
    [q3] = [item for item in items if text(item.find("h3")) == "Third?"]
    assert "no answer (answerable 0.15)" in text(q3)


def test_answers_that_are_none(page: Any) -> None:
    answered = section(page, "Answered without an answer")
    assert "1 of 2 questions" in text(answered)
    assert "Unknown? Surely not. (answerable 0.75)" in text(answered)
    assert "Unheard of?" not in text(answered)


def test_comparison_names_what_moved(page: Any) -> None:
    comparison = section(page, "Comparison")
    moved = [text(item) for item in comparison.xpath(".//ol[@class='moved']/li")]
    assert moved == ["3 → 1 First? Title a", "1 → 3 Second? Title b"]
    headings = [text(heading) for heading in comparison.iter("h3")]
    assert headings == ["Won by nDCG@10: 1", "Lost by nDCG@10: 1"]


def test_without_unanswerable_and_other_run() -> None:
    trial = Trial("q.jsonl", QUESTIONS, [], RUN, note="Said with it.")
    page = html.fromstring(document(trial, evaluate(trial)))
    names = [text(heading) for heading in page.iter("h2")]
    assert names == ["Figures", "First relevant article", "Latency", "Worst questions"]
    assert text(page.find(".//p[@class='note']")) == "Said with it."


def test_nothing_went_wrong() -> None:
    trial = Trial("q.jsonl", QUESTIONS[:1], [], RUN)
    assert "Worst questions" not in document(trial, evaluate(trial))


def test_text_is_never_markup(tmp_path: Path) -> None:
    question = Question(HOSTILE, HOSTILE, frozenset({HOSTILE}), (HOSTILE,))
    bad = line("a", HOSTILE)
    bad["passages"][0] |= {"title": HOSTILE, "source": HOSTILE, "date": HOSTILE, "url": "javascript:alert(1)"}
    trial = Trial(HOSTILE, [question], [Question("u", HOSTILE)], {HOSTILE: bad, "u": bad}, {HOSTILE: bad})
    write_report(trial, evaluate(trial), tmp_path / "out.html")
    made = (tmp_path / "out.html").read_text("utf-8")
    page = html.fromstring(made)
    assert not page.xpath("//script | //img | //iframe | //link | //@src | //a")
    assert not [name for node in page.iter() for name in node.attrib if name.startswith("on")]
    assert made.count("</style>") == 1
    assert "\x1b" not in made
    assert "\x00" not in made


def test_nothing_is_asked_of_another_host(evaluation: Evaluation) -> None:
    made = document(TRIAL, evaluation)
    page = html.fromstring(made)
    assert "default-src 'none'; style-src 'unsafe-inline'" in made
    assert set(page.xpath("//@href")) == {"https://n.example/a?b=1&c=2"}
    assert not re.search(r"url\(|@import", made)


def rectangles(chart: str) -> list[dict[str, str]]:
    return [dict(rectangle.attrib) for rectangle in html.fromstring(chart).iter("rect")]


def test_columns_are_to_scale() -> None:
    drawn = rectangles(
        columns("Name", [Bar("1", 10, "ten"), Bar("2", 5, "five"), Bar("3", 0, "none")], "rank")
    )
    heights = [float(rectangle["height"]) for rectangle in drawn]
    assert heights[0] == pytest.approx(2 * heights[1], abs=0.1)
    assert heights[2] == 0
    feet = {round(float(rectangle["y"]) + float(rectangle["height"])) for rectangle in drawn}
    assert len(feet) == 1


@pytest.mark.parametrize("values", [[0.0], [0.2, 0.9], [12.0, 7_000.0], [3.0] * 500])
def test_a_histogram_holds_every_value(values: list[float]) -> None:
    chart = histogram("Name", values, {"p50": values[0], "p95": values[-1]}, "ms")
    said = [title.text for title in html.fromstring(chart).iter("title")]
    assert sum(int(one.rpartition(" ")[2]) for one in said) == len(values)
    for rectangle in rectangles(chart):
        assert 0 <= float(rectangle["y"]) <= 230
        assert 0 <= float(rectangle["x"]) <= 360


def test_a_whisker_spans_its_interval() -> None:
    drawn = html.fromstring(whisker(0.5, 0.25, 0.75, 0, 1))
    [interval] = drawn.xpath("//line[@class='interval']")
    assert (interval.get("x1"), interval.get("x2")) == ("31.0", "89.0")
    assert drawn.find(".//circle").get("cx") == "60.0"
    [zero] = html.fromstring(whisker(0.5, 0.25, 0.75, -1, 1)).xpath("//line[@class='zero']")
    assert zero.get("x1") == "60.0"
