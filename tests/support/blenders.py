"""The Blenders that tests run in: the default one always, each other one only in the full run."""

from __future__ import annotations

import pytest

from sweepset_render.blender import installations
from sweepset_render.blender.installations import Blender

DEFAULT = installations.find()
"""The Blender that is used when none is named; without any, no test can be collected."""


def others(blenders: list[Blender]) -> list[object]:
    """Return Blenders as parameters; all but the default one are for the full run."""
    return [pytest.param(one, id=str(one), marks=[pytest.mark.full] if one != DEFAULT else []) for one in blenders]


ALL = list(dict.fromkeys([*installations.installed(), DEFAULT]))
EACH = others(ALL)
"""All Blenders on this machine, oldest first, as values of a parameter."""
EDGES = others(list(dict.fromkeys([ALL[0], DEFAULT, ALL[-1]])))
"""The oldest, the default and the newest."""
