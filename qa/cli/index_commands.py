"""Commands that make an index: from what, how, and what is said before and after."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from qa.wording.safe_text import one_line

if TYPE_CHECKING:
    from embeddings.build.options import BuildOptions
    from embeddings.build.report import Progress
    from embeddings.engines.protocol import Engine
    from embeddings.sources.readers.base import Reading
    from embeddings.sources.source import Sources


def index(options: argparse.Namespace) -> None:
    """Do `qa index`."""
    if options.rollback:
        _roll_back(options)
        return
    if options.dry_run:
        _preview(options)
        return
    from qa.cli.sources import confirm, what_goes

    if not options.yes and (said := what_goes(options.sources, options.index)):
        confirm(said)
    _build(options.sources, options)


def add(options: argparse.Namespace) -> None:
    """Do `qa add`."""
    from qa.cli.sources import with_more

    _build(with_more(options.sources, _reading(options), options.index), options)


def remove(options: argparse.Namespace) -> None:
    """Do `qa remove`."""
    from qa.cli.sources import with_less

    _build(with_less(options.names, options.index), options)


def watch(options: argparse.Namespace) -> None:
    """Do `qa watch`."""
    from embeddings.build import watch as keeping_up
    from qa.wording.keeping_up import Updates

    print(f"watching the sources of {one_line(options.index)} (Ctrl-C ends it)", flush=True)
    keeping_up.watch(options.index, Updates().heard, 60 * options.every)


def sources(options: argparse.Namespace) -> None:
    """Do `qa sources`."""
    from qa.cli.sources import lines

    for line in lines(options.index):
        print(one_line(line))


def _build(read_from: "Sources", options: argparse.Namespace) -> None:
    from embeddings.build.options import BuildOptions
    from qa.answer.load_reader import prepare_reader
    from qa.cli.terminal import build_progress, print_report
    from qa.pipeline import QA

    with build_progress() as progress:
        wanted = _build_options(options, progress) if "model" in options else BuildOptions(progress=progress)
        report = QA.build(read_from, options.index, wanted)
    print_report(report, options.index)
    prepare_reader()


def _build_options(
    options: argparse.Namespace, progress: "Callable[[Progress], None]" = lambda _: None
) -> "BuildOptions":
    from embeddings.build.options import BuildOptions

    return BuildOptions(
        model=options.model,
        rebuild=options.rebuild,
        name=options.name,
        description=options.description,
        reading=_reading(options),
        engine=_engine(options),
        progress=progress,
    )


def _reading(options: argparse.Namespace) -> "Reading":
    from embeddings.sources.readers.base import Reading

    return Reading(options.follow_links, options.max_unpacked, options.text_column)


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
    from qa.cli.terminal import print_preview

    print_preview(preview(options.sources, options.index, _build_options(options)), options.index)


def _roll_back(options: argparse.Namespace) -> None:
    from embeddings.backends.open import store

    name, manifest = store(options.index).roll_back()
    print(
        f"current again: generation {name} of {manifest.created[:10]}, "
        f"{manifest.articles} articles, {manifest.passages} passages: {options.index}"
    )
