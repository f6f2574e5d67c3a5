"""Labels of one file from every Blender on this machine agree."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from sweepset_render.blender.installations import Blender
from truth import Dataset, boundaries, render_hazard

AGREE = 0.999


def test_versions_agree(render: Callable[..., Path], hazard: Path, blenders: list[Blender]) -> None:
    """Every pair of versions agrees on 99.9 % of the pixels, and elsewhere on all but boundaries."""
    newest_of = {one.version[:2]: one for one in blenders}
    if len(newest_of) < 2:
        pytest.skip("only one Blender is installed: `sweepset setup` adds others")
    datasets: dict[str, Dataset] = {}
    for one in newest_of.values():
        datasets[".".join(map(str, one.version))] = render_hazard(render, hazard, one)
    wrong = {}
    for (first, one), (second, other) in combinations(datasets.items(), 2):
        assert one.frames == other.frames
        for frame in one.frames:
            a, b = one.array("labels", frame), other.array("labels", frame)
            differs = a != b
            apart = differs & ~boundaries(a) & ~boundaries(b)
            if differs.mean() > 1 - AGREE or apart.any():
                places = np.argwhere(apart if apart.any() else differs)[:5].tolist()
                wrong[first, second, frame] = f"{differs.mean():.4%} differ, {apart.sum()} off boundaries: {places}"
    assert not wrong
