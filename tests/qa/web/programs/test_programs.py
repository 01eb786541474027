"""What programs are offered by a running `qa chat`: `/v1`, its description, and the MCP tools."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from tests.conftest import ARTICLES, ROOT
from tests.server import Server, chat, run_qa

KHERSON = "How many people lived in Kherson before the war?"
LIVED = "where 280,000 people lived before the war."
FUZZ = os.environ.get("FUZZ")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("programs")
    for name, text in ARTICLES.items():
        path = folder / "articles" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (folder / "articles" / "a..b #1.md").write_text(
        "The odd name of a file is no reason to hide it.", "utf-8"
    )
    shutil.copy(ROOT / "seeds" / "kherson-return.md", folder / "articles")
    run_qa(folder, "index", "articles", "--index", "made.qa")
    with chat(folder, "--mcp", "--reader", "none") as made:
        yield made
        assert made.called == [], "the server called another machine"
        assert "Traceback" not in made.said


@pytest.fixture(scope="module")
def web(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.address, timeout=60) as client:
        yield client


def told(reply: httpx.Response) -> dict[str, Any]:
    assert reply.status_code == 200, reply.text
    found = reply.json()
    assert isinstance(found, dict)
    return found


def test_a_program_asks_searches_lists_and_reads(web: httpx.Client) -> None:
    answered = told(web.post("/v1/ask", json={"question": KHERSON, "top_k": 2}))
    answer = answered["answer"]
    assert answer["text"].endswith(LIVED)
    span = {"start": answer["start"], "end": answer["end"]}
    part = told(web.get(f"/v1/articles/{answer['article']}", params=span))
    assert part["text"] == answer["text"]
    found = told(web.post("/v1/search", json={"text": "repairs of a bridge", "sources": ["daily"]}))
    passages = found["passages"]
    assert {passage["source"] for passage in passages} == {"Daily"}
    assert "340 bolts" in passages[0]["text"]
    listed = told(web.get("/v1/articles", params={"text": "cup 2022", "count": 1}))
    assert listed["total"] == 1
    assert listed["articles"][0]["id"] == "sport/cup.md"
    assert told(web.get("/v1/info"))["articles"] == len(ARTICLES) + 2
    followed = told(web.post("/v1/ask", json={"question": "And when was that?", "after": KHERSON}))
    assert followed["understood"].startswith("And when was that?")


@pytest.mark.parametrize("id", ["sport/cup.md", "a..b #1.md"])
def test_an_article_is_read_whatever_its_id_holds(web: httpx.Client, id: str) -> None:
    whole = told(web.get(f"/v1/articles/{id.replace('#', '%23')}"))
    assert whole["id"] == id
    assert (whole["start"], whole["end"], len(whole["text"])) == (0, whole["length"], whole["length"])
    rest = told(web.get(f"/v1/articles/{id.replace('#', '%23')}", params={"start": 10}))
    assert rest["text"] == whole["text"][10:]
    beyond = told(web.get(f"/v1/articles/{id.replace('#', '%23')}", params={"start": 10**6, "end": 3}))
    assert (beyond["text"], beyond["start"], beyond["end"]) == ("", whole["length"], whole["length"])


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "why"),
    [
        ("POST", "/v1/ask", {"question": "?"}, 422, "the question is empty: ask in words"),
        ("POST", "/v1/ask", {"question": "who", "topk": 3}, 422, "topk: Extra inputs are not permitted"),
        ("POST", "/v1/ask", {"question": "who", "since": "20221101"}, 422, "since: .*such as 2022-11-30"),
        ("POST", "/v1/ask", {"question": "who", "sources": ["BBC"]}, 422, "publishers are: "),
        ("POST", "/v1/search", {"text": "x" * 2001}, 422, "text: String should have at most 2000"),
        ("GET", "/v1/articles/none.md", None, 404, "no article has the id 'none.md'"),
        ("GET", "/v1/none", None, 404, "no such address: /openapi.json"),
        ("GET", "/v1/ask", None, 405, "another method"),
    ],
)
def test_what_cannot_be_served_is_said_in_one_line(
    web: httpx.Client, method: str, path: str, body: object, status: int, why: str
) -> None:
    reply = web.request(method, path, json=body)
    assert reply.status_code == status
    assert re.search(why, reply.json()["error"])


def test_other_bodies_than_json_are_refused(web: httpx.Client) -> None:
    kind = {"content-type": "application/json"}
    assert web.post("/v1/ask", content=b"\xff\xff", headers=kind).json() == {
        "error": "the body is no JSON in UTF-8"
    }
    form = web.post("/v1/ask", content='{"question": "who"}', headers={"content-type": "text/plain"})
    assert form.status_code == 422, "what a page of another site can send unasked is not taken"
    assert "send Content-Type: application/json" in form.json()["error"]
    other = {"origin": "https://evil.example"}
    assert web.post("/v1/ask", json={"question": "who"}, headers=other).status_code == 403
    assert web.get("/v1/info", headers={"host": "evil.example"}).status_code == 400
    assert web.post("/v1/ask", json={"question": "x" * 300_000}).status_code == 413


def test_the_curl_of_the_readme_asks(server: Server) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    readme = (ROOT / "README.md").read_text("utf-8")
    section = readme.split("\n## For programs\n")[1].split("\n## ")[0]
    commands = re.findall(r"^curl (?:.*\\\n)*.*$", section, re.MULTILINE)
    assert len(commands) == 3
    answers = []
    for command in commands:
        here = command.replace("http://127.0.0.1:7860", server.address)
        assert here != command
        ran = subprocess.run(["bash", "-c", f"{here} --fail"], capture_output=True, text=True, check=True)
        answers.append(json.loads(ran.stdout))
    assert answers[0]["answer"]["text"].endswith(LIVED)
    assert answers[1]["text"] in answers[0]["answer"]["text"]
    assert "/v1/ask" in answers[2]["paths"]


def test_the_description_has_examples_that_hold(web: httpx.Client) -> None:
    described = told(web.get("/openapi.json"))
    names = {at["operationId"] for path in described["paths"].values() for at in path.values()}
    assert names == {"ask", "search", "articles", "read", "info", "corpora"}
    shapes = described["components"]["schemas"]
    for path in described["paths"].values():
        for operation in path.values():
            returned = operation["responses"]["200"]["content"]["application/json"]
            schema = {**returned["schema"], "components": described["components"]}
            jsonschema.validate(returned["example"], schema)
            for given in operation.get("requestBody", {}).get("content", {}).values():
                shape = shapes[given["schema"]["$ref"].rsplit("/", 1)[1]]
                assert shape["examples"]
                for example in shape["examples"]:
                    jsonschema.validate(example, shape)


def test_an_example_is_what_the_seeds_give(web: httpx.Client) -> None:
    described = told(web.get("/openapi.json"))
    example = described["paths"]["/v1/articles/{id}"]["get"]["responses"]["200"]["content"][
        "application/json"
    ]["example"]
    span = {"start": example["start"], "end": example["end"]}
    assert told(web.get(f"/v1/articles/{example['id']}", params=span)) == example


def test_anything_that_the_description_allows_is_served_as_described(server: Server, tmp_path: Path) -> None:
    """Schemathesis: requests as described and not, and what comes back against the description."""
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{server.address}/openapi.json"]
    command += ["--generation-database", "none", "--no-color", "--exclude-checks", "positive_data_acceptance"]
    command += ["--max-time", FUZZ] if FUZZ else ["--max-examples", "1", "--seed", "1"]
    command += ["--phases", "examples,coverage,fuzzing" if FUZZ else "coverage,fuzzing"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout[-5000:] + ran.stderr[-2000:]
    assert re.search(r"Tested: +6", ran.stdout), ran.stdout[-2000:]


def test_the_official_client_gets_json_as_the_schemas_say(server: Server) -> None:
    from mcp import ClientSession
    from mcp.client.streamable_http import streamablehttp_client

    calls: dict[str, dict[str, Any]] = {
        "ask": {"question": KHERSON, "top_k": 1},
        "search": {"text": "repairs of a bridge"},
        "articles": {"text": "cup"},
        "read": {"id": "kherson-return.md", "start": 0, "end": 7},
        "info": {},
        "corpora": {},
    }

    async def asked() -> dict[str, Any]:
        async with (
            streamablehttp_client(f"{server.address}/mcp") as (read, write, _),
            ClientSession(read, write) as session,
        ):
            begun = await session.initialize()
            assert "`ask`" in str(begun.instructions)
            tools = {tool.name: tool for tool in (await session.list_tools()).tools}
            assert list(tools) == list(calls)
            given = {}
            for name, arguments in calls.items():
                jsonschema.validate(arguments, tools[name].inputSchema)
                result = await session.call_tool(name, arguments)
                assert not result.isError, result.content
                jsonschema.validate(result.structuredContent, tools[name].outputSchema or {"not": {}})
                assert json.loads(result.content[0].text) == result.structuredContent  # type: ignore[union-attr]
                given[name] = result.structuredContent
            for name, arguments, why in (
                ("ask", {"question": "?"}, "the question is empty: ask in words"),
                (
                    "ask",
                    {"question": "who", "top_k": 101},
                    "top_k: Input should be less than or",
                ),
                ("read", {"id": "none"}, "no article has the id 'none'"),
                ("write", {}, "no tool is called 'write': there are ask, search"),
            ):
                refused = await session.call_tool(name, arguments)
                assert refused.isError
                assert why in refused.content[0].text  # type: ignore[union-attr]
            return given

    given = asyncio.run(asked())
    assert given["ask"]["answer"]["text"].endswith(LIVED)
    assert given["read"]["text"] == "Kherson"
    assert given["read"]["length"] > 2000
    assert given["articles"]["total"] == 1
    assert "340 bolts" in given["search"]["passages"][0]["text"]
