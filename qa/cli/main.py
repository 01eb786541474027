"""The command line: one command run, and every foreseen error said in one line."""

import argparse
import logging
import os
import sys

from embeddings.errors import QAError
from qa.cli.arguments import parser
from qa.cli.commands import COMMANDS
from qa.cli.log import remarks
from qa.wording.safe_text import one_line


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
        COMMANDS[options.command](options)
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
