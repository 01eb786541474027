"""article-qa beside txtai, LlamaIndex and Haystack: same encoder, same passages, in one go.

`make bench-peers` installs the others, each in an environment of its own in the folder PEERS; nothing is
fetched while this runs. SET names a set in NEWSQA (`mini`), ARTICLES takes only so many of it: the relevant
ones and the first others. Arguments name some of the libraries. Each indexes in one process, opens its index
for a first question in three, and answers all in a last one.
"""

import gzip
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from time import gmtime, monotonic, strftime

import numpy as np

from benchmarks.peers.peer import Outcome, Task
from benchmarks.peers.table import Entry, Timed, table
from benchmarks.quality import SHAPE
from embeddings.encoders.models import DEFAULT_MODEL, forbid_network, model_folder
from embeddings.errors import QAError
from embeddings.index.index import ArticleIndex
from qa import QA
from qa.evaluation.questions import Question, read_questions

ROOT = Path(__file__).parents[2]
OURS = "article_qa"
PEERS = ("txtai", "llama_index", "haystack")
NAMES = {OURS: "article-qa", "txtai": "txtai", "llama_index": "LlamaIndex", "haystack": "Haystack"}
COLD = 3


def main(peers: Sequence[str]) -> int:
    folder = Path(os.environ.get("NEWSQA", "../shared/newsqa"), os.environ.get("SET", "mini")).resolve()
    if not (folder / "articles.jsonl.gz").is_file():
        print(f"{folder} is missing\n{SHAPE}")
        return 0
    pythons = {OURS: Path(sys.executable), **{name: _python(name) for name in peers}}
    questions = read_questions(folder / "questions.jsonl")
    unanswerable = read_questions(folder / "unanswerable.jsonl")
    forbid_network()
    with tempfile.TemporaryDirectory() as place:
        asked = {question.id: question.question for question in (*questions, *unanswerable)}
        passages = Path(place, "passages.jsonl")
        articles = chosen(folder / "articles.jsonl.gz", questions, Path(place))
        task = Task(str(model_folder(DEFAULT_MODEL)), str(articles), str(passages), "", asked)
        _convert_the_model(task, Path(place))
        entries, owners = [], list[str]()
        for name, python in pythons.items():
            its = replace(task, index=f"{place}/{name}")
            try:
                entry = _entry(name, python, its, Path(place))
            except _Failed as error:
                if name == OURS:
                    raise  # the others index its passages
                print(error, file=sys.stderr, flush=True)
                continue
            if name == OURS:
                owners = export(QA.open(its.index).index, passages)
            entries.append(entry)
            _progress(entry)
        counts = f"{len(set(owners))} articles, {len(owners)} passages, {len(questions)} questions"
        print(f"\n{strftime('%d %B %Y', gmtime())}, {folder.name}: {counts}\n")
        print(table(entries, owners, questions, unanswerable))
        print()
        for entry in entries:
            print(f"{entry.name}: {', '.join(f'{n} {v}' for n, v in entry.asked.versions.items())}")
    return 0


class _Failed(QAError):
    """One library's process ended badly: the others are measured all the same."""


def chosen(file: Path, questions: Sequence[Question], place: Path) -> Path:
    """The articles to index: all, or as many as ARTICLES says, the relevant ones first."""
    if "ARTICLES" not in os.environ:
        return file
    relevant = frozenset[str]().union(*(question.relevant for question in questions))
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        listed = sorted(lines, key=lambda line: json.loads(line)["id"] not in relevant)
    part = place / "articles.jsonl.gz"
    with gzip.open(part, "wt", encoding="utf-8") as kept:
        kept.writelines(listed[: int(os.environ["ARTICLES"])])
    return part


def export(index: ArticleIndex, file: Path) -> list[str]:
    """Write the passages of an index, a JSON object a line; the article of each."""
    passages = index.catalog.passages(np.arange(index.catalog.passage_count))
    with file.open("w", encoding="utf-8") as lines:
        for passage in passages:
            article = passage.article
            told = {"article": article.id, "title": article.title, "text": passage.text}
            lines.write(json.dumps(told) + "\n")
    return [passage.article.id for passage in passages]


def _entry(name: str, python: Path, task: Task, place: Path) -> Entry:
    return Entry(
        NAMES[name],
        _process(name, python, "index", task, place),
        name == OURS,
        [_process(name, python, "first", task, place) for _ in range(COLD)],
        _process(name, python, "ask", task, place).outcome,
    )


def _process(name: str, python: Path, step: str, task: Task, place: Path) -> Timed:
    """Raises _Failed, with the last lines it wrote, where the process fails."""
    asked, told = place / "task.json", place / "outcome.json"
    asked.write_text(json.dumps(asdict(task)), "utf-8")
    quiet = {"HAYSTACK_TELEMETRY_ENABLED": "False", "PYTHONPATH": ""}
    started = monotonic()
    done = subprocess.run(
        [python, "-m", f"benchmarks.peers.{name}", step, asked, told],
        cwd=ROOT,
        env=os.environ | quiet,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise _Failed(f"{NAMES[name]} failed at {step}: {done.stderr[-2000:]}")
    return Timed(started, Outcome(**json.loads(told.read_text("utf-8"))))


def _python(name: str) -> Path:
    environment = Path(os.environ.get("PEERS", "~/.cache/article-qa/peers")).expanduser() / name
    if not (environment / "installed").is_file():
        raise QAError(f"{environment} lacks {NAMES[name]}: run `make bench-peers`, which installs it")
    return environment / "bin" / "python"


def _convert_the_model(task: Task, place: Path) -> None:
    """It is done once, with the first index ever, and kept."""
    one = place / "one.jsonl"
    with gzip.open(task.articles, "rt", encoding="utf-8") as lines:
        one.write_text(next(lines), "utf-8")
    _process(
        OURS, Path(sys.executable), "index", replace(task, articles=str(one), index=f"{place}/one"), place
    )


def _progress(entry: Entry) -> None:
    """How long it took and how busy the machine was: other work shows in the load."""
    rate = f"{entry.indexing_s:.0f} s, {entry.index.outcome.cpu_s:.0f} s of processor time"
    load = ", ".join(f"{average:.1f}" for average in os.getloadavg())
    print(f"{entry.name}: indexed in {rate}; load averages now {load}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:] or PEERS))
    except QAError as error:
        sys.exit(f"benchmarks.peers: {error}")
