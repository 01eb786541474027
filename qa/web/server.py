"""`qa chat`: the page in which to ask, served on this machine."""

import os
import socket
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from importlib.util import find_spec
from pathlib import Path
from threading import Event, Thread
from typing import Any

from markupsafe import Markup

from embeddings.errors import QAError
from qa.answer.load_judge import DEFAULT_READER
from qa.web import api, keyboard
from qa.web.cards import day
from qa.web.examples import Examples
from qa.web.gradio_private import import_gradio
from qa.web.history.history import History, may_keep, open_history
from qa.web.history.routes import routes
from qa.web.live_corpora import LiveCorpora
from qa.web.programs.offer import Offered, offered
from qa.web.security.guard import LARGEST_UPLOAD, bracketed, is_loopback, middleware
from qa.web.security.login import Credentials, Door, credentials, door_middleware
from qa.web.security.requests import quieten_queue
from qa.web.tabs import articles, ask, corpora
from qa.web.tabs import history as kept
from qa.web.upload_folder import upload_folder
from qa.wording.markup import element

_CSS = [Path(__file__).parent / name for name in ("page.css", "history.css")]
_WAITING = 100
"""Questions that may wait for their turn; further ones are refused."""
_ENVIRONMENT = ("GRADIO_TEMP_DIR", "GRADIO_ROOT_PATH")
"""Settings of Gradio that may come from outside: where files may be laid, and a proxy's path."""
_FONT = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")
_FIXED_FONT = ("ui-monospace", "Menlo", "Consolas", "monospace")


def serve(
    index: str | Sequence[str],
    host: str = "127.0.0.1",
    port: int = 7860,
    mcp: bool = False,
    auth: str | None = None,
    no_auth: bool = False,
    names: Sequence[str] = (),
    reader: str = DEFAULT_READER,
    proxies: Sequence[str] = (),
    no_history: bool = False,
    watched: bool = False,
) -> None:
    """Serve the page for the index, or the indexes, at `index` until interrupted; `mcp` adds its MCP tools.

    `auth`, `no_auth`: see `login.credentials`; `names`: further hosts by which it may be called; `proxies`:
    addresses of those whose word counts on how they were called. Conversations are kept where it is known
    whose they are (`may_keep`), but with `no_history`. `watched`: whether the index keeps up with its sources
    meanwhile. Visitors may add articles where only this machine reaches the page, or who knows the password.
    Raises NoIndexError where there is no index, QAError where two are called alike, without a free port,
    without a decision who may come, or, for `mcp`, without its package.
    """
    host = host.strip("[]")
    wanted = credentials(host, auth, no_auth)
    _settle_environment()
    live = LiveCorpora.of(index, reader)
    if mcp and not find_spec("mcp"):
        raise QAError("the package mcp is missing, which --mcp needs: run `pip install mcp`")
    _check_port(host, port)
    keeping = not no_history and may_keep(host, wanted, names, proxies)
    history = open_history(index) if keeping else None
    adding = any(one.store.takes_files for one in live.each) and (bool(wanted) or is_loopback(host))
    with upload_folder(os.environ.get("GRADIO_TEMP_DIR")) as uploads:
        os.environ["GRADIO_TEMP_DIR"] = str(uploads)
        import_gradio()
        page = build(live, adding, history)
        programs = offered(live, _WAITING, mcp, closed=bool(wanted))
        taking = routes(history) if history else []
        launch(page, programs, taking, host, port, wanted, names, adding, proxies)
        ended = Event()
        for place in live.places if watched else ():
            called = place.name if live.several else ""
            Thread(target=_keep_up, args=(place.place, ended, called), name="watch", daemon=True).start()
        print(f"ask at http://{bracketed(host)}:{port} (Ctrl-C ends it)", flush=True)
        with suppress(KeyboardInterrupt):
            Event().wait()
        ended.set()
        page.close(verbose=False)
        live.close()


def _keep_up(index: str, ended: Event, name: str = "") -> None:
    from embeddings.build.watch import watch
    from qa.wording.keeping_up import Updates

    updates = Updates(name)
    try:
        watch(index, updates.heard, stop=ended)
    except QAError as error:
        updates.heard(error)


def build(live: LiveCorpora, adding: bool = True, history: History | None = None) -> Any:
    """The page, not yet served; with `adding`, visitors may add articles and take them away.

    Conversations are kept in `history`.
    """
    import gradio as gr

    with live.each[0].store.look() as (_, catalog):
        stats = catalog.stats()
    first = _head(stats.articles, stats.since, stats.until, len(stats.sources))
    title = f"{', '.join(live.names)} · Article QA"
    with gr.Blocks(title=title, analytics_enabled=False, fill_width=True) as page:
        api.offer(live)  # first, so that its names are taken by no event of the page
        with gr.Row(elem_id="top") if live.several else nullcontext():
            head = gr.HTML(corpora.head(live.places) if live.several else first, elem_id="head")
            switch = corpora.switch(live.places) if live.several else None
        gr.HTML(keyboard.keys(), elem_id="help")
        with gr.Tabs(elem_id="tabs") as tabs:
            with gr.Tab("Ask", id="asking"):
                made = ask.tab(live, history is not None, switch)
            if history:
                kept.tab(page, tabs, history, made)
            if live.several:
                several = corpora.tab(live, adding, page.upload_file_set)
                held = several.held
            else:
                several, held = None, [articles.tab(live.each[0], adding, page.upload_file_set)]

        def fill(corpus: str = corpora.ALL) -> list[Any]:
            return filled(corpus)

        def filled(corpus: str, **value: str) -> list[Any]:
            now = live.info(corpus)
            days = ask.day_choices([article.date for _, article in live.articles(corpus) if article.date])
            choices = [(f"{name} ({count})", name) for name, count in now["sources"].items()]
            about = now["description"] if live.several else ""
            opened = _head(now["articles"], now["since"], now["until"], len(now["sources"]), about)
            as_of = [("today", ask.ANY), *days[1:]]
            chosen = gr.Dropdown(choices, value=[]) if value else gr.Dropdown(choices)
            return [opened, *(gr.Dropdown(of, **value) for of in (days, days, as_of)), chosen]

        quiet = {"show_progress": "hidden", "api_visibility": "private"}
        narrowing = [head, made.since, made.until, made.as_of, made.sources]
        filling = (fill, switch, narrowing)
        examples = Examples(live.each[0])
        loaded = page.load(*filling, **quiet).then(live.warm, None, None, **quiet)
        loaded.then(  # once the page is there: finding them takes time, and asks as a visitor does
            lambda: ask.shown_examples(examples.questions()),
            None,
            made.chat,
            concurrency_id="examples",
            concurrency_limit=1,
            **quiet,
        )
        for changed in (change for one in held for change in one.changes):
            changed.then(*filling, **quiet)
        if switch and several:
            switch.change(
                lambda corpus: [*filled(corpus, value=ask.ANY), *several.shown(corpus, live.names)],
                switch,
                [*narrowing, *several.panes],
                **quiet,
            )
        for script in keyboard.SCRIPTS:
            page.load(None, js=script, **quiet)
    page.queue(max_size=_WAITING, default_concurrency_limit=4, api_open=False)
    return page


def launch(
    page: Any,
    programs: Offered,
    taking: Sequence[Any],
    host: str,
    port: int,
    wanted: Sequence[Credentials] = (),
    names: Sequence[str] = (),
    adding: bool = False,
    proxies: Sequence[str] = (),
) -> None:
    """Start serving, to everybody or to those who are `wanted`; returns once it can be opened."""
    import gradio as gr

    fonts = {"font": list(_FONT), "font_mono": list(_FIXED_FONT)}
    hues = {"primary_hue": "teal", "neutral_hue": "stone"}
    door = Door(*wanted) if wanted else None
    quieten_queue()
    page.launch(
        server_name=bracketed(host),
        server_port=port,
        share=False,
        quiet=True,
        inbrowser=False,
        prevent_thread_lock=True,
        ssr_mode=False,
        pwa=False,
        run_history=False,
        enable_monitoring=False,
        max_file_size=LARGEST_UPLOAD if adding else "1kb",
        state_session_capacity=500,
        num_workers=0,
        mcp_server=False,
        theme=gr.themes.Default(**hues, **fonts),
        css_paths=_CSS,
        footer_links=[],
        app_kwargs={
            "middleware": middleware(host, names, door_middleware(door) if door else (), adding, proxies),
            "routes": [*([door.route()] if door else []), *programs.routes, *taking],
            "lifespan": programs.lifespan,
        },
    )


def _settle_environment() -> None:
    """Gradio takes settings from the environment too: ours alone hold, and nothing is sent anywhere."""
    for name in [name for name in os.environ if name.startswith("GRADIO_") and name not in _ENVIRONMENT]:
        del os.environ[name]
    os.environ["FORWARDED_ALLOW_IPS"] = ""  # of uvicorn, which else believes every process of this machine
    os.environ.update(GRADIO_ANALYTICS_ENABLED="False", HF_HUB_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1")


def _head(
    articles: int, since: str | None, until: str | None, publishers: int, description: str = ""
) -> Markup:
    span = f", {day(since)} to {day(until)}" if since and until else ""
    held = f"{articles:,} articles from {publishers:,} publishers{span}"
    name, about = element("h1", "Article QA"), element("p", description, dir="auto") if description else None
    return element("header", name, about, element("p", held), keyboard.button(), class_="head")


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((host, port))
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise QAError(f"cannot listen on {host}:{port} ({why}): give another --port or --host") from None
