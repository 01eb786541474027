"""The comparison as a table: what the libraries' processes told, measured as `qa eval` measures."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.peers.peer import Outcome
from benchmarks.quality import row
from qa.evaluation.metrics import Figure, Run, figures, measure
from qa.evaluation.questions import Question

HEADINGS = (
    "library",
    "indexed, passages/s",
    "processor time for 1,000",
    "peak memory indexing",
    "peak memory asked",
    "cold first answer",
    "search p50",
    "answer p50",
    "nDCG@10",
    "Success@1",
    "unanswerable refused",
    "answerable refused",
    "exact span",
)
NONE = "-"


@dataclass(frozen=True, slots=True)
class Timed:
    """One process: when it was started, in the clock of its outcome, and what it told."""

    started: float
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Entry:
    """What was seen of one library."""

    name: str
    index: Timed
    from_articles: bool
    """Whether its time to index begins with the process, at unread articles; else with the model loaded."""
    firsts: Sequence[Timed]
    asked: Outcome

    @property
    def indexing_s(self) -> float:
        begun = self.index.started if self.from_articles else self.index.outcome.ready
        return self.index.outcome.done - begun

    @property
    def cold_s(self) -> float:
        return median(first.outcome.done - first.started for first in self.firsts)


def run_of(outcome: Outcome, owners: Sequence[str], questions: Sequence[Question]) -> Run:
    """The rankings as a run of `qa eval`; `owners` names the article of each passage."""
    return {
        question.id: {
            "answer": None,
            "passages": [{"article": owners[n], "text": ""} for n in outcome.rankings[question.id]],
        }
        for question in questions
    }


def quality(outcome: Outcome, owners: Sequence[str], questions: Sequence[Question]) -> dict[str, Figure]:
    values = measure(questions, run_of(outcome, owners, questions))
    return {figure.name: figure for figure in figures(values)}


def table(
    entries: Sequence[Entry],
    owners: Sequence[str],
    questions: Sequence[Question],
    unanswerable: Sequence[Question],
) -> str:
    """One line of Markdown for each library, below HEADINGS."""
    lines = [row(*HEADINGS), row(*["---"] * len(HEADINGS))]
    for entry in entries:
        made = quality(entry.asked, owners, questions)
        answers = bool(entry.asked.ask_ms)
        lines.append(
            row(
                entry.name,
                f"{len(owners) / entry.indexing_s:.0f}",
                f"{1000 * entry.index.outcome.cpu_s / len(owners):.0f} s",
                f"{entry.index.outcome.megabytes:,.0f} MB",
                f"{entry.asked.megabytes:,.0f} MB",
                f"{entry.cold_s:.2f} s",
                f"{median(entry.asked.search_ms):.0f} ms",
                f"{median(entry.asked.ask_ms):.0f} ms" if answers else NONE,
                f"{made['nDCG@10'].value:.3f}",
                f"{made['Success@1'].value:.3f}",
                *(_refused(entry.asked, asked) for asked in (unanswerable, questions)),
                "yes" if answers else "no",
            )
        )
    return "\n".join(lines)


def _refused(outcome: Outcome, questions: Sequence[Question]) -> str:
    """How many got nothing: no answer where a library answers, else no passage."""
    if outcome.ask_ms:
        got = set(outcome.answered)
    else:
        got = {id for id, ranking in outcome.rankings.items() if ranking}
    return f"{sum(question.id not in got for question in questions)} of {len(questions)}"
