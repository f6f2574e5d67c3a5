"""The entry of the command `sweepset`, which says in one line what is not installed."""

from __future__ import annotations

from sweepset.host import lacking


def main() -> None:
    """Run the command."""
    with lacking.explained("sweepset", "render"):
        from .main import main as run
    run()


if __name__ == "__main__":
    main()
