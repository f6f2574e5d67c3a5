"""Exceptions whose messages users read."""


class SweepsetError(Exception):
    """Report bad input: what, what was received, what is allowed, what to do next.

    The message is one line. Commands print it without a traceback and exit with status 2.
    """


class Failure(Exception):
    """Report work that failed although the input was good. Commands print it and exit with status 1."""
