"""The command line."""

from qa.cli.main import run

__all__ = ["run"]
