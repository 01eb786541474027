"""The command line: each command imports what it needs when it runs."""

import argparse
import logging
import os
import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING

from embeddings.errors import QAError
from qa.cli.arguments import parser
from qa.cli.building import add, index, remove, sources
from qa.cli.log import remarks
from qa.wording.safe_text import one_line

if TYPE_CHECKING:
    from embeddings.types import Filter
    from qa.evaluation.evaluate import Trial
    from qa.pipeline import QA


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


def _verify(options: argparse.Namespace) -> None:
    from embeddings.backends.verify import verify

    for passed in verify(options.index):
        print(passed, flush=True)


def _ask(options: argparse.Namespace) -> None:
    from qa.cli.terminal import print_result

    narrow = _filter(options)
    with _open(options) as qa:
        before = qa.ask(options.after, narrow=narrow) if options.after else None
        result = qa.ask(" ".join(options.question), options.k, narrow, before)
    if options.json:
        asked = {"question": result.question, "understood": result.understood, "index": options.index}
        _print_json({**asked, **result.to_json()})
    else:
        print_result(result)


def _search(options: argparse.Namespace) -> None:
    from qa.cli.terminal import print_passages

    text = " ".join(options.text)
    with _open(options) as qa:
        ranked = qa.search(text, options.k, _filter(options))
    if options.json:
        passages = [place.to_json() for place in ranked]
        _print_json({"text": text, "index": options.index, "passages": passages})
    else:
        print_passages(ranked)


def _why(options: argparse.Namespace) -> None:
    from qa.cli.terminal import print_explanation
    from qa.pipeline import QA

    with QA.open(options.index) as qa:
        explanation = qa.why(options.question, options.article, _filter(options))
    if options.json:
        _print_json({"index": options.index, **explanation.to_json()})
    else:
        print_explanation(explanation)


def _run(options: argparse.Namespace) -> None:
    from qa.evaluation.questions import read_questions
    from qa.evaluation.runs import write_run

    questions = read_questions(options.questions)
    with _open(options) as qa:
        write_run(qa, questions, options.k, options.out, options.questions, options.as_of)
    print(f"{len(questions)} questions: {options.out}")


def _eval(options: argparse.Namespace) -> None:
    from qa.evaluation.evaluate import evaluate, print_evaluation, write_trec
    from qa.evaluation.report.document import check_writable, write_report

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
    from qa.evaluation.evaluate import trial
    from qa.evaluation.known_items import SAMPLE, known_items

    if options.self:
        if options.run or options.against or options.unanswerable or options.as_of or options.reranker:
            wrong = "--self makes its own questions and index: only --sample, --trec and --report go with it"
            raise argparse.ArgumentError(None, wrong)
        return known_items(options.index, SAMPLE if options.sample is None else options.sample)
    if options.sample is not None:
        raise argparse.ArgumentError(None, "--sample goes with --self")
    with nullcontext(options.run) if options.run else _open(options) as answers:
        return trial(answers, options.questions, options.unanswerable, options.against, options.as_of)


def _info(options: argparse.Namespace) -> None:
    from embeddings.backends.info import describe
    from qa.cli.terminal import print_info

    info = describe(options.index)
    if options.json:
        _print_json(info)
    else:
        print_info(info)


def _chat(options: argparse.Namespace) -> None:
    from qa.web.server import serve

    serve(
        options.index,
        options.host,
        options.port,
        options.mcp,
        options.auth,
        options.no_auth,
        options.name,
        options.reader,
    )


_COMMANDS = {
    "index": index,
    "add": add,
    "remove": remove,
    "sources": sources,
    "ask": _ask,
    "search": _search,
    "why": _why,
    "run": _run,
    "eval": _eval,
    "verify": _verify,
    "info": _info,
    "chat": _chat,
}


def _filter(options: argparse.Namespace) -> "Filter":
    from embeddings.types import Filter

    return Filter(options.since, options.until, tuple(options.source), options.as_of)


def _open(options: argparse.Namespace) -> "QA":
    from qa.answer.load_judge import DEFAULT_READER
    from qa.pipeline import QA
    from qa.retrieval.reranker import CrossEncoderReranker

    reranker = CrossEncoderReranker.load(options.reranker) if options.reranker else None
    reader = getattr(options, "reader", DEFAULT_READER)
    return QA.open(options.index, reranker=reranker, grouped=not options.no_group, reader=reader)


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


def run() -> None:
    """The program `qa`: runs one command and ends."""
    status = main()
    if status == 130 and "ray" in sys.modules:  # its core, interrupted, may crash on the way out
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    sys.exit(status)


if __name__ == "__main__":
    run()
