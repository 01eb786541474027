"""`qa chat` as it is started, asked by programs: who gets in, and to what."""

import asyncio
import json
import socket
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import ARTICLES
from tests.server import Server, chat, environment, run_qa

USER, PASSWORD = "reader", "a good word"
HEADERS = {"Authorization": f"Basic {b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}"}
QUESTION = "How many bolts had been replaced?"
OPEN = {
    *("/", "/config", "/theme.css", "/favicon.ico", "/robots.txt", "/manifest.json", "/login"),
    *("/assets/{path:path}", "/static/{path:path}", "/gradio_api/theme.css", "/gradio_api/info"),
    *("/gradio_api/openapi.json", "/gradio_api/startup-events", "/gradio_api/heartbeat/{session_hash}"),
    *("/gradio_api/run/{api_name}", "/gradio_api/call/{api_name}", "/gradio_api/call/v2/{api_name}"),
    *("/gradio_api/call/{api_name}/{event_id}", "/gradio_api/call/v2/{api_name}/{event_id}"),
    *("/gradio_api/queue/join", "/gradio_api/queue/data", "/gradio_api/cancel", "/gradio_api/reset"),
    *("/gradio_api/upload", "/gradio_api/upload_progress", "/openapi.json"),
}
"""Gradio's routes that are served, the last by ours in its place; every other one, of this version or the
next, answers 404."""

KEPT = ("/kept/conversations/all.json", "/kept/reading-list.md")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("serving")
    (folder / "bridge.md").write_text(ARTICLES["bridge.md"])
    run_qa(folder, "index", "bridge.md", "--index", "made.qa")
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    """Open to everybody on this machine."""
    with chat(folder, GRADIO_ALLOWED_PATHS="/", GRADIO_SHARE="True", GRADIO_ANALYTICS_ENABLED="True") as made:
        yield made
        assert made.called == [], "the server called another machine"


@pytest.fixture(scope="module")
def closed(folder: Path) -> Iterator[Server]:
    """Asks for user and password, with MCP."""
    options = ("--auth", "--mcp", "--no-history", "--host", "0.0.0.0")
    with chat(folder, *options, QA_AUTH=f"{USER}:{PASSWORD}", QA_DATA=str(folder / "unused")) as made:
        yield made
        assert made.called == [], "the server called another machine"


@pytest.fixture(scope="module")
def routes() -> list[tuple[str, str]]:
    """Methods and paths of every route that Gradio has."""
    script = (
        "import json, gradio as gr\nfrom gradio.routes import App\n"
        "routes = list(App.create_app(gr.Blocks()).routes)\n"
        "for router in [r.original_router for r in routes if hasattr(r, 'original_router')]:\n"
        "    routes += router.routes\n"
        "print(json.dumps([(m, r.path) for r in routes for m in getattr(r, 'methods', ())]))"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True, env=environment()
    )
    return [(method, path) for method, path in json.loads(told.stdout.splitlines()[-1])]


def filled(path: str) -> str:
    return path.replace(":path", "").replace("{", "").replace("}", "")


def test_of_gradios_routes_only_the_known_ones_are_served(
    server: Server, routes: list[tuple[str, str]]
) -> None:
    assert len(routes) > 60
    for method, path in routes:
        status = _status(server, method, filled(path))
        if path.rstrip("/") not in OPEN and path != "/":
            assert status == 404, (method, path)
    for path in ("/", "/config", "/theme.css", "/gradio_api/info", "/gradio_api/startup-events"):
        assert _status(server, "GET", path) == 200, path


def _status(server: Server, method: str, path: str) -> int:
    with httpx.stream(method, f"{server.address}{path}", timeout=20) as reply:  # some of them never end
        return reply.status_code


def test_nothing_is_served_without_the_password(closed: Server, routes: list[tuple[str, str]]) -> None:
    more = ["/mcp", "/mcp/", "/openapi.json", "/v1/ask", "/v1/search", "/v1/info", "/v1/articles"]
    more += ["/v1/articles/bridge.md", "/v1/none", *KEPT]
    for method, path in (*routes, *((method, path) for path in more for method in ("GET", "POST"))):
        if path.rstrip("/") not in ("/login", "/gradio_api/startup-events"):
            assert _status(closed, method, filled(path)) in (401, 404), (method, path)
    for path in ("/", "/config", "/gradio_api/info", "/gradio_api/queue/join", *more):
        assert _status(closed, "POST", path) == 401, path


def test_files_of_this_machine_stay_here(server: Server) -> None:
    for path in ("file=/etc/passwd", "file=bridge.md", "file=made.qa/CURRENT", "file=%2Fetc%2Fpasswd"):
        for prefix in ("/gradio_api/", "/"):
            assert httpx.get(f"{server.address}{prefix}{path}").status_code == 404
    traversal = httpx.get(f"{server.address}/static/%2e%2e/%2e%2e/%2e%2e/routes.py")
    assert traversal.status_code in (403, 404)


def _events(server: Server, body: dict[str, object]) -> str:
    """What the server says of a call of one of the page's own functions."""
    session = {**body, "session_hash": "test"}
    joined = httpx.post(f"{server.address}/gradio_api/queue/join", json=session, timeout=20)
    if joined.status_code != 200:
        return str(joined.status_code)
    data = f"{server.address}/gradio_api/queue/data?session_hash=test"
    with httpx.stream("GET", data, timeout=20) as told:
        return "\n".join(line for line in told.iter_lines() if "process_completed" in line)


def test_only_what_was_uploaded_is_added(server: Server) -> None:
    config = httpx.get(f"{server.address}/config", timeout=20).json()
    drop = next(made["id"] for made in config["components"] if made["props"].get("elem_id") == "drop")
    at = next(made for made in config["dependencies"] if [drop, "upload"] in made["targets"])
    meta = {"meta": {"_type": "gradio.FileData"}}
    for path, said in (("/etc/passwd", '"success":false'), ("http://example.com/a.md", "403")):
        body = {"data": [[{"path": path, **meta}], ""], "fn_index": at["id"]}
        assert said in _events(server, body)
    files = {"files": ("new.md", b"---\ntitle: Zebra\n---\nThe zebra Ziggy escaped from the zoo.")}
    sent = httpx.post(f"{server.address}/gradio_api/upload", files=files, timeout=20).json()
    assert "taken" in _events(server, {"data": [[{"path": sent[0], **meta}], ""], "fn_index": at["id"]})
    assert not Path(sent[0]).exists()
    assert (server.folder / "made.qa" / "added" / "new.md").exists()
    assert httpx.get(f"{server.address}/gradio_api/file={sent[0]}").status_code == 404


def test_what_is_not_understood_is_refused(server: Server) -> None:
    post = {"content-type": "application/json"}
    for path, body in (
        ("queue/join", '{"data": [], "fn_index": 99999, "session_hash": "x"}'),
        ("queue/join", '{"data": [], "fn_index": -1, "session_hash": "x"}'),
        ("queue/join", '{"data": NaN}'),
        ("cancel", '{"session_hash": NaN, "fn_index": NaN, "event_id": NaN}'),
        ("cancel", "[" * 20_000),
        ("reset", '{"event_id": NaN}'),
    ):
        reply = httpx.post(f"{server.address}/gradio_api/{path}", content=body, headers=post, timeout=20)
        assert 400 <= reply.status_code < 500, (path, body, reply.text)
        assert "content-security-policy" in reply.headers
    assert "Traceback" not in server.said
    forged = httpx.get(f"{server.address}/config", headers={"x-forwarded-host": "evil.example"}, timeout=20)
    assert "evil.example" not in forged.text


def test_a_program_asks_with_the_password(closed: Server) -> None:
    from gradio_client import Client

    client = Client(closed.address, auth=(USER, PASSWORD), verbose=False, analytics_enabled=False)
    assert "340 bolts" in client.predict(question=QUESTION, api_name="/ask")["answer"]["text"]
    for auth in (None, (USER, "a bad word")):
        with pytest.raises(Exception, match="credentials"):
            Client(closed.address, auth=auth, verbose=False, analytics_enabled=False)


def test_an_mcp_client_asks_with_the_password(closed: Server) -> None:
    from mcp import ClientSession
    from mcp.client.streamable_http import streamablehttp_client

    async def asked() -> tuple[list[str], str]:
        address = f"{closed.address}/mcp"
        async with (
            streamablehttp_client(address, headers=HEADERS) as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            tools = await session.list_tools()
            told = await session.call_tool("ask", {"question": QUESTION})
            return [tool.name for tool in tools.tools], str(told.content)

    tools, told = asyncio.run(asked())
    assert tools == ["ask", "search", "articles", "read", "info", "corpora"]
    assert "340 bolts" in told


def test_the_queue_cannot_be_passed_by(server: Server) -> None:
    body = {"data": [QUESTION, 5, None, None, None]}
    assert httpx.post(f"{server.address}/gradio_api/run/ask", json=body, timeout=20).status_code == 404
    assert httpx.post(f"{server.address}/gradio_api/call/ask", json=body, timeout=20).status_code == 200


def test_limits(server: Server) -> None:
    long = httpx.post(f"{server.address}/gradio_api/call/ask", json={"data": ["x" * 1_000_000]}, timeout=20)
    assert long.status_code == 413
    config = httpx.get(f"{server.address}/config", timeout=20).json()
    assert config["analytics_enabled"] is False
    assert config["max_file_size"] == 100_000_000
    by_name = {made["api_name"]: made for made in config["dependencies"]}
    assert all(by_name[name]["queue"] for name in ("ask", "search", "articles", "read", "info", "corpora"))


def elsewhere(server: Server) -> list[str]:
    """The same page by this machine's other interface, where it has one; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        try:
            way.connect(("192.0.2.1", 9))
        except OSError:
            return []
        own = way.getsockname()[0]
    return [server.address.replace("127.0.0.1", own)]


def keeps(made: Server, unused: Path, headers: dict[str, str] | None = None) -> bool:
    """Whether it keeps conversations, as far as the page, its routes and the disk say."""
    with httpx.Client(base_url=made.address, headers=headers, timeout=20) as client:
        page = '"elem_id":"open-conversation"' in client.get("/config").text
        assert {client.get(path).status_code for path in KEPT} == {200 if page else 404}
    assert page or not unused.exists()
    return page


def test_conversations_are_kept_unless_told_not_to(server: Server, closed: Server) -> None:
    assert keeps(server, server.folder)
    assert not keeps(closed, closed.folder / "unused", HEADERS)


def test_names_of_the_page(folder: Path) -> None:
    options = ("--no-auth", "--host", "0.0.0.0", "--name", "news.example")
    with chat(folder, *options, QA_DATA=str(folder / "unused")) as made:
        assert not keeps(made, folder / "unused"), "nobody says who they are"
        assert httpx.post(f"{made.address}/gradio_api/upload", files={"files": b"x"}).status_code == 404
        assert '"elem_id":"drop"' not in httpx.get(f"{made.address}/config", timeout=20).text
        for host, status in (("news.example", 200), ("127.0.0.1", 200), ("evil.example", 400)):
            for address in (made.address, *elsewhere(made)):
                assert httpx.get(address, headers={"Host": host}, timeout=20).status_code == status
        for address in elsewhere(made):
            files = {"files": ("a.md", b"The gnu.")}
            sent = httpx.post(
                f"{address}/gradio_api/upload", files=files, headers={"Host": "news.example"}, timeout=20
            )
            assert sent.status_code == 404, "who comes by another interface adds nothing"
