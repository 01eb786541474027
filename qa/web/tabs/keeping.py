"""Keeping what is asked on the page, and coming back to it; pinning passages."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from qa.types import RankedPassage
from qa.web.history.database import HistoryError
from qa.web.history.history import History
from qa.web.history.shelf import Shelf
from qa.web.security.login import visitor
from qa.web.tabs import ask, kept
from qa.web.turns import Turn

T = TypeVar("T")
QUIET = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
_NAMED = f"() => new URLSearchParams(location.hash.slice(1)).get('{kept.FRAGMENT}') ?? ''"
NAME = f"""id => {{
    if (id !== ({_NAMED})())
        history.replaceState(null, '', location.pathname + location.search + (id && '#{kept.FRAGMENT}=' + id))
}}"""
"""The page's address names its conversation: each tab comes back to its own when it is loaded again."""
_MOVED = f"() => addEventListener('hashchange', () => {{ if (({_NAMED})()) location.reload() }})"
"""Whoever puts another conversation into the address comes to it."""
_PIN, _PINNED = "Pin", "Pinned ✓"


def connect(page: Any, open: Any, history: History, asking: ask.Asking) -> None:
    """Keep every question; `open` holds the id of the conversation that is asked in."""
    import gradio as gr

    pins = asking.evidence.pins

    def keep(turns: tuple[Turn, ...], at: int, id: str, request: gr.Request) -> list[Any]:
        shelf = shelf_of(history, request)
        now = tried(lambda: history.conversations.keep(shelf, id, turns))
        return [id if now is None else now, *_labels(history, shelf, turns, at, len(pins))]

    def labels(turns: tuple[Turn, ...], at: int, request: gr.Request) -> list[Any]:
        return _labels(history, shelf_of(history, request), turns, at, len(pins))

    def restore(id: str, request: gr.Request) -> dict[Any, Any]:
        return opened(open, history, asking, shelf_of(history, request), id)

    def toggle(place: int) -> Callable[..., Any]:
        def pin(turns: tuple[Turn, ...], at: int, request: gr.Request) -> Any:
            shelf = shelf_of(history, request)
            return tried(lambda: _toggled(history, shelf, turns[at], place)) or _PIN

        return pin

    asked = [asking.turns, asking.selected]
    address = {"fn": None, "inputs": open, "js": NAME, **QUIET}
    asking.turns.change(keep, [*asked, open], [open, *pins], **QUIET).then(**address)
    asking.selected.change(labels, asked, pins, **QUIET)
    for place, button in enumerate(pins):
        button.click(toggle(place), asked, button, **QUIET)
    page.load(restore, open, [open, *asking.shown, *pins], js=_NAMED, **QUIET).then(**address)
    page.load(None, js=_MOVED, **QUIET)


def opened(open: Any, history: History, asking: ask.Asking, shelf: Shelf, id: str) -> dict[Any, Any]:
    """What the page shows for the conversation `id`; nothing changes where it is not on the shelf."""
    asked = tried(lambda: history.conversations.asked(shelf, id)) if id else []
    if not asked:
        return {open: "" if asked is not None else id}  # where it cannot be read now, it may be later
    turns, pins = tuple(one.turn for one in asked), asking.evidence.pins
    labels = _labels(history, shelf, turns, len(turns) - 1, len(pins))
    return {open: id, **ask.restored(asking, turns), **dict(zip(pins, labels, strict=True))}


def shelf_of(history: History, request: Any) -> Shelf:
    """The shelf of whoever sent `request`, a gradio.Request."""
    asked = request.request
    return history.shelf(visitor(asked.scope))


def tried(work: Callable[[], T]) -> T | None:
    """What `work` gives; where nothing can be kept that is said on the page, which goes on."""
    import gradio as gr

    try:
        return work()
    except HistoryError as error:
        gr.Warning(str(error))
        return None


def _toggled(history: History, shelf: Shelf, turn: Turn, place: int) -> str:
    """Pin the passage at `place`, or unpin it; what its button says then."""
    ranked = _passages(turn)[place]
    number = history.reading.pinned(shelf, ranked)
    if number is not None:
        history.reading.unpin(shelf, number)
        return _PIN
    history.reading.pin(shelf, turn.question, ranked, turn.result.answer if turn.result else None)
    return _PINNED


def _labels(history: History, shelf: Shelf, turns: Sequence[Turn], at: int, slots: int) -> list[Any]:
    """What the button of each passage says: whether it is pinned."""
    shown = _passages(turns[at]) if at < len(turns) else []
    pinned = tried(lambda: [history.reading.pinned(shelf, one) is not None for one in shown]) or []
    return [*(_PINNED if one else _PIN for one in pinned), *[_PIN] * slots][:slots]


def _passages(turn: Turn) -> list[RankedPassage]:
    return list(turn.result.passages) if turn.result else []
