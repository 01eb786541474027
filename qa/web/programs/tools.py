"""The operations as MCP tools: each with a schema of what it takes and of what it returns."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from pydantic import ValidationError

from embeddings.errors import QAError
from qa.web.programs.operations import INSTRUCTIONS, Operation
from qa.web.programs.waiting import Waiting
from qa.web.security.asgi import Receive, Scope, Send

PATH = "/mcp"


class Refusal(Exception):
    """What is told of a call that cannot be served."""


@dataclass(frozen=True, slots=True)
class Tools:
    """An MCP server over streamable HTTP, to be put on `routes` for as long as `lifespan` is open."""

    routes: list[Any]
    lifespan: Callable[[Any], AbstractAsyncContextManager[None]]


def tools(operations: tuple[Operation, ...], waiting: Waiting) -> Tools:
    """`operations` as tools of an MCP server, with JSON Schemas of what they take and return."""
    from mcp import types
    from mcp.server.lowlevel import Server
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
    from starlette.routing import Route

    server: Server[Any, Any] = Server("article-qa", version("article-qa"), INSTRUCTIONS)
    by_name = {operation.name: operation for operation in operations}

    async def listed() -> list[types.Tool]:
        return [_tool(operation) for operation in operations]

    async def called(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        operation = by_name.get(name)
        if not operation:
            raise Refusal(f"no tool is called {name!r}: there are {', '.join(by_name)}")
        try:
            taken = operation.takes.model_validate(arguments)
            return await waiting.run(lambda: operation.run(taken))
        except ValidationError as error:
            first = error.errors()[0]
            raise Refusal(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
        except QAError as error:
            raise Refusal(str(error)) from None

    server.list_tools()(listed)  # type: ignore[no-untyped-call]
    server.call_tool(validate_input=False)(called)
    manager = StreamableHTTPSessionManager(server, json_response=True, stateless=True)

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        async with manager.run():
            yield

    class Endpoint:
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            await manager.handle_request(scope, receive, send)

    return Tools([Route(path, Endpoint()) for path in (PATH, f"{PATH}/")], lifespan)


def _tool(operation: Operation) -> Any:
    from mcp import types

    return types.Tool(
        name=operation.name,
        title=operation.title,
        description=operation.description,
        inputSchema=operation.takes.model_json_schema(),
        outputSchema=operation.returns.model_json_schema(mode="serialization"),
        annotations=types.ToolAnnotations(readOnlyHint=True, idempotentHint=True, openWorldHint=False),
    )
