"""What stands before the page, on a small application of its own."""

import json
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from embeddings.errors import QAError
from qa.cli.main import main
from qa.web.security import guard, login
from qa.web.security.login import Credentials, Door, credentials, door_middleware, visitor
from qa.web.security.requests import quieten_queue

HOST = "news.lan:7860"
WANTED = Credentials("reader", "a good word")


async def _reply(request: Request) -> PlainTextResponse:
    if request.url.path == "/v1/who":
        return PlainTextResponse(visitor(request.scope))
    return PlainTextResponse(str(len(await request.body())))


def client(doorkeeper: Door | None = None, names: tuple[str, ...] = (), adding: bool = False) -> TestClient:
    routes = [doorkeeper.route()] if doorkeeper else []
    routes.append(Route("/{path:path}", _reply, methods=["GET", "POST"]))
    guards = guard.middleware("news.lan", names, door_middleware(doorkeeper) if doorkeeper else (), adding)
    return TestClient(Starlette(routes=routes, middleware=guards), f"http://{HOST}")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.10", "::1", "[::1]"])
def test_loopback(host: str) -> None:
    assert guard.is_loopback(host)
    assert credentials(host, None, False) == ()


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0", "::", "", "192.168.1.5", "10.0.0.1", "news.lan", "::ffff:127.0.0.1", "localhost.evil.org"],
)
def test_every_other_host_needs_a_decision(host: str) -> None:
    assert not guard.is_loopback(host)
    with pytest.raises(QAError, match="--auth FILE, or --no-auth"):
        credentials(host, None, False)
    assert credentials(host, None, True) == ()


def test_the_refusal_is_one_line_and_comes_before_all_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chat", "--host", "0.0.0.0", "--index", "/nowhere"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("qa: other machines can reach 0.0.0.0: set QA_AUTH=user:password and give --auth")
    assert said.count("\n") == 1


def test_auth_and_no_auth_exclude_each_other() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["chat", "--auth", "--no-auth"])
    assert ended.value.code == 2


def test_credentials_come_from_the_environment_or_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QA_AUTH", "reader:a good word")
    assert credentials("0.0.0.0", "", False) == (WANTED,)
    assert credentials("127.0.0.1", None, False) == ()
    file = tmp_path / "login"
    file.write_text("ada:with:colons in it\n")
    file.chmod(0o600)
    assert credentials("127.0.0.1", str(file), False) == (Credentials("ada", "with:colons in it"),)
    assert "a good word" not in repr(WANTED)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "holds no user:password"),
        ("no colon here", "holds no user:password"),
        (":nobody here", "holds no user:password"),
        ("two:lines are\nhalf wrong", "or a line that is none"),
        ("ada:long enough\n\nbob:long enough", "or a line that is none"),
        ("ada:long enough\nbob:long enough\nada:long enough too", "names 'ada' twice"),
        ("ada:short", "too short"),
        ("ada:", "too short"),
    ],
)
def test_a_file_without_credentials_is_refused(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "login"
    file.write_text(text)
    file.chmod(0o600)
    with pytest.raises(QAError, match=why):
        credentials("0.0.0.0", str(file), False)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o620, 0o604])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "login"
    file.write_text("reader:a good word")
    file.chmod(mode)
    with pytest.raises(QAError, match="chmod 600"):
        credentials("0.0.0.0", str(file), False)


def test_a_password_on_the_command_line_is_refused_and_not_repeated() -> None:
    with pytest.raises(QAError, match="takes a file") as refused:
        credentials("0.0.0.0", "reader:a good word", False)
    assert "good" not in str(refused.value)
    with pytest.raises(QAError, match="cannot be read"):
        credentials("0.0.0.0", "/nowhere/login", False)


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::", "news.lan", "192.168.1.5", "*", "*.lan"])
def test_no_host_stands_for_all(host: str) -> None:
    assert not any("*" in name for name in guard.allowed_hosts(host, ["*", "*.org"]))
    assert "127.0.0.1" in guard.allowed_hosts(host)


def test_an_address_of_ipv6_stands_in_brackets() -> None:
    assert guard.bracketed("fe80::1") == "[fe80::1]"
    assert guard.allowed_hosts("fe80::1")[0] == "[fe80::1]"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        *((host, 200) for host in (HOST, "NEWS.lan", "127.0.0.1:7860", "localhost", "[::1]:1", "paper.org")),
        *((host, 400) for host in ("evil.example", "news.lan.evil.example", "www.news.lan", "", "10.0.0.1")),
    ],
)
def test_only_the_hosts_that_were_asked_for(host: str, status: int) -> None:
    assert client(names=("paper.org",)).get("/", headers={"Host": host}).status_code == status


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        *((origin, 200) for origin in (f"http://{HOST}", f"https://{HOST}")),
        *(
            (origin, 403)
            for origin in ("https://evil.example", "null", "", "http://news.lan:3000", "file://")
        ),
    ],
)
def test_only_the_page_itself_may_ask(origin: str, status: int) -> None:
    for method in ("GET", "POST"):
        assert client().request(method, "/config", headers={"Origin": origin}).status_code == status


def test_every_answer_binds_the_browser() -> None:
    for reply in (
        client().get("/"),
        client().get("/upload"),
        client().get("/", headers={"Host": "evil.example"}),
        client().get("/", headers={"Origin": "null"}),
        client(Door(WANTED)).get("/"),
    ):
        policy = reply.headers["Content-Security-Policy"].split("; ")
        assert {"default-src 'self'", "frame-ancestors 'none'", "form-action 'self'"} <= set(policy)
        assert not any("unsafe-inline" in part or "http" in part for part in policy if "script" in part)
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert reply.headers["Referrer-Policy"] == "no-referrer"


def test_a_request_may_not_be_large() -> None:
    fits, over = b"x" * guard.LARGEST, b"x" * (guard.LARGEST + 1)
    assert client().post("/gradio_api/queue/join", content=fits).text == str(guard.LARGEST)
    assert client().post("/gradio_api/queue/join", content=over).status_code == 413
    for length in ("-1", "many"):
        reply = client().post("/config", content=b"x", headers={"Content-Length": length})
        assert reply.status_code == 411
    assert client().post("/gradio_api/queue/join", content=iter([b"x"])).status_code == 411


def test_files_are_taken_only_where_visitors_may_add_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "LARGEST_UPLOAD", 2 * guard.LARGEST)
    fits, over = b"x" * 2 * guard.LARGEST, b"x" * (2 * guard.LARGEST + 1)
    closed, opened = client(), client(adding=True)
    for path in ("/gradio_api/upload", "/gradio_api/upload_progress"):
        assert closed.post(path, content=b"x").status_code == 404
        assert opened.post(path, content=b"x").status_code == 200
    assert opened.post("/gradio_api/upload", content=fits).text == str(len(fits))
    refused = opened.post("/gradio_api/upload", content=over)
    assert (refused.status_code, "give fewer" in refused.text) == (413, True)
    assert opened.post("/gradio_api/upload", content=iter([b"x"])).status_code == 411
    assert opened.post("/gradio_api/queue/join", content=fits).status_code == 413
    assert opened.post("/gradio_api/upload/", content=b"x").status_code == 404
    assert client(Door(WANTED), adding=True).post("/gradio_api/upload", content=b"x").status_code == 401


def file(path: str) -> dict[str, object]:
    return {"path": path, "meta": {"_type": "gradio.FileData"}}


@pytest.mark.parametrize(
    ("value", "status"),
    [
        *(({"data": [file(path)]}, 403) for path in ("http://x.org", "https://x.org/a", "HTTPS://x.org")),
        *(({"data": {"a": [1, {"b": file("http://x.org")}]}}, 403), (file("http://127.0.0.1:1"), 403)),
        *(
            ({"data": ["http://x.org", {"url": "http://x.org"}]}, 200),
            ({"data": [file("/uploads/a.md")]}, 200),
        ),
        *(("not { JSON", 200), ("[" * 50_000, 200), ("", 200)),
    ],
)
def test_no_file_is_given_by_its_address(value: object, status: int) -> None:
    body = value if isinstance(value, str) else json.dumps(value).replace("http", "\\u0068ttp")
    for path in ("/gradio_api/queue/join", "/gradio_api/call/ask", "/mcp"):
        reply = client().post(path, content=body.encode())
        assert reply.status_code == status
        assert status != 200 or reply.text == str(len(body.encode()))


@pytest.mark.parametrize(
    "path",
    [
        *("/gradio_api/file=/etc/passwd", "/gradio_api/file/etc/passwd", "/file=/etc/passwd"),
        *("/gradio_api/file=http://evil.example", "/gradio_api/proxy=http://evil.example", "/proxy=x"),
        *("/gradio_api/upload", "/gradio_api/upload_progress", "/gradio_api/component_server"),
        *("/gradio_api/process_recording", "/gradio_api/vibe-edit", "/gradio_api/dev/reload"),
        *("/monitoring", "/monitoring/summary", "/gradio_api/runs", "/gradio_api/deep_link"),
        *("/gradio_api/api/ask", "/gradio_api/stream/x", "/custom_component/x", "/static/../x"),
    ],
)
def test_what_the_page_does_not_use_is_not_served(path: str) -> None:
    assert not guard.is_known(path)
    assert client().get(path).status_code == 404


async def _headers(request: Request) -> JSONResponse:
    return JSONResponse([name for name in request.headers if name.startswith(("x-", "forwarded"))])


FORWARDING = {
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "Forwarded": "host=evil.example",
    "X-Real-IP": "10.0.0.1",
    "x-gradio-server": "http://evil.example",
    "x-gradio-user": "mcp",
}


@pytest.mark.parametrize(
    ("proxies", "kept"),
    [
        ((), ["x-gradio-user"]),
        (("10.0.0.2",), ["x-gradio-user"]),
        (
            ("testclient",),
            ["forwarded", "x-forwarded-host", "x-forwarded-proto", "x-gradio-user", "x-real-ip"],
        ),
    ],
)
def test_only_a_proxy_says_how_the_page_was_asked(proxies: tuple[str, ...], kept: list[str]) -> None:
    guards = guard.middleware("news.lan", proxies=proxies)
    app = Starlette(routes=[Route("/", _headers)], middleware=guards)
    assert sorted(TestClient(app, f"http://{HOST}").get("/", headers=FORWARDING).json()) == kept


@pytest.mark.parametrize(
    "origin", ["http://[", "http://]", "http://[::1", "\xff", "http://news.lan:7860@evil", "null"]
)
def test_an_origin_that_is_no_address(origin: str) -> None:
    reply = client().get("/", headers=[(b"origin", origin.encode("latin-1"))])
    assert reply.status_code == 403
    assert "content-security-policy" in reply.headers


@pytest.mark.parametrize(
    ("error", "method", "status"),
    [
        (ValueError("Out of range float values are not JSON compliant: nan"), "POST", 400),
        (KeyError(99_999), "POST", 400),
        (IndexError("list index out of range"), "POST", 400),
        (RecursionError(), "POST", 400),
        (OSError("x"), "POST", 500),
        (ValueError("x"), "GET", 500),
    ],
)
def test_an_error_is_one_line(
    error: Exception, method: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(request: Request) -> PlainTextResponse:
        raise error

    app = Starlette(
        routes=[Route("/", fail, methods=["GET", "POST"])], middleware=guard.middleware("news.lan")
    )
    reply = TestClient(app, f"http://{HOST}").request(method, "/")
    assert reply.status_code == status
    assert "content-security-policy" in reply.headers
    [record] = [record for record in caplog.records if record.name == "qa.web.security.requests"]
    assert record.exc_info is None
    assert record.getMessage().startswith(f"{method} /: {type(error).__name__}")


def test_the_queue_says_it_in_one_line(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    queueing = pytest.importorskip("gradio.queueing")
    quieten_queue()
    try:
        raise ValueError("no such file")
    except ValueError:
        queueing.traceback.print_exc()
    assert caplog.messages == ["a request failed: ValueError: no such file"]
    assert capfd.readouterr().err == ""


def test_the_door_opens_to_the_password_alone() -> None:
    closed = client(Door(WANTED))
    for path in (
        "/",
        "/config",
        "/assets/x",
        "/gradio_api/info",
        "/mcp",
        "/gradio_api/heartbeat/x",
    ):
        reply = closed.get(path)
        assert reply.status_code == 401, path
        assert reply.headers["WWW-Authenticate"].startswith("Basic ")
        assert closed.get(path, auth=("reader", "a good word")).status_code == 200, path


@pytest.mark.parametrize(
    "header", ["Basic", "Basic !", "Basic cmVhZGVy", "Bearer a good word", "Basic \u00ff", "basic Og=="]
)
def test_a_malformed_header_does_not_open(header: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login, "_PAUSE", 0)
    reply = client(Door(WANTED)).get("/", headers={b"authorization": header.encode("latin-1")})
    assert reply.status_code == 401


def test_logging_in_as_gradio_clients_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login, "_PAUSE", 0)
    here, elsewhere = client(Door(WANTED)), client(Door(WANTED))
    wrong = here.post("/login", data={"username": "reader", "password": "a guess"})
    assert (wrong.status_code, dict(wrong.cookies)) == (401, {})
    right = here.post("/login", data={"username": "reader", "password": "a good word"})
    kept = right.headers["Set-Cookie"].lower()
    assert "httponly" in kept
    assert "samesite=strict" in kept
    assert here.get("/config").status_code == 200
    assert elsewhere.get("/config", headers={"Cookie": kept.partition(";")[0]}).status_code == 401


def test_each_user_is_known_by_their_own_password_and_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login, "_PAUSE", 0)
    file = tmp_path / "login"
    file.write_text("ada:a good word\r\nbob:another word\r\n")
    file.chmod(0o600)
    door = Door(*credentials("0.0.0.0", str(file), False))
    words = {"ada": "a good word", "bob": "another word"}
    assert client().get("/v1/who").text == ""
    for user, password in words.items():
        basic, kept = client(door), client(door)
        assert basic.get("/v1/who", auth=(user, password)).text == user
        kept.post("/login", data={"username": user, "password": password})
        assert kept.get("/v1/who").text == user
        other = {"ada": "bob", "bob": "ada"}[user]
        assert basic.get("/v1/who", auth=(other, password)).status_code == 401
        assert kept.get("/v1/who", auth=(other, words[other])).text == other
    forged = {"Cookie": "article-qa=another pass"}
    assert client(door).get("/v1/who", headers=forged).status_code == 401


def test_guesses_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(login, "sleep", sleep)
    guessing = client(Door(WANTED))
    for auth in (("reader", "wrong word"), ("nobody", "a good word"), ("reader", "")):
        assert guessing.get("/", auth=auth).status_code == 401
    assert waited == [1.0, 1.0, 1.0]
    guessing.get("/", auth=("reader", "a good word"))
    assert len(waited) == 3
