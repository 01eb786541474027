"""Addresses at which a visitor takes away what is kept for them."""

import re
from typing import Any

from qa.web.history import notes
from qa.web.history.conversations import Conversation
from qa.web.history.history import History
from qa.web.history.notes import Talk
from qa.web.history.shelf import Shelf
from qa.web.security.login import visitor

PREFIX = "/kept"
EVERY = "all"
"""Stands for every conversation in place of an id."""
KINDS = {"md": "text/markdown", "html": "text/html", "json": "application/json"}
_MANY = 1_000_000


def routes(history: History) -> list[Any]:
    """What serves exports of what `history` keeps, each visitor their own: Starlette routes."""
    from starlette.requests import Request
    from starlette.responses import PlainTextResponse, Response
    from starlette.routing import Route

    def conversations(request: Request) -> Response:
        id, kind = request.path_params["id"], request.path_params["kind"]
        talks = _talks(history, history.shelf(visitor(request.scope)), id)
        if kind not in KINDS or not (talks or id == EVERY):
            return PlainTextResponse("no such conversation\n", 404)
        return taken(_conversations(talks, kind), "conversations" if id == EVERY else talks[0][0].title, kind)

    def reading(request: Request) -> Response:
        kind = request.path_params["kind"]
        if kind not in KINDS:
            return PlainTextResponse("no such kind\n", 404)
        pins = history.reading.pins(history.shelf(visitor(request.scope)))
        made = {"md": notes.reading_markdown, "html": notes.reading_html, "json": notes.reading_json}
        return taken(made[kind](pins), notes.READING_LIST, kind)

    def taken(text: str, name: str, kind: str) -> Response:
        file = f"{re.sub('[^A-Za-z0-9]+', '-', name).strip('-')[:60] or 'conversation'}.{kind}"
        headers = {"content-disposition": f'attachment; filename="{file}"', "cache-control": "no-store"}
        return Response(text.encode("utf-8", "replace"), 200, headers, KINDS[kind])

    return [
        Route(f"{PREFIX}/conversations/{{id}}.{{kind}}", conversations),
        Route(f"{PREFIX}/reading-list.{{kind}}", reading),
    ]


def _talks(history: History, shelf: Shelf, id: str) -> list[Talk]:
    kept = history.conversations
    found: list[Conversation] = kept.conversations(shelf, most=_MANY)
    return [(talk, kept.asked(shelf, talk.id, _MANY)) for talk in found if id in (EVERY, talk.id)]


def _conversations(talks: list[Talk], kind: str) -> str:
    if kind == "md":
        return notes.conversations_markdown(talks)
    if kind == "html":
        return notes.conversations_html(talks, talks[0][0].title if len(talks) == 1 else "Conversations")
    return notes.conversations_json(talks)
