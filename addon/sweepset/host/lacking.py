"""Packages that are not installed, named in one line with the extra that installs them. Needs no packages itself."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def explained(command: str, extra: str) -> Iterator[None]:
    """Let a command exit with status 2 and one line if a package that it imports is not installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        print(f"{command}: {explain(error, extra)}", file=sys.stderr)
        sys.exit(2)


def explain(error: ModuleNotFoundError, extra: str) -> str:
    """Return which package is missing, and what installs it; raise the error if it is a module of Sweepset."""
    if (error.name or "").startswith("sweepset"):
        raise error  # a fault of ours: its traceback is wanted
    return f"no module {error.name!r}: install the extra {extra}, pip install -e '.[{extra}]'"
