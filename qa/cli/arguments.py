"""What the commands of `qa` take: names, options, help and examples."""

import argparse
import os

from qa.cli.command_examples import EXAMPLES

_OF_SEVERAL = ("ask", "search", "info", "chat")
"""Commands that take several indexes."""


def parser() -> argparse.ArgumentParser:
    """The parser of `qa` with all its commands."""
    top = argparse.ArgumentParser(
        prog="qa", description="Ask a folder of articles; every answer is an exact quotation."
    )
    top.add_argument("--version", action="store_true", help="print the version and exit")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")

    index = _command(commands, "index", "make the index hold exactly the articles of the sources")
    index.add_argument(
        "sources", nargs="*", metavar="SOURCE", help="folders, files or http(s) addresses (default: seeds)"
    )
    index.add_argument("--model", metavar="M", help="a sentence-transformers model: a folder or a local name")
    index.add_argument("--rebuild", action="store_true", help="encode everything again")
    index.add_argument(
        "--name", metavar="NAME", help="what the index is called (default: as before, or as its folder is)"
    )
    index.add_argument("--description", metavar="TEXT", help="what it is about, in a line (default: none)")
    _add_reading(index)
    index.add_argument("--yes", action="store_true", help="do not ask, though articles would be removed")
    index.add_argument(
        "--engine",
        choices=("local", "ray"),
        default="local",
        help="who encodes: this process, or Ray's workers",
    )
    index.add_argument(
        "--ray-address", metavar="A", help="Ray's cluster, `auto` or HOST:PORT (default: one of this machine)"
    )
    index.add_argument(
        "--shards", metavar="DIR", help="folder that all nodes of the cluster see (default: in the index)"
    )
    instead = index.add_mutually_exclusive_group()
    instead.add_argument("--dry-run", action="store_true", help="only say what would happen; write nothing")
    instead.add_argument("--rollback", action="store_true", help="go back to the generation before")

    add = _command(commands, "add", "read further sources into the index, beside those that it has")
    add.add_argument("sources", nargs="*", metavar="SOURCE", help="folders, files or http(s) addresses")
    _add_reading(add)

    remove = _command(commands, "remove", "take sources or articles out of the index; no file is deleted")
    remove.add_argument("names", nargs="+", metavar="SOURCE|ID", help="a source, or the id of an article")

    watch = _command(commands, "watch", "update the index as files of its sources come, go and change")
    watch.add_argument(
        "--every",
        type=minutes,
        default=0.0,
        metavar="MINUTES",
        help="also read all sources, and fetch the addresses among them, every so many minutes "
        "(default: only when a file changes; nothing is fetched then)",
    )

    _command(commands, "sources", "list what the index is made from, and how it is read")

    ask = _command(commands, "ask", "answer a question, with the passages that support it")
    ask.add_argument("question", nargs="+", metavar="QUESTION")
    ask.add_argument("--after", metavar="QUESTION", help="the question before, which this one goes on from")
    _add_filter(ask, top_k=5)
    _add_ranking(ask)
    _add_reader(ask)
    _add_llm(ask)

    search = _command(commands, "search", "rank passages for a question, a statement or words")
    search.add_argument("text", nargs="+", metavar="TEXT")
    _add_filter(search, top_k=10)
    _add_ranking(search)

    brief = _command(
        commands, "brief", "tell a topic by day: of each article on it, the sentence that says most"
    )
    brief.add_argument("topic", nargs="+", metavar="TOPIC")
    _add_filter(brief, top_k=12, of="lines")
    _add_ranking(brief)
    _add_llm(brief)

    why = _command(commands, "why", "explain why an article ranks where it does for a question")
    why.add_argument("question", metavar="QUESTION")
    why.add_argument("article", metavar="ARTICLE", help="its id, path, address or title")
    _add_filter(why)

    run = _command(commands, "run", "answer a file of questions, one JSON line each")
    run.add_argument("questions", metavar="QUESTIONS.jsonl")
    run.add_argument("-k", type=int, default=100, metavar="K", help="passages a question (default: 100)")
    run.add_argument("--out", required=True, metavar="RUN.jsonl", help="the file to write")
    _add_as_of_each(run)
    _add_ranking(run)
    _add_reader(run)

    evaluate = _command(commands, "eval", "measure answers to judged questions")
    _add_judged(evaluate).add_argument(
        "--self", action="store_true", help="without questions: find articles of the index by their titles"
    )
    evaluate.add_argument(
        "--sample", type=int, metavar="N", help="with --self: how many articles (default: 200)"
    )
    evaluate.add_argument("--run", metavar="RUN.jsonl", help="measure what `qa run` wrote instead of asking")
    evaluate.add_argument(
        "--against", metavar="RUN.jsonl", help="compare with this run, question by question"
    )
    evaluate.add_argument("--trec", metavar="PREFIX", help="write PREFIX.run and PREFIX.qrels")
    evaluate.add_argument("--report", metavar="OUT.html", help="write a page with charts and worst questions")
    evaluate.add_argument("--json", action="store_true", help="as JSON")
    _add_as_of_each(evaluate)
    _add_ranking(evaluate)
    _add_reader(evaluate)
    _add_llm(evaluate)

    tune = _command(commands, "tune", "fit the weights of answering to this index")
    _add_judged(tune).add_argument("--reset", action="store_true", help="forget what was fitted")
    _add_reader(tune)

    _command(commands, "verify", "check sums, counts, spans, and a sample of vectors against the model")

    info = _command(commands, "info", "say what the index holds")
    info.add_argument("--json", action="store_true", help="as JSON")

    llm = _command(commands, "llm", "say which language models answer on this machine, and test one")
    _add_llm(llm)

    chat = _command(commands, "chat", "open the page in which to ask")
    chat.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    chat.add_argument("--port", type=int, default=7860, help="port to listen on (default: 7860)")
    who = chat.add_mutually_exclusive_group()
    who.add_argument(
        "--auth",
        nargs="?",
        const="",
        metavar="FILE",
        help="ask for user and password: $QA_AUTH or FILE holds lines of user:password",
    )
    who.add_argument("--no-auth", action="store_true", help="let everybody in who can reach --host")
    chat.add_argument(
        "--name", action="append", default=[], metavar="NAME", help="a further host name of the page"
    )
    _add_reader(chat)
    chat.add_argument(
        "--proxy",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="a proxy that may say how it was asked",
    )
    chat.add_argument(
        "--no-history", action="store_true", help="keep no conversation, and nothing of the reading list"
    )
    chat.add_argument("--watch", action="store_true", help="also do what `qa watch` does")
    chat.add_argument("--mcp", action="store_true", help="also serve the same functions as MCP tools")
    return top


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, help: str
) -> argparse.ArgumentParser:
    command = commands.add_parser(
        name,
        help=help,
        description=f"{help[0].upper()}{help[1:]}.",
        epilog=EXAMPLES[name],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    where = "the index: a folder, milvus+http://HOST:PORT/NAME or milvus+file:FOLDER"
    default = "default: $QA_INDEX, else .qa"
    if name in _OF_SEVERAL:
        said = f"{where}, or a folder of indexes; may be repeated ({default})"
        command.add_argument("--index", action="append", metavar="DIR", help=said)
    else:
        command.add_argument("--index", default=default_index(), metavar="DIR", help=f"{where} ({default})")
    return command


def default_index() -> str:
    """The index that is meant where none is named."""
    return os.environ.get("QA_INDEX") or ".qa"


def minutes(given: str) -> float:
    """Minutes as they are typed, 0 to 100,000. Raises ValueError, which argparse puts into words."""
    minutes = float(given)
    if not 0 <= minutes <= 100_000:
        raise ValueError
    return minutes


def _add_reading(command: argparse.ArgumentParser) -> None:
    command.add_argument("--follow-links", action="store_true", help="read what symbolic links point to")
    command.add_argument(
        "--max-unpacked",
        type=float,
        default=4.0,
        metavar="GB",
        help="most that may come out of one packed file (default: 4)",
    )
    command.add_argument(
        "--text-column",
        metavar="NAME",
        help="the column of tables with the text (default: by its name)",
    )
    command.add_argument(
        "--addresses",
        action="append",
        default=[],
        metavar="FILE",
        help="fetch the addresses in FILE: one a line, feeds in OPML, or bookmarks; may be repeated",
    )
    command.add_argument(
        "--allow-private",
        action="store_true",
        help="fetch named addresses that are of this machine or its own network",
    )


def _add_filter(command: argparse.ArgumentParser, top_k: int | None = None, of: str = "passages") -> None:
    if top_k is not None:
        command.add_argument("-k", type=int, default=top_k, metavar="K", help=f"{of} (default: {top_k})")
    command.add_argument("--since", metavar="DAY", help="only articles of this day (YYYY-MM-DD) or later")
    command.add_argument("--until", metavar="DAY", help="only articles of this day or earlier")
    command.add_argument(
        "--as-of", metavar="DAY", help="as a reader of that day: nothing later, and recent articles first"
    )
    command.add_argument(
        "--source", action="append", default=[], metavar="S", help="only this publisher; may be repeated"
    )
    command.add_argument("--json", action="store_true", help="as JSON")


def _add_judged(command: argparse.ArgumentParser) -> "argparse._MutuallyExclusiveGroup":
    """Judged questions; what is done without them is added to the group."""
    asked = command.add_mutually_exclusive_group(required=True)
    asked.add_argument(
        "questions", nargs="?", metavar="QUESTIONS.jsonl", help="id, question, relevant, answers a line"
    )
    command.add_argument(
        "--unanswerable", metavar="U.jsonl", help="questions that the corpus does not answer"
    )
    return asked


def _add_as_of_each(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--as-of", metavar="DAY", help="as a reader of that day; `asked`: of each question's own `date`"
    )


def _add_ranking(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--no-group", action="store_true", help="show every copy of a report that stands in several articles"
    )
    command.add_argument(
        "--reranker",
        metavar="M",
        help="a cross-encoder that scores the first passages again: a folder or name",
    )


def _add_reader(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--reader",
        default="default",
        metavar="R",
        help="who marks the answer: default, none, or a question-answering model, a folder or a local name",
    )


def _add_llm(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--llm",
        metavar="URL",
        help="a language model's OpenAI-compatible server, which also answers in sentences; only what the "
        "articles say word for word is shown (default: $QA_LLM_URL, else none)",
    )
    command.add_argument(
        "--llm-model", metavar="NAME", help="its name there (default: $QA_LLM_MODEL, else its only one)"
    )
    command.add_argument(
        "--llm-agree",
        action="store_true",
        help="questions and the passages shown may be sent to URL, another machine",
    )
