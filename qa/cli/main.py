"""The command line: each command imports what it needs when it runs."""

import argparse
import logging
import os
import sys
from typing import TYPE_CHECKING

from embeddings.errors import QAError
from qa.cli.arguments import parser
from qa.cli.log import remarks
from qa.wording.safe_text import one_line

if TYPE_CHECKING:
    from embeddings.build.build import Engine
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
    from qa.cli import language_model as llm
    from qa.cli.terminal import print_result

    server = llm.server(options)
    qa, narrow = _open(options), _filter(options)
    before = qa.ask(options.after, narrow=narrow) if options.after else None
    result = qa.ask(" ".join(options.question), options.k, narrow, before)
    if options.json:
        asked = {"question": result.question, "understood": result.understood, "index": options.index}
        written = {"sentences": llm.sentences(server, result, options.after)} if server else {}
        _print_json({**asked, **result.to_json(), **written})
        return
    print_result(result)
    if server:
        sys.stdout.flush()
        llm.print_sentences(server, result, options.after)


def _llm(options: argparse.Namespace) -> None:
    from qa.cli.language_model import look

    look(options)


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
    from qa.evaluation.questions import read_questions
    from qa.evaluation.runs import write_run

    questions = read_questions(options.questions)
    write_run(_open(options), questions, options.k, options.out, options.questions, options.as_of)
    print(f"{len(questions)} questions: {options.out}")


def _eval(options: argparse.Namespace) -> None:
    from qa.cli import language_model as llm
    from qa.evaluation.evaluate import evaluate, print_evaluation, write_trec
    from qa.evaluation.report.document import check_writable, write_report

    if options.report:
        check_writable(options.report)
    server = llm.server_for_questions(options)
    asked = _trial(options)
    evaluation = evaluate(asked)
    if options.trec:
        write_trec(asked, options.trec)
    if options.report:
        write_report(asked, evaluation, options.report)
    made = llm.measured(_open(options), server, options) if server else None
    if options.json:
        _print_json({**evaluation.to_json(), **({"sentences": made.to_json()} if made else {})})
        return
    print_evaluation(evaluation)
    if made:
        llm.print_measured(made)


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
    from qa.cli import language_model as llm
    from qa.cli.terminal import print_info

    info = describe(options.index)
    if options.json:
        _print_json({**info, **llm.info()})
        return
    print_info(info)
    llm.print_info()


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
    "llm": _llm,
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
