"""Images and labels show the same: volumes, shutters, lamps in view, and materials that EEVEE draws otherwise."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from blenders import EDGES
from commands import Run
from sweepset_render.blender.installations import Blender
from truth import Dataset

Render = Callable[..., Dataset]
COMMON = ("--sweep", "cameras", "--exposure", "keep", "--no-denoise")


@pytest.fixture(scope="module")
def scenes(built: Callable[..., Path]) -> Path:
    """Return the folder of the scenes."""
    return built("agreement_scenes.py")


@pytest.fixture
def shown(render: Callable[..., Path], scenes: Path, blender: Blender) -> Render:
    """Return a function that renders a scene's cameras and returns the dataset."""

    def render_small(name: str, *options: str, blender: Blender = blender, samples: int = 4) -> Dataset:
        path = scenes / f"{name}.blend"
        return Dataset(render(path, *COMMON, *options, blender=blender, size="80x60", samples=samples))

    return render_small


@pytest.mark.parametrize("blender", EDGES)
def test_volumes_take_nothing_from_surfaces_in_their_planes(shown: Render, blender: Blender) -> None:
    fog, air = (shown(name, blender=blender) for name in ("fog", "air"))
    for kind in ("labels", "depth"):
        np.testing.assert_array_equal(fog.array(kind, 0), air.array(kind, 0))
    assert (fog.array("labels", 0) > 0).all()


def test_a_volume_is_no_obstacle_and_needs_no_label(run: Run, scenes: Path) -> None:
    done = run("check", scenes / "fog.blend", "--json", "--sweep", "cameras")
    assert done.returncode == 0, done.stderr
    assert {"camera-blocked", "objects-unlabelled"}.isdisjoint(found["code"] for found in json.loads(done.stdout))
