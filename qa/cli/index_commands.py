"""Commands that make an index: from what, how, and what is said before and after."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from qa.wording.safe_text import one_line

if TYPE_CHECKING:
    from embeddings.build.options import BuildOptions
    from embeddings.build.report import Progress
    from embeddings.engines.protocol import Engine
    from embeddings.sources.readers.base import Reading
    from embeddings.sources.source import Source


def index(options: argparse.Namespace) -> None:
    """Do `qa index`."""
    if options.rollback:
        _roll_back(options)
        return
    if options.dry_run:
        _preview(options)
        return
    from qa.cli.sources import confirm, what_goes

    named = _named(options) or _seeds(options)
    if not options.yes and (said := what_goes(named, options.index)):
        confirm(said)
    _build(named, options, named)


def add(options: argparse.Namespace) -> None:
    """Do `qa add`."""
    from qa.cli.sources import with_more

    named = _named(options)
    if not named:
        raise argparse.ArgumentError(None, "name a SOURCE, or a file of addresses by --addresses")
    _build(with_more(named, options.index), options, named)


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


def _named(options: argparse.Namespace) -> "list[Source]":
    """The sources that were named, each with how it is read."""
    from embeddings.sources.source import Source, as_source

    how = _reading(options)
    lists = [Source(path, replace(how, addresses=True)) for path in options.addresses]
    return [as_source(path, how) for path in options.sources] + lists


def _seeds(options: argparse.Namespace) -> "list[Source]":
    from embeddings.sources.source import Source

    return [Source("seeds", _reading(options))]


def _build(
    read_from: "Sequence[Source]", options: argparse.Namespace, named: "Sequence[Source]" = ()
) -> None:
    """Build from `read_from`; the addresses among those that were `named` are fetched."""
    from embeddings.build.options import BuildOptions
    from qa.answer.load_reader import prepare_reader
    from qa.cli.progress import build_progress
    from qa.cli.terminal import print_report
    from qa.pipeline import QA

    with build_progress() as progress:
        wanted = _build_options(options, progress) if "model" in options else BuildOptions(progress=progress)
        fetch = tuple(source.path for source in named if source.is_fetched)
        report = QA.build(read_from, options.index, replace(wanted, fetch=fetch))
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

    return Reading(
        options.follow_links,
        options.max_unpacked,
        options.text_column,
        allow_private=options.allow_private,
    )


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

    named = _named(options) or _seeds(options)
    print_preview(preview(named, options.index, _build_options(options)), options.index)


def _roll_back(options: argparse.Namespace) -> None:
    from embeddings.backends.open import store

    name, manifest = store(options.index).roll_back()
    print(
        f"current again: generation {name} of {manifest.created[:10]}, "
        f"{manifest.articles} articles, {manifest.passages} passages: {options.index}"
    )
