"""The entry point of a command, and the printing of messages, findings and tables."""

from __future__ import annotations

import shlex
import shutil
import signal
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from .. import files
from ..errors import Failure, SweepsetError
from ..findings import Finding
from . import lacking

CONTEXT = {"help_option_names": ["-h", "--help"]}
"""Settings of each command's group."""
STYLES = {"error": "bold red", "warning": "yellow", "note": "dim"}

console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)
WHOLE = 10_000
"""Columns of a table in a pipe or a file, at most."""
_lock = threading.Lock()
_silent: set[object] = set()
"""A token for each thread inside `quiet`."""


def main(group: click.Group, name: str, extra: str, arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit: 2 after bad input, 1 after work that failed, 130 when stopped; errors are one line.

    `extra` is the part of Sweepset that installs the command's packages.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a scheduler's stop is handled like a user's Ctrl-C
    try:
        status = group.main(arguments, prog_name=name, standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        sys.exit(2)
    except (SweepsetError, Failure, click.ClickException, ModuleNotFoundError, OSError) as error:
        errors.print(escape(f"{name}: {_explain(error, extra)}"), style="red")
        sys.exit(1 if isinstance(error, Failure) else 2)
    except (click.Abort, KeyboardInterrupt):  # before RuntimeError, which Abort is
        errors.print(f"{name}: stopped; run the same command again to go on")
        sys.exit(130)
    except (MemoryError, RuntimeError) as error:
        if not lacks_memory(error):
            raise
        reason = (str(error).splitlines() or ["no more can be taken"])[0]
        errors.print(
            escape(f"{name}: too little memory ({reason}): give smaller images, or fewer at once"), style="red"
        )
        sys.exit(2)
    sys.exit(status if isinstance(status, int) else 0)


def lacks_memory(error: BaseException) -> bool:
    """Return whether an error says that memory is used up, also that of a GPU or of a data loader's process."""
    signs = ("out of memory", "can't allocate memory", "dataloader worker", "bad alloc")
    text = str(error).lower()
    return isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and any(sign in text for sign in signs))


def _explain(error: Exception, extra: str) -> str:
    if isinstance(error, click.ClickException):
        return " ".join(error.format_message().split())
    if isinstance(error, SweepsetError):
        return " ".join(str(error).split())
    if isinstance(error, ModuleNotFoundError):
        return lacking.explain(error, extra)
    if isinstance(error, OSError):
        if error.errno in files.WORDS:
            return files.explain(error.filename or "a file", error)
        return f"{error.filename!r}: {error.strerror}" if error.filename and error.strerror else str(error)
    return str(error)


def line(*words: object) -> str:
    """Return a command line of the program that runs, to paste into a shell: `.venv/bin/sweepset render 'my room'`."""
    program = Path(sys.argv[0])
    if program.suffix == ".py":  # run by `python -m`
        package = sys.modules["__main__"].__package__ or program.stem
        return shlex.join([sys.executable, "-m", package, *map(str, words)])
    found = shutil.which(program.name)
    on_path = found is not None and Path(found).resolve() == program.resolve()
    return shlex.join([program.name if on_path else str(program), *map(str, words)])


@contextmanager
def quiet() -> Iterator[None]:
    """Print nothing to standard output meanwhile, in no thread; the last of several threads ends it."""
    token = object()
    with _lock:
        _silent.add(token)
        console.quiet = True
    try:
        yield
    finally:
        with _lock:
            _silent.remove(token)
            console.quiet = bool(_silent)


def say(text: str) -> None:
    """Print a text, without markup, to standard output."""
    console.print(escape(text))


def show_findings(findings: Iterable[Finding]) -> None:
    """Print errors and warnings, one line each; notes appear in pages and in `sweepset check`."""
    for finding in findings:
        if finding.severity != "note":
            advice = f"; {finding.advice}" if finding.advice else ""
            line = f"{finding.severity}: {finding.message} ({finding.subject}){advice}"
            console.print(escape(line), style=STYLES[finding.severity])


def show_table(title: str, findings: Sequence[Finding]) -> None:
    """Print findings as a table with a title; without findings, one line."""
    if not findings:
        say(f"{title}: no problems found.")
        return
    rows = [(f.severity, f.subject, f.message, f.advice) for f in findings]
    tabulate(("severity", "about", "found", "what to do"), rows, title, styles=[STYLES[f.severity] for f in findings])


def tabulate(
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    title: str = "",
    numbers: bool = False,
    styles: Sequence[str | None] = (),
) -> None:
    """Print a table of texts; with `numbers`, all columns but the first are aligned right. `styles` are the rows'."""
    table = Table(title=escape(title) or None, title_justify="left")
    for column, name in enumerate(head):
        table.add_column(escape(name), overflow="fold", justify="right" if numbers and column else "left")
    for index, row in enumerate(rows):
        table.add_row(*map(escape, row), style=styles[index] if styles else None)
    if console.is_terminal:
        console.print(table, soft_wrap=False)
        return
    # Whoever reads a pipe or a file can't make it wider, and names that are cut into pieces are not found.
    width, console.width = console.width, WHOLE
    try:
        console.print(table, soft_wrap=False)
    finally:
        console.width = width
