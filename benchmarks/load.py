"""Many clients ask one `qa chat` while its index is updated twice and rebuilt once: `make load-test`.

Every generation of the corpus lists the articles in another order, names itself as the publisher of each, and
says its number in the text of one. So an answer that was put together from two generations shows: its
passages name two, or their text or scores are not those of that generation's other answers to the question.
"""

import asyncio
import json
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from embeddings.sources.corpus import Corpus
from embeddings.types import Article
from qa.evaluation.questions import read_questions

SEEDS = Path(__file__).parent.parent / "seeds"
MARKER = "What is the serial number of the Quillfeather register?"
_SERIAL = re.compile(r"serial number (\d+)")
_WRITES = (("update", ()), ("update", ()), ("rebuild", ("--rebuild",)))


@dataclass(slots=True)
class Seen:
    """What the clients met."""

    seconds: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    mixed: list[str] = field(default_factory=list)
    generations: Counter[str] = field(default_factory=Counter)
    answers: dict[tuple[str, str], str] = field(default_factory=dict)

    def take(self, question: str, result: dict[str, Any], seconds: float) -> None:
        self.seconds.append(seconds)
        passages = result["passages"]
        named = {passage["source"] for passage in passages}
        generation = min(named)
        self.generations[generation] += 1
        if len(named) > 1:
            self.mixed.append(f"{question}: {sorted(named)}")
        serials = {found for passage in passages for found in _SERIAL.findall(passage["text"])}
        if serials - {generation.removeprefix("generation ")}:
            self.mixed.append(f"{question}: {generation} with serial {serials}")
        told = json.dumps([result["answer"], [(p["article"], p["text"], p["score"]) for p in passages]])
        if self.answers.setdefault((question, generation), told) != told:
            self.mixed.append(f"{question}: two answers from {generation}")


def write_corpus(path: Path, articles: list[Article], generation: int) -> None:
    """The articles as `generation` has them, replacing `path` at once."""
    name = f"generation {generation}"
    text = (
        f"The Quillfeather register has the serial number {generation}. "
        "Clerks opened the register on Monday. It is kept in the town hall."
    )
    marker = Article("marker", "The Quillfeather register", text)
    listed = [*articles, marker]
    random.Random(generation).shuffle(listed)  # noqa: S311
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8") as file:
        for article in listed:
            fields = {"id": article.id, "title": article.title, "text": article.text, "date": article.date}
            file.write(json.dumps({**fields, "source": name}) + "\n")
    part.replace(path)


async def client(address: str, number: int, questions: list[str], seen: Seen, done: asyncio.Event) -> None:
    """One client: opens the page, then asks one question after the other until `done`."""
    mine = random.Random(number)  # noqa: S311
    async with httpx.AsyncClient(base_url=address, timeout=120) as http:
        while not done.is_set():
            question = MARKER if mine.random() < 0.1 else mine.choice(questions)
            started = time.perf_counter()
            try:
                if mine.random() < 0.05:
                    (await http.get("/config")).raise_for_status()
                result = await ask(http, question)
                seen.take(question, result, time.perf_counter() - started)
            except (httpx.HTTPError, ValueError, KeyError) as error:
                seen.errors[f"{type(error).__name__}: {error}"] += 1


async def ask(http: httpx.AsyncClient, question: str) -> dict[str, Any]:
    """The answer over Gradio's API. Raises ValueError where there is none, httpx.HTTPError."""
    body = {"data": [question, 5, None, None, None, None, None]}
    joined = await http.post("/gradio_api/call/ask", json=body)
    joined.raise_for_status()
    event = ""
    async with http.stream("GET", f"/gradio_api/call/ask/{joined.json()['event_id']}") as stream:
        async for line in stream.aiter_lines():
            kind, _, value = line.partition(": ")
            if kind == "event":
                event = value
            elif kind == "data" and event == "complete":
                return dict(json.loads(value)[0])
            elif kind == "data" and event == "error":
                raise ValueError(value)
    raise ValueError("the stream ended without an answer")


async def write(folder: Path, articles: list[Article], seconds: float) -> None:
    """The updates and the rebuild, spread over `seconds`, each by a process of its own."""
    pause = seconds / (len(_WRITES) + 1)
    for generation, (what, options) in enumerate(_WRITES, 2):
        await asyncio.sleep(pause)
        write_corpus(folder / "articles.jsonl", articles, generation)
        started = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            *_qa("index", "articles.jsonl", "--index", "made.qa", *options),
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        if await process.wait():
            raise SystemExit(f"the {what} failed")
        print(f"  {what} to generation {generation}: {time.perf_counter() - started:.1f} s", flush=True)


async def load(address: str, pid: int, folder: Path, articles: list[Article], questions: list[str]) -> Seen:
    """What the clients met until the time is over and the index was written three times."""
    duration, clients = float(os.environ.get("DURATION", "300")), int(os.environ.get("CLIENTS", "50"))
    print(f"{clients} clients, {duration:.0f} s, {len(articles)} articles, {len(questions)} questions")
    async with httpx.AsyncClient(base_url=address, timeout=120) as http:
        await ask(http, questions[0])  # were the page to want something else, it says so here
    seen, done = Seen(), asyncio.Event()
    end = time.perf_counter() + duration
    asking = [asyncio.create_task(client(address, n, questions, seen, done)) for n in range(clients)]
    writing = asyncio.create_task(write(folder, articles, duration))
    memory: list[tuple[float, float]] = []
    while time.perf_counter() < end or not writing.done():
        await asyncio.sleep(min(5, duration / 20))
        memory.append(resident(pid))
    await writing
    done.set()
    await asyncio.gather(*asking)
    report(seen, memory, held(pid))
    return seen


def report(seen: Seen, memory: list[tuple[float, float]], generations: list[str]) -> None:
    p50, p95, p99 = np.percentile(seen.seconds, [50, 95, 99])
    tenth = max(1, len(memory) // 10)
    marks = {"after a tenth": tenth, "half-way": len(memory) // 2, "at the end": len(memory) - 1}
    print(f"answered        {len(seen.seconds)} ({dict(sorted(seen.generations.items()))})")
    print(f"errors          {seen.errors.total()} {dict(seen.errors.most_common(3)) or ''}")
    print(f"mixed answers   {len(seen.mixed)} {seen.mixed[:3] or ''}")
    print(f"seconds         p50 {p50:.2f}, p95 {p95:.2f}, p99 {p99:.2f} (with the wait for a turn)")
    for name, at in marks.items():
        print(f"memory          {memory[at][0]:.0f} MB resident, {memory[at][1]:.0f} MB anonymous {name}")
    print(f"held open       {', '.join(generations) or 'unknown'}")


def resident(pid: int) -> tuple[float, float]:
    """Resident and anonymous memory of a process in MB; NaN where the system does not tell."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return float("nan"), float("nan")
    values = dict(re.findall(r"^(Vm\w+|Rss\w+):\s+(\d+) kB", status, re.MULTILINE))
    return int(values["VmRSS"]) / 1024, int(values["RssAnon"]) / 1024


def held(pid: int) -> list[str]:
    """The generations whose files a process holds open or mapped."""
    try:
        maps = Path(f"/proc/{pid}/maps").read_text()
        files = [str(Path(f"/proc/{pid}/fd", name).readlink()) for name in os.listdir(f"/proc/{pid}/fd")]
    except OSError:
        return []
    return sorted(set(re.findall(r"made\.qa/generations/(\d+)", maps + "\n".join(files))))


@contextmanager
def chat(folder: Path) -> Iterator[tuple[str, int]]:
    """Address and process id of a `qa chat` on the index in `folder`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = _qa("chat", "--index", "made.qa", "--port", str(port))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        while "ask at" not in (folder / "log").read_text():
            if process.poll() is not None:
                raise SystemExit((folder / "log").read_text())
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait(30)
        said = (folder / "log").read_text().splitlines()[1:]
        print(f"said            {len(said)} lines {said[-3:] or ''}")


def _qa(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "qa.cli", *arguments]


def corpus() -> tuple[list[Article], list[str]]:
    """Articles and questions of $SET in $NEWSQA, or of the seeds where that is not there."""
    folder = Path(os.environ.get("NEWSQA", "../shared/newsqa"), os.environ.get("SET", "dev"))
    folder = folder if folder.is_dir() else SEEDS
    sources = [folder / "articles.jsonl.gz"] if folder != SEEDS else [folder]
    most = int(os.environ.get("ARTICLES", "0")) or None
    articles = [article for article in Corpus(sources) if isinstance(article, Article)][:most]
    print(f"corpus          {folder}")
    return articles, [question.question for question in read_questions(folder / "questions.jsonl")]


def main() -> int:
    articles, questions = corpus()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["PYTHONPATH"] = str(Path(__file__).parent.parent)
        os.environ["QA_DATA"] = f"{name}/data"  # the user's own history stays as it is
        write_corpus(folder / "articles.jsonl", articles, 1)
        command = _qa("index", "articles.jsonl", "--index", "made.qa")
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with chat(folder) as (address, pid):
            seen = asyncio.run(load(address, pid, folder, articles, questions))
    return 1 if seen.errors or seen.mixed else 0


if __name__ == "__main__":
    sys.exit(main())
