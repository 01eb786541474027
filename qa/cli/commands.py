"""The commands of `qa`; each imports what it needs when it runs."""

import argparse
import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING

from qa.cli.arguments import default_index
from qa.cli.index_commands import add, index, remove, sources, watch
from qa.wording.safe_text import json_text

if TYPE_CHECKING:
    from embeddings.types import Filter
    from qa.corpora.corpora import Corpora
    from qa.evaluation.evaluate import Trial
    from qa.pipeline import QA
    from qa.retrieval.reranker import Reranker


def _verify(options: argparse.Namespace) -> None:
    from embeddings.backends.verify import verify

    for passed in verify(options.index):
        print(passed, flush=True)


def _ask(options: argparse.Namespace) -> None:
    from qa.cli import language_model as llm
    from qa.cli.terminal import print_result

    server, narrow = llm.server(options), _filter(options)
    with _open_each(options) as qa:
        qa.prepare()
        before = qa.ask(options.after, narrow=narrow) if options.after else None
        result = qa.ask(" ".join(options.question), options.k, narrow, before)
    if options.json:
        written = {"sentences": llm.sentences(server, result, options.after)} if server else {}
        _print_json({**_indexes_json(options), **result.to_json(), **written})
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
    with _open_each(options) as qa:
        ranked = qa.search(text, options.k, _filter(options))
    if options.json:
        passages = [place.to_json() for place in ranked]
        _print_json({"text": text, **_indexes_json(options), "passages": passages})
    else:
        print_passages(ranked)


def _brief(options: argparse.Namespace) -> None:
    from qa.brief import brief
    from qa.cli import language_model as llm
    from qa.cli.brief import print_brief, print_told, told

    topic, server = " ".join(options.topic), llm.server(options)
    with _open(options) as qa:
        lines = brief(qa, topic, options.k, _filter(options))
    said = told(server, topic, lines) if server and lines else None
    if options.json:
        rows = [line.to_json() for line in (said.lines if said else lines)]
        faults = {"faults": said.faults} if said else {}
        _print_json({"topic": topic, "index": options.index, "lines": rows, **faults})
        return
    if said:
        print_told(said)
    else:
        print_brief(lines)


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
    from qa.evaluation.outputs import check_writable
    from qa.evaluation.questions import read_questions
    from qa.evaluation.runs import write_run

    check_writable(options.out)
    questions = read_questions(options.questions)
    with _open(options) as qa:
        write_run(qa, questions, options.k, options.out, options.questions, options.as_of)
    print(f"{len(questions)} questions: {options.out}")


def _eval(options: argparse.Namespace) -> None:
    from qa.cli import language_model as llm
    from qa.cli.terminal import print_evaluation
    from qa.evaluation.evaluate import evaluate, write_trec
    from qa.evaluation.outputs import check_writable
    from qa.evaluation.report.document import write_report

    check_writable(options.report, options.trec and f"{options.trec}.run")
    server = llm.server_for_questions(options)
    asked = _trial(options)
    evaluation = evaluate(asked)
    if options.trec:
        write_trec(asked, options.trec)
    made = None
    if server:
        with _open(options) as qa:
            made = llm.measured(qa, server, options)
    if options.report:
        write_report(asked, evaluation, options.report, llm.section(made) if made else None)
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
    with nullcontext(options.run) if options.run else _open(options) as answers:
        return trial(answers, options.questions, options.unanswerable, options.against, options.as_of)


def _tune(options: argparse.Namespace) -> None:
    from embeddings.backends.open import read_info, store
    from qa.answer.tuned import reset_tuned
    from qa.evaluation.tuning import tune
    from qa.pipeline import QA

    home = store(options.index).home
    if options.reset:
        read_info(options.index)
        print("what was fitted is forgotten" if reset_tuned(home) else "nothing had been fitted")
        return
    with QA.open(options.index, reader=options.reader) as qa:
        for said in tune(qa, home, options.questions, options.unanswerable):
            print(said, flush=True)


def _info(options: argparse.Namespace) -> None:
    from embeddings.backends.info import describe
    from embeddings.backends.open import store
    from qa.answer.load_judge import described
    from qa.cli import language_model as llm
    from qa.cli.terminal import print_info

    found = []
    for place in _indexes(options):
        info = describe(place)
        found.append({**info, **described(store(place).home, info["encoder"])})
    if options.json:
        made = [{**info, **llm.info()} for info in found]
        _print_json(made if len(made) > 1 else made[0])
        return
    for info in found:
        print_info(info)
        print(end="" if info is found[-1] else "\n")
    llm.print_info()


def _chat(options: argparse.Namespace) -> None:
    from qa.web.server import serve

    serve(
        options.index or [default_index()],
        options.host,
        options.port,
        options.mcp,
        options.auth,
        options.no_auth,
        options.name,
        options.reader,
        options.proxy,
        options.no_history,
        options.watch,
    )


COMMANDS = {
    "index": index,
    "add": add,
    "remove": remove,
    "sources": sources,
    "watch": watch,
    "ask": _ask,
    "search": _search,
    "brief": _brief,
    "why": _why,
    "run": _run,
    "eval": _eval,
    "tune": _tune,
    "verify": _verify,
    "info": _info,
    "llm": _llm,
    "chat": _chat,
}


def _filter(options: argparse.Namespace) -> "Filter":
    from embeddings.types import Filter

    return Filter(options.since, options.until, tuple(options.source), options.as_of)


def _indexes(options: argparse.Namespace) -> list[str]:
    """Those that the command is about, a folder of indexes opened up."""
    from qa.corpora.places import places

    return places(options.index or [default_index()])


def _indexes_json(options: argparse.Namespace) -> dict[str, object]:
    found = _indexes(options)
    return {"index": found[0]} if len(found) == 1 else {"indexes": found}


def _open_each(options: argparse.Namespace) -> "QA | Corpora":
    found = _indexes(options)
    if len(found) == 1:
        return _open(options, found[0])
    from qa.corpora.corpora import Corpora

    return Corpora.open(found, *_ranking(options))


def _open(options: argparse.Namespace, place: str | None = None) -> "QA":
    from qa.pipeline import QA

    return QA.open(place or options.index, None, *_ranking(options))


def _ranking(options: argparse.Namespace) -> "tuple[Reranker | None, bool, str]":
    from qa.answer.load_judge import DEFAULT_READER
    from qa.retrieval.reranker import CrossEncoderReranker

    reranker = CrossEncoderReranker.load(options.reranker) if options.reranker else None
    return reranker, not options.no_group, getattr(options, "reader", DEFAULT_READER)


def _print_json(value: object) -> None:
    print(json_text(value))
