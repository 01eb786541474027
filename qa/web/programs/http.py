"""The operations over HTTP: `/v1`, described by `/openapi.json`."""

import logging
from importlib.metadata import version
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBasic
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.routing import Route

from embeddings.errors import QAError, QueryError
from qa.web.programs import examples, given
from qa.web.programs.corpus import NoArticleError
from qa.web.programs.given_back import Problem
from qa.web.programs.operations import INSTRUCTIONS, Operation
from qa.web.programs.waiting import Waiting, WhileHeard

log = logging.getLogger(__name__)

DESCRIPTION = "/openapi.json"
VERSION = "/v1"
_TEXT: dict[str, Any] = {"content": {"text/plain": {"schema": {"type": "string"}}}}
_REFUSED: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "The body is no JSON."},
    403: {"description": "It is asked by the page of another site, or names a file by an address.", **_TEXT},
    413: {"description": "The request is larger than 256 kB.", **_TEXT},
    422: {"model": Problem, "description": "What was given cannot be served; the remedy is named."},
    503: {"model": Problem, "description": "The index cannot be read, or too many calls wait."},
}
_CLOSED: dict[int | str, dict[str, Any]] = {
    401: {"description": "User and password are missing, or wrong.", **_TEXT}
}
_MEANT = {
    400: "the body is no JSON in UTF-8",
    404: f"there is no such address: {DESCRIPTION} names those that there are",
    405: f"this address takes another method: {DESCRIPTION} names it",
}
_NOT_THERE: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "There is no such article."}
}


def application(operations: tuple[Operation, ...], waiting: Waiting, closed: bool = False) -> FastAPI:
    """The API; with `closed`, its description says that it asks for a user and password."""
    api = FastAPI(
        title="article-qa",
        version=version("article-qa"),
        description=INSTRUCTIONS,
        openapi_url=DESCRIPTION,
        docs_url=None,  # these pages would load their scripts from elsewhere
        redoc_url=None,
        responses={**_REFUSED, **(_CLOSED if closed else {})},
        dependencies=[Depends(HTTPBasic(auto_error=False))] if closed else [],
        separate_input_output_schemas=False,
    )
    for error, handler in (
        (QAError, _unserved),
        (RequestValidationError, _misunderstood),
        (HTTPException, _unknown),
    ):
        api.add_exception_handler(error, handler)  # type: ignore[arg-type]
    by_name = {operation.name: operation for operation in operations}

    async def done(name: str, taken: BaseModel) -> Any:
        return await waiting.run(lambda: by_name[name].run(taken))

    async def ask(taken: given.Question) -> Any:
        return await done("ask", taken)

    async def search(taken: given.Words) -> Any:
        return await done("search", taken)

    async def articles(taken: Annotated[given.Listing, Query()]) -> Any:
        return await done("articles", taken)

    async def read(id: str, place: Annotated[given.Place, Query()]) -> Any:
        return await done("read", given.Part(id=id, **place.model_dump()))

    async def info(which: Annotated[given.Which, Query()]) -> Any:
        return await done("info", which)

    async def corpora() -> Any:
        return await done("corpora", given.Nothing())

    for path, method, function in (
        ("/ask", "POST", ask),
        ("/search", "POST", search),
        ("/articles", "GET", articles),
        ("/articles/{id:path}", "GET", read),
        ("/info", "GET", info),
        ("/corpora", "GET", corpora),
    ):
        operation = by_name[function.__name__]
        api.add_api_route(
            f"{VERSION}{path}",
            function,
            methods=[method],
            response_model=operation.returns,
            response_model_exclude_unset=True,
            summary=operation.title,
            description=operation.description,
            operation_id=operation.name,
            responses={200: _example(operation), **(_NOT_THERE if "{" in path else {})},
        )
    return api


def routes(api: FastAPI) -> list[Route]:
    """Where the page's own application hands over to `api`."""
    heard = WhileHeard(api)
    return [Route(DESCRIPTION, heard), Route(f"{VERSION}/{{rest:path}}", heard)]


def _example(operation: Operation) -> dict[str, Any]:
    return {"content": {"application/json": {"example": examples.RETURNED[operation.name]}}}


def _problem(status: int, why: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse(Problem(error=why).model_dump(), status, headers)


async def _unserved(request: Request, error: QAError) -> JSONResponse:
    if isinstance(error, NoArticleError):
        return _problem(404, str(error))
    if isinstance(error, QueryError):
        return _problem(422, str(error))
    log.warning("%s %s: %s", request.method, request.url.path, error)
    return _problem(503, str(error), {"retry-after": "5"})


async def _misunderstood(request: Request, error: RequestValidationError) -> JSONResponse:
    first = error.errors()[0]
    if request.method == "POST" and "json" not in request.headers.get("content-type", ""):
        return _problem(422, "the body is not said to be JSON: send Content-Type: application/json")
    place = ".".join(str(part) for part in first["loc"][1:])
    return _problem(422, ": ".join(part for part in (place, first["msg"]) if part))


async def _unknown(_: Request, error: HTTPException) -> JSONResponse:
    why = _MEANT.get(error.status_code, str(error.detail))
    return _problem(error.status_code, why, dict(error.headers or {}))
