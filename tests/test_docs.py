"""The README names every command and every option, and nothing that does not exist."""

import argparse
import ast
import re

from qa.cli.arguments import parser
from qa.cli.command_examples import EXAMPLES
from tests.conftest import ROOT
from tools.commands import lines as commands_page

README = (ROOT / "README.md").read_text("utf-8")


def commands() -> dict[str, argparse.ArgumentParser]:
    [action] = [a for a in parser()._actions if isinstance(a, argparse._SubParsersAction)]
    return dict(action.choices)


def options(command: argparse.ArgumentParser) -> set[str]:
    return {action.option_strings[-1] for action in command._actions if action.option_strings} - {"--help"}


def test_every_command_and_option_stands_in_the_readme() -> None:
    for name, command in commands().items():
        [row] = [line for line in README.splitlines() if line.startswith(f"| `qa {name} ")]
        for option in options(command) - {"--index"}:
            assert option in row, (name, option)
        for mentioned in set(re.findall(r"--[a-z]+(?:-[a-z]+)*", row.split("` |")[0])):
            assert mentioned in options(command), (name, mentioned)
    assert "--index" in README


def test_every_command_has_examples_that_parse() -> None:
    for name in commands():
        for line in EXAMPLES[name].splitlines()[1:]:
            words = re.findall(r'"[^"]*"|\S+', line.strip())
            assert words[:2] == ["qa", name]
            parser().parse_args([word.strip('"') for word in words[1:]])


def test_figures_have_commands() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in set(re.findall(r"`make ([a-z-]+)", README)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_promise_names_what_holds_it() -> None:
    promises = README.split("### The index\n")[1].split("\n### ")[0].split("\n- ")[1:]
    assert promises
    for promise in promises:
        files = re.findall(r"`(tests/[a-z/_]+\.py)`", promise)
        assert files or "`make " in promise, promise
        assert all((ROOT / file).is_file() for file in files), promise


def test_every_stage_stands_in_the_architecture() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    for package in ("embeddings", "qa"):
        for stage in (ROOT / package).iterdir():
            if (stage / "__init__.py").is_file():
                assert f"`{stage.name}/`" in text, stage
    for file in re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.py)`", text):
        if file != "sources/readers/rtf.py":  # the one that a reader of the page is told to write
            within = (ROOT, ROOT / "embeddings", ROOT / "qa", ROOT / "embeddings" / "sources")
            assert any((folder / file).is_file() for folder in within), file


def test_the_page_of_commands_is_what_the_parsers_say() -> None:
    page = (ROOT / "docs" / "commands.md").read_text("utf-8")
    assert page.splitlines() == list(commands_page()), "run `make docs`"


def test_everything_public_says_what_it_is() -> None:
    for package in ("embeddings", "qa"):
        for file in (ROOT / package).rglob("*.py"):
            module = ast.parse(file.read_text("utf-8"))
            for made in [module, *(x for x in module.body if isinstance(x, ast.FunctionDef | ast.ClassDef))]:
                name = getattr(made, "name", "")
                assert name.startswith("_") or ast.get_docstring(made), f"{file}: {name}"
