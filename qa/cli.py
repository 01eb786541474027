"""The command line: each command imports what it needs when it runs."""

import argparse
import logging
import os
import sys
from typing import TYPE_CHECKING

from embeddings.errors import QAError
from qa.remarks import one_line, remarks

if TYPE_CHECKING:
    from embeddings.types import Filter
    from qa.evaluating import Trial
    from qa.pipeline import QA

EXAMPLES = {
    "index": "examples:\n  qa index\n  qa index ~/articles --index ~/articles.qa\n"
    "  qa index a.jsonl.gz b/ --rebuild\n  qa index ~/articles --dry-run\n  qa index --rollback",
    "ask": 'examples:\n  qa ask "Who won the race?"\n'
    '  qa ask "Who won?" -k 3 --since 2022-11-01 --source CNN --json\n'
    '  qa ask "When was that?" --after "Who won the race?"',
    "search": 'examples:\n  qa search "the ceasefire was broken within hours"\n'
    "  qa search flood relief -k 20",
    "why": 'examples:\n  qa why "Who won the race?" race.md\n'
    '  qa why "Who won?" https://news.example/race --since 2022-11-01 --json',
    "run": "example:\n  qa run questions.jsonl -k 100 --out run.jsonl",
    "eval": "examples:\n  qa eval questions.jsonl --unanswerable other.jsonl\n"
    "  qa eval questions.jsonl --run new.jsonl --against old.jsonl --report new.html\n"
    "  qa eval --self --sample 500",
    "verify": "examples:\n  qa verify\n  qa verify --index ~/articles.qa",
    "info": "examples:\n  qa info\n  qa info --index ~/articles.qa --json",
    "chat": "examples:\n  qa chat\n  qa chat --port 8080 --mcp\n"
    "  qa chat --host 0.0.0.0 --auth login.txt --name news.example",
}


def parser() -> argparse.ArgumentParser:
    """The parser of `qa` with all its commands."""
    top = argparse.ArgumentParser(
        prog="qa", description="Ask a folder of articles; every answer is an exact quotation."
    )
    top.add_argument("--version", action="store_true", help="print the version and exit")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")

    index = _command(commands, "index", "make the index hold exactly the articles of the sources")
    index.add_argument(
        "sources", nargs="*", default=["seeds"], metavar="SOURCE", help="folders or files (default: seeds)"
    )
    index.add_argument("--model", metavar="M", help="a sentence-transformers model: a folder or a local name")
    index.add_argument("--rebuild", action="store_true", help="encode everything again")
    index.add_argument("--follow-links", action="store_true", help="read what symbolic links point to")
    index.add_argument(
        "--max-unpacked",
        type=float,
        default=4.0,
        metavar="GB",
        help="most that may come out of one .gz file (default: 4)",
    )
    instead = index.add_mutually_exclusive_group()
    instead.add_argument("--dry-run", action="store_true", help="only say what would happen; write nothing")
    instead.add_argument("--rollback", action="store_true", help="go back to the generation before")

    ask = _command(commands, "ask", "answer a question, with the passages that support it")
    ask.add_argument("question", nargs="+", metavar="QUESTION")
    ask.add_argument("--after", metavar="QUESTION", help="the question before, which this one goes on from")
    _add_filter(ask, top_k=5)
    _add_ranking(ask)

    search = _command(commands, "search", "rank passages for a question, a statement or words")
    search.add_argument("text", nargs="+", metavar="TEXT")
    _add_filter(search, top_k=10)
    _add_ranking(search)

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

    evaluate = _command(commands, "eval", "measure answers to judged questions")
    asked = evaluate.add_mutually_exclusive_group(required=True)
    asked.add_argument(
        "questions", nargs="?", metavar="QUESTIONS.jsonl", help="id, question, relevant, answers a line"
    )
    asked.add_argument(
        "--self", action="store_true", help="without questions: find articles of the index by their titles"
    )
    evaluate.add_argument(
        "--sample", type=int, metavar="N", help="with --self: how many articles (default: 200)"
    )
    evaluate.add_argument(
        "--unanswerable", metavar="U.jsonl", help="questions that the corpus does not answer"
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

    _command(commands, "verify", "check sums, counts, spans, and a sample of vectors against the model")

    info = _command(commands, "info", "say what the index holds")
    info.add_argument("--json", action="store_true", help="as JSON")

    chat = _command(commands, "chat", "open the page in which to ask")
    chat.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    chat.add_argument("--port", type=int, default=7860, help="port to listen on (default: 7860)")
    who = chat.add_mutually_exclusive_group()
    who.add_argument(
        "--auth",
        nargs="?",
        const="",
        metavar="FILE",
        help="ask for user and password: $QA_AUTH or FILE holds user:password",
    )
    who.add_argument("--no-auth", action="store_true", help="let everybody in who can reach --host")
    chat.add_argument(
        "--name", action="append", default=[], metavar="NAME", help="a further host name of the page"
    )
    chat.add_argument("--mcp", action="store_true", help="also serve the same functions as MCP tools")
    return top


def main(argv: list[str] | None = None) -> int:
    """Run one command. Returns the exit status: 0, 1 for an error, 2 for wrong use, 130 for Ctrl-C."""
    _tolerate_any_terminal()
    options = parser().parse_args(argv)
    if options.version:
        from importlib.metadata import version

        print(f"qa {version('article-qa')}")
        return 0
    if not options.command:
        parser().print_help()
        return 2
    logging.basicConfig(level=logging.WARNING, handlers=[remarks()])
    try:
        _COMMANDS[options.command](options)
    except QAError as error:
        return _fail(str(error))
    except argparse.ArgumentError as error:
        print(f"qa: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader of our output, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt as interrupt:
        _fail(str(interrupt) or "interrupted")
        return 130
    except OSError as error:
        return _fail(f"{error.filename or 'the system'}: {error.strerror or error}")
    except Exception as error:
        if _comes_from_ctrl_c(error):
            _fail("interrupted")
            return 130
        if os.environ.get("QA_DEBUG"):
            raise
        kind = type(error).__name__
        return _fail(f"unforeseen, please report it with the output under QA_DEBUG=1: {kind}: {error}")
    return 0


def _comes_from_ctrl_c(error: BaseException | None) -> bool:
    """A library that is being imported turns Ctrl-C into an ImportError of its own."""
    while error and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


def _index(options: argparse.Namespace) -> None:
    if options.rollback:
        _roll_back(options)
        return
    if options.dry_run:
        _preview(options)
        return
    from embeddings.readers import Reading
    from qa.pipeline import QA
    from qa.terminal import build_progress, print_report

    reading = Reading(options.follow_links, options.max_unpacked)
    with build_progress() as progress:
        report = QA.build(
            options.sources, options.index, options.model, options.rebuild, progress=progress, reading=reading
        )
    print_report(report, options.index)


def _preview(options: argparse.Namespace) -> None:
    from embeddings.preview import preview
    from embeddings.readers import Reading
    from qa.terminal import print_preview

    reading = Reading(options.follow_links, options.max_unpacked)
    seen = preview(options.sources, options.index, options.model, options.rebuild, reading=reading)
    print_preview(seen, options.index)


def _roll_back(options: argparse.Namespace) -> None:
    from embeddings.index import roll_back

    name, manifest = roll_back(options.index)
    print(
        f"current again: generation {name} of {manifest.created[:10]}, "
        f"{manifest.articles} articles, {manifest.passages} passages: {options.index}"
    )


def _verify(options: argparse.Namespace) -> None:
    from embeddings.verifying import verify

    for passed in verify(options.index):
        print(passed, flush=True)


def _ask(options: argparse.Namespace) -> None:
    from qa.terminal import print_result

    qa, narrow = _open(options), _filter(options)
    before = qa.ask(options.after, narrow=narrow) if options.after else None
    result = qa.ask(" ".join(options.question), options.k, narrow, before)
    if options.json:
        asked = {"question": result.question, "understood": result.understood, "index": options.index}
        _print_json({**asked, **result.to_json()})
    else:
        print_result(result)


def _search(options: argparse.Namespace) -> None:
    from qa.terminal import print_passages

    text = " ".join(options.text)
    ranked = _open(options).search(text, options.k, _filter(options))
    if options.json:
        passages = [place.to_json() for place in ranked]
        _print_json({"text": text, "index": options.index, "passages": passages})
    else:
        print_passages(ranked)


def _why(options: argparse.Namespace) -> None:
    from qa.pipeline import QA
    from qa.terminal import print_explanation

    explanation = QA.open(options.index).why(options.question, options.article, _filter(options))
    if options.json:
        _print_json({"index": options.index, **explanation.to_json()})
    else:
        print_explanation(explanation)


def _run(options: argparse.Namespace) -> None:
    from qa.questions import read_questions
    from qa.running import write_run

    questions = read_questions(options.questions)
    write_run(_open(options), questions, options.k, options.out, options.questions, options.as_of)
    print(f"{len(questions)} questions: {options.out}")


def _eval(options: argparse.Namespace) -> None:
    from qa.evaluating import evaluate, print_evaluation, write_trec
    from qa.report.document import check_writable, write_report

    if options.report:
        check_writable(options.report)
    asked = _trial(options)
    evaluation = evaluate(asked)
    if options.trec:
        write_trec(asked, options.trec)
    if options.report:
        write_report(asked, evaluation, options.report)
    if options.json:
        _print_json(evaluation.to_json())
    else:
        print_evaluation(evaluation)


def _trial(options: argparse.Namespace) -> "Trial":
    from qa.evaluating import trial
    from qa.known_items import SAMPLE, known_items

    if options.self:
        if options.run or options.against or options.unanswerable or options.as_of or options.reranker:
            wrong = "--self makes its own questions and index: only --sample, --trec and --report go with it"
            raise argparse.ArgumentError(None, wrong)
        return known_items(options.index, SAMPLE if options.sample is None else options.sample)
    if options.sample is not None:
        raise argparse.ArgumentError(None, "--sample goes with --self")
    answers = options.run or _open(options)
    return trial(answers, options.questions, options.unanswerable, options.against, options.as_of)


def _info(options: argparse.Namespace) -> None:
    from qa.information import describe, print_info

    info = describe(options.index)
    if options.json:
        _print_json(info)
    else:
        print_info(info)


def _chat(options: argparse.Namespace) -> None:
    from qa.chat import serve

    serve(
        options.index,
        options.host,
        options.port,
        options.mcp,
        options.auth,
        options.no_auth,
        options.name,
    )


_COMMANDS = {
    "index": _index,
    "ask": _ask,
    "search": _search,
    "why": _why,
    "run": _run,
    "eval": _eval,
    "verify": _verify,
    "info": _info,
    "chat": _chat,
}


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
    command.add_argument(
        "--index",
        default=os.environ.get("QA_INDEX") or ".qa",
        metavar="DIR",
        help="folder of the index (default: $QA_INDEX, else .qa)",
    )
    return command


def _add_filter(command: argparse.ArgumentParser, top_k: int | None = None) -> None:
    if top_k is not None:
        command.add_argument("-k", type=int, default=top_k, metavar="K", help=f"passages (default: {top_k})")
    command.add_argument("--since", metavar="DAY", help="only articles of this day (YYYY-MM-DD) or later")
    command.add_argument("--until", metavar="DAY", help="only articles of this day or earlier")
    command.add_argument(
        "--as-of", metavar="DAY", help="as a reader of that day: nothing later, and recent articles first"
    )
    command.add_argument(
        "--source", action="append", default=[], metavar="S", help="only this publisher; may be repeated"
    )
    command.add_argument("--json", action="store_true", help="as JSON")


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
        help="a cross-encoder that reads the first passages again: a folder or name",
    )


def _filter(options: argparse.Namespace) -> "Filter":
    from embeddings.types import Filter

    return Filter(options.since, options.until, tuple(options.source), options.as_of)


def _open(options: argparse.Namespace) -> "QA":
    from qa.pipeline import QA
    from qa.reranking import CrossEncoderReranker

    reranker = CrossEncoderReranker.load(options.reranker) if options.reranker else None
    return QA.open(options.index, reranker=reranker, grouped=not options.no_group)


def _print_json(value: object) -> None:
    import json

    print(json.dumps(value, ensure_ascii=False, indent=2))


def _fail(message: str) -> int:
    print(f"qa: {one_line(message)}", file=sys.stderr)
    return 1


def _tolerate_any_terminal() -> None:
    """A character that the terminal cannot show is replaced, never an error."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="replace")


if __name__ == "__main__":
    sys.exit(main())
