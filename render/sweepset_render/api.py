"""Render, verify and export from Python, by the code and with the options of the commands: docs/api.md."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from sweepset.errors import Failure, SweepsetError
from sweepset.findings import Finding
from sweepset.host import command

from . import exports
from .cli import datasets as dataset_commands
from .cli import render as render_commands
from .cli.options import read_options
from .datasets import verification
from .datasets.dataset import Dataset


def render(
    scene: str | Path, out: str | Path, *, progress: render_commands.Watch | None = None, **options: Any
) -> Dataset:
    """Render a scene into the folder `out`, wait, and return the dataset; a complete dataset is only opened.

    `scene` and `options` are those of `sweepset render`: `frames=8, size=(320, 240), with_=("normals", "flow")`. Raise
    SweepsetError for bad input, Failure if Blender crashed or frames failed; the same call again renders the missing
    frames. `progress` is called with the numbers of finished and of all frames, None while that is unknown.
    """
    with _parsed(render_commands.render, [str(scene)], {"out": out, **options}) as values, command.quiet():
        budget = values.pop("budget")
        failed = render_commands.run(*read_options(values), budget=budget, watch=progress)
    if failed:
        raise Failure(
            f"{failed} frames of {str(out)!r} failed: sweepset verify {shlex.quote(str(out))} lists the reasons"
        )
    return Dataset(out)


def verify(dataset: str | Path | Dataset) -> list[Finding]:
    """Return the problems of a dataset, the worst first; unlike the command, this writes nothing."""
    opened = dataset if isinstance(dataset, Dataset) else Dataset(dataset)
    return verification.verify(opened).findings


def export(
    datasets: str | Path | Sequence[str | Path],
    *,
    to: str,
    out: str | Path,
    say: Callable[[str], None] = lambda line: None,
    **options: Any,
) -> dict[str, int]:
    """Write one or several datasets in another format; return the number of images in each split.

    `options` are those of `sweepset export`: `split=(80, 10, 10), min_area=50`. `say` is given a line about each loss.
    """
    places = [datasets] if isinstance(datasets, str | Path) else datasets
    given = {"to": to, "out": out, **options}
    with _parsed(dataset_commands.export, [str(place) for place in places], given) as values:
        folders, folder, overwrite = (values.pop(name) for name in ("datasets", "out", "overwrite"))
        shares = exports.splits.parse_shares(values.pop("shares"))
        chosen = exports.Options(values.pop("form"), shares=shares, **values)
        return dict(exports.export(folders, chosen, folder, overwrite, say, advance=lambda frames: None).counts)


@contextmanager
def _parsed(asked: click.Command, words: Sequence[str], options: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the values of a command's parameters, checked as on the command line, within the command's context."""
    try:
        context = asked.make_context(str(asked.name), [*_arguments(asked, options), "--", *words])
    except click.ClickException as error:
        raise SweepsetError(" ".join(error.format_message().split())) from None
    with context:
        yield dict(context.params)


def _arguments(asked: click.Command, options: Mapping[str, Any]) -> list[str]:
    """Return keywords as a command line: `lens_jitter=0.1` as `--lens-jitter 0.1`, `with_` as `--with`."""
    known = {one.opts[-1].lstrip("-").replace("-", "_"): one for one in asked.params if isinstance(one, click.Option)}
    found: list[str] = []
    for name, value in options.items():
        option = known.get(name.rstrip("_"))
        if option is None:
            close = difflib.get_close_matches(name, known, n=1)
            guess = f"; did you mean {close[0]}?" if close else f": it has {', '.join(sorted(known))}"
            raise SweepsetError(f"{asked.name} has no option {name!r}{guess}")
        word = option.opts[-1]
        if value is None:
            continue
        if option.is_flag:
            found += [word] if value else option.secondary_opts[:1]
        elif isinstance(value, Mapping):
            found += [part for key, one in value.items() for part in (word, f"{key}={_text(one)}")]
        elif option.multiple and not isinstance(value, str):
            found += [part for one in value for part in (word, _text(one))]
        else:
            found += [word, _text(value, "x" if word == "--size" else ",")]
    return found


def _text(value: Any, between: str = ",") -> str:
    """Return a value as on the command line, a list's parts joined."""
    return between.join(map(str, value)) if isinstance(value, list | tuple) else str(value)
