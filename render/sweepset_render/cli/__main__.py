"""`python -m sweepset_render.cli`."""

from .main import main

main()
