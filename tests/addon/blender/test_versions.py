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


def disagreement(one: np.ndarray, other: np.ndarray) -> str:
    """Return how two label maps disagree, "" if they agree on 99.9 % of the pixels and off boundaries on all."""
    differs = one != other
    apart = differs & ~boundaries(one) & ~boundaries(other)
    if differs.mean() <= 1 - AGREE and not apart.any():
        return ""
    places = np.argwhere(apart if apart.any() else differs)[:5].tolist()
    return f"{differs.mean():.4%} differ, {apart.sum()} off boundaries: {places}"


def test_oldest_agrees_on_a_frame(
    render: Callable[..., Path], hazard: Path, blender: Blender, blenders: list[Blender]
) -> None:
    """The oldest Blender here labels the first frame as the default one does."""
    if blenders[0].version == blender.version:
        pytest.skip("only one Blender is installed: `make blenders` adds others")
    usual = render_hazard(render, hazard, blender)
    oldest = render_hazard(render, hazard, blenders[0], "--frames", "1")
    assert disagreement(usual.array("labels", 0), oldest.array("labels", 0)) == ""


@pytest.mark.full
def test_versions_agree(render: Callable[..., Path], hazard: Path, blenders: list[Blender]) -> None:
    """Every pair of versions agrees on 99.9 % of the pixels, and elsewhere on all but boundaries."""
    newest_of = {one.version[:2]: one for one in blenders}
    if len(newest_of) < 2:
        pytest.skip("only one Blender is installed: `make blenders` adds others")
    datasets: dict[str, Dataset] = {}
    for one in newest_of.values():
        datasets[".".join(map(str, one.version))] = render_hazard(render, hazard, one)
    wrong = {}
    for (first, one), (second, other) in combinations(datasets.items(), 2):
        assert one.frames == other.frames
        for frame in one.frames:
            if found := disagreement(one.array("labels", frame), other.array("labels", frame)):
                wrong[first, second, frame] = found
    assert not wrong
