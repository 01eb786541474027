"""The command line: one command run, and every foreseen error said in one line."""

import argparse
import errno
import logging
import os
import sys

from embeddings.errors import QAError
from qa.cli.arguments import parser
from qa.cli.commands import COMMANDS
from qa.cli.failure import lacks_memory, need_a_working_folder, need_memory, out_of_memory, unforeseen
from qa.cli.interrupts import comes_from_ctrl_c, end_as_ctrl_c_does
from qa.cli.log import remarks
from qa.cli.streams import drop, flush, settle
from qa.wording.safe_text import one_line


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
            need_memory(options.command)
            COMMANDS[options.command](options)
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
