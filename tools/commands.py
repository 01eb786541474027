"""The commands of `qa` and their options, from its parsers, as docs/commands.md: `make docs`."""

import argparse
import os
import sys
from collections.abc import Iterator


def lines() -> Iterator[str]:
    """The page, line by line, in Markdown."""
    os.environ.pop("QA_INDEX", None)  # it is a default
    from qa.cli.arguments import parser
    from qa.cli.command_examples import EXAMPLES

    top = parser()
    yield "# Commands"
    yield ""
    yield top.description or ""
    yield ""
    yield "This page is made from the parsers of `qa` (`make docs`); `qa COMMAND --help` says the same."
    for name, command in _subcommands(top).items():
        yield from ("", f"## qa {name}", "", command.description or "", "", "| | |", "| --- | --- |")
        yield from (_row(action) for action in command._actions if action.dest != "help")
        examples = EXAMPLES[name].splitlines()[1:]
        yield from ("", "```sh", *(example.strip() for example in examples), "```")


def _subcommands(top: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """By name; argparse has no public way to them."""
    [action] = [action for action in top._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(action.choices)


def _row(action: argparse.Action) -> str:
    value = action.metavar or (",".join(action.choices) if action.choices else action.dest.upper())
    named = " ".join([", ".join(action.option_strings), "" if action.nargs == 0 else str(value)]).strip()
    return f"| `{named}` | {_escaped(action.help or '')} |".replace("|  |", "| |")


def _escaped(text: str) -> str:
    return text.replace("|", r"\|").replace("%%", "%").replace("<", "&lt;")


if __name__ == "__main__":
    sys.stdout.write("\n".join(lines()) + "\n")
