"""The command `sweepset`: its group and entry point."""

from __future__ import annotations

from collections.abc import Sequence

import click

import sweepset
from sweepset.host import command

from . import datasets, machine, render


@click.group(context_settings=command.CONTEXT)
@click.version_option(sweepset.__version__, prog_name="sweepset")
def cli() -> None:
    """Turn labelled Blender scenes into image/label pairs."""


for one in (*render.COMMANDS, *datasets.COMMANDS, *machine.COMMANDS):
    cli.add_command(one)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command."""
    command.main(cli, "sweepset", "render", arguments)


if __name__ == "__main__":
    main()
