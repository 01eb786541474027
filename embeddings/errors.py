"""Errors that a user can put right: each message names what was found, what was expected, and the remedy."""


class QAError(Exception):
    """Base of every foreseen error; the command line prints it as one line and exits with status 1."""


class NoIndexError(QAError):
    """There is no index at the given place."""


class IndexMismatchError(QAError):
    """An index is there, but its format, encoder, settings or files are not the expected ones."""


class IndexBusyError(QAError):
    """Another process is writing the index."""


class ModelError(QAError):
    """A model cannot be found, loaded or used."""


class SourceError(QAError):
    """A source of articles cannot be read at all."""


class QueryError(QAError):
    """A question, filter or number of results that cannot be served."""
