"""The one exception that a user is meant to read."""


class SweepsetError(Exception):
    """Report bad input: what, what was received, what is allowed, what to do next.

    The message is one line. Commands print it without a traceback and exit with status 2.
    """
