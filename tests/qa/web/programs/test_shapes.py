"""What is returned is what a result holds, and calls wait for one another."""

import threading
from dataclasses import replace

import anyio
import pytest

from embeddings.types import Article, Passage
from qa.types import Answer, RankedPassage, Result, Short, Signals
from qa.web.programs import given_back
from qa.web.programs.waiting import TooManyError, Waiting, WhileHeard
from qa.web.security.asgi import Message, Receive, Scope, Send

TEXT = "The old bridge reopened on Friday. Ferries had carried commuters."
ARTICLE = Article("bridge.md", "Bridge", TEXT, "https://news.example", "2022-06-03", "Daily", None, (5, 35))
ANSWER = Answer(ARTICLE, 0, 34, 1, Short(27, 33))
RANKED = RankedPassage(
    1, Passage(3, ARTICLE, 0, 34), 0.5, Signals(0.5, 1.0, 1.0, 1.0), (replace(ARTICLE, id="copy.md"),)
)
RESULT = Result("When?", "When?", ANSWER, 0.9, (RANKED,), 1.0, (), (ANSWER,), (ANSWER,), (ARTICLE,))


def test_nothing_of_a_result_is_left_out() -> None:
    assert given_back.as_json(given_back.Answered, RESULT.to_json()) == RESULT.to_json()
    found = {"passages": [RANKED.to_json()]}
    assert given_back.as_json(given_back.Found, found) == found


def test_calls_are_done_one_after_the_other_and_too_many_are_refused() -> None:
    waiting, entered, leave = Waiting(2), threading.Event(), threading.Event()
    inside: list[int] = []

    def work() -> int:
        inside.append(1)
        assert len(inside) == 1, "two at a time"
        entered.set()
        assert leave.wait(100)
        inside.pop()
        return 1

    async def calls() -> None:
        done: list[int] = []

        async def one() -> None:
            done.append(await waiting.run(work))

        async with anyio.create_task_group() as group:
            group.start_soon(one)
            group.start_soon(one)
            while not entered.is_set():
                await anyio.sleep(0.01)
            with pytest.raises(TooManyError, match="2 calls are waiting already"):
                await waiting.run(work)
            leave.set()
        assert done == [1, 1]
        assert await waiting.run(work) == 1

    anyio.run(calls)


def test_who_leaves_frees_a_place_and_is_not_answered_in_vain() -> None:
    waiting, entered, leave = Waiting(2), threading.Event(), threading.Event()
    asked: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert (await receive())["type"] == "http.request"

        def work() -> None:
            asked.append(scope["path"])
            entered.set()
            assert leave.wait(100)

        await waiting.run(work)
        await send({"type": "http.response.start", "path": scope["path"]})

    async def calls() -> None:
        gone = anyio.Event()
        answered: list[Message] = []

        async def call(path: str, disconnected: anyio.Event) -> None:
            body: list[Message] = [{"type": "http.request"}]

            async def receive() -> Message:
                if body:
                    return body.pop()
                await disconnected.wait()
                return {"type": "http.disconnect"}

            async def send(message: Message) -> None:
                answered.append(message)

            await WhileHeard(app)({"path": path}, receive, send)

        async with anyio.create_task_group() as group:
            group.start_soon(call, "stays", anyio.Event())
            while not entered.is_set():
                await anyio.sleep(0.01)
            async with anyio.create_task_group() as leaving:
                leaving.start_soon(call, "leaves", gone)
                await anyio.sleep(0.05)
                gone.set()
            group.start_soon(call, "comes", anyio.Event())
            await anyio.sleep(0.05)
            leave.set()
        assert asked == ["stays", "comes"]
        assert [message["path"] for message in answered] == ["stays", "comes"]

    anyio.run(calls)
