"""The command line: each command imports what it needs when it runs."""

import argparse
import errno
import logging
import os
import sys
from typing import TYPE_CHECKING

from embeddings.errors import QAError
from qa.cli.arguments import parser
from qa.cli.failure import lacks_memory, need_a_working_folder, out_of_memory, unforeseen
from qa.cli.interrupts import comes_from_ctrl_c, end_as_ctrl_c_does
from qa.cli.log import remarks
from qa.cli.streams import drop, flush, settle
from qa.wording.safe_text import json_text, one_line

if TYPE_CHECKING:
    from embeddings.build.build import Engine
    from embeddings.types import Filter
    from qa.evaluation.evaluate import Trial
    from qa.pipeline import QA


def main(argv: list[str] | None = None) -> int:
    """Run one command. Returns the exit status: 0, 1 for an error, 2 for wrong use, 130 for Ctrl-C."""
    _tolerate_any_terminal()
    options = parser().parse_args(argv)
    logging.basicConfig(level=logging.WARNING, handlers=[remarks()])
    try:
        need_a_working_folder()
        if options.version:
            _version()
        elif options.command:
            _COMMANDS[options.command](options)
        else:
            parser().print_help()
            return 2
    except QAError as error:
        return _fail(str(error))
    except argparse.ArgumentError as error:
        print(f"qa: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader of our output, such as `head`, has seen enough
        drop()
    except KeyboardInterrupt as interrupt:
        _fail(str(interrupt) or "interrupted")
        return 130
    except MemoryError:
        return _fail(out_of_memory())
    except OSError as error:
        if error.errno == errno.ENOMEM:
            return _fail(out_of_memory())
        return _fail(f"{error.filename or 'the system'}: {error.strerror or error}")
    except Exception as error:
        if comes_from_ctrl_c(error):
            _fail("interrupted")
            return 130
        if os.environ.get("QA_DEBUG"):
            raise
        return _fail(out_of_memory() if lacks_memory(error) else unforeseen(error))
    return 0


def _version() -> None:
    from importlib.metadata import version

    print(f"qa {version('article-qa')}")


def _index(options: argparse.Namespace) -> None:
    if options.rollback:
        _roll_back(options)
        return
    if options.dry_run:
        _preview(options)
        return
    from embeddings.sources.readers import Reading
    from qa.cli.terminal import build_progress, print_report
    from qa.pipeline import QA

    reading = Reading(options.follow_links, options.max_unpacked)
    engine = _engine(options)
    with build_progress() as progress:
        report = QA.build(
            options.sources,
            options.index,
            options.model,
            options.rebuild,
            progress=progress,
            reading=reading,
            engine=engine,
        )
    print_report(report, options.index)


def _engine(options: argparse.Namespace) -> "Engine | None":
    if options.engine == "local":
        if options.ray_address or options.shards:
            raise argparse.ArgumentError(None, "--ray-address and --shards go with --engine ray")
        return None
    from pathlib import Path

    from embeddings.engines.ray.engine import RayEngine

    return RayEngine(options.ray_address, Path(options.shards) if options.shards else None)


def _preview(options: argparse.Namespace) -> None:
    from embeddings.build.preview import preview
    from embeddings.sources.readers import Reading
    from qa.cli.terminal import print_preview

    reading = Reading(options.follow_links, options.max_unpacked)
    seen = preview(options.sources, options.index, options.model, options.rebuild, reading=reading)
    print_preview(seen, options.index)


def _roll_back(options: argparse.Namespace) -> None:
    from embeddings.backends.open import store

    name, manifest = store(options.index).roll_back()
    print(
        f"current again: generation {name} of {manifest.created[:10]}, "
        f"{manifest.articles} articles, {manifest.passages} passages: {options.index}"
    )


def _verify(options: argparse.Namespace) -> None:
    from embeddings.backends.verify import verify

    for passed in verify(options.index):
        print(passed, flush=True)


def _ask(options: argparse.Namespace) -> None:
    from qa.cli.terminal import print_result

    qa, narrow = _open(options), _filter(options)
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
    ranked = _open(options).search(text, options.k, _filter(options))
    if options.json:
        passages = [place.to_json() for place in ranked]
        _print_json({"text": text, "index": options.index, "passages": passages})
    else:
        print_passages(ranked)


def _why(options: argparse.Namespace) -> None:
    from qa.cli.terminal import print_explanation
    from qa.pipeline import QA

    explanation = QA.open(options.index).why(options.question, options.article, _filter(options))
    if options.json:
        _print_json({"index": options.index, **explanation.to_json()})
    else:
        print_explanation(explanation)


def _run(options: argparse.Namespace) -> None:
    from qa.evaluation.outputs import check_writable
    from qa.evaluation.questions import read_questions
    from qa.evaluation.runs import write_run

    check_writable(options.out)
    questions = read_questions(options.questions)
    write_run(_open(options), questions, options.k, options.out, options.questions, options.as_of)
    print(f"{len(questions)} questions: {options.out}")


def _eval(options: argparse.Namespace) -> None:
    from qa.evaluation.evaluate import evaluate, print_evaluation, write_trec
    from qa.evaluation.outputs import check_writable
    from qa.evaluation.report.document import write_report

    check_writable(options.report, options.trec and f"{options.trec}.run")
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
    answers = options.run or _open(options)
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
        options.proxy,
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


def _filter(options: argparse.Namespace) -> "Filter":
    from embeddings.types import Filter

    return Filter(options.since, options.until, tuple(options.source), options.as_of)


def _open(options: argparse.Namespace) -> "QA":
    from qa.pipeline import QA
    from qa.retrieval.reranker import CrossEncoderReranker

    reranker = CrossEncoderReranker.load(options.reranker) if options.reranker else None
    return QA.open(options.index, reranker=reranker, grouped=not options.no_group)


def _print_json(value: object) -> None:
    print(json_text(value))


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
    settle()
    end_as_ctrl_c_does()
    try:
        status = main()
    except SystemExit as wrong_use:  # of argparse, which has said why
        status = wrong_use.code if isinstance(wrong_use.code, int) else 2
    if failed := flush():
        status = _fail(failed)
    if status == 130 and "ray" in sys.modules:  # its core, interrupted, may crash on the way out
        os._exit(status)
    sys.exit(status)


if __name__ == "__main__":
    run()
