"""What rooms look like: materials by seed, patterns without seams, light that neither blinds nor hides."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest

from blenders import EDGES
from commands import Run
from sweepset_render.blender.installations import Blender
from sweepset_scenes import SCENES
from sweepset_scenes.materials import painting
from truth import run_script


@pytest.mark.parametrize("blender", EDGES)
def test_materials_and_pieces(blender: Blender) -> None:
    """In the oldest, the default and the newest Blender."""
    run_script(blender, Path(__file__).with_name("looks_case.py"))


@pytest.mark.parametrize(
    "paint", dict.fromkeys((*painting.PATTERNS, painting.mottled)), ids=lambda paint: paint.__name__
)
def test_patterns_repeat_without_a_seam(paint: object) -> None:
    """Across the edge, a pattern changes no more than it does inside."""
    for seed in range(6):
        rng = random.Random(seed)
        pixels = paint(rng, painting.family(rng)[:4])  # type: ignore[operator]
        assert pixels.dtype == np.float32
        for axis in (0, 1):
            steps = np.abs(np.diff(pixels, axis=axis)).mean(axis=(1 - axis, 2))
            across = np.abs(pixels.take(0, axis) - pixels.take(-1, axis)).mean()
            assert across <= steps.max() + 0.02, (seed, axis)


@pytest.mark.parametrize(
    "paint",
    [painting.landscape, painting.people, painting.still_life, painting.abstract, painting.poster, painting.collage,
     painting.screen, painting.whiteboard, painting.sheet],
    ids=lambda paint: paint.__name__,
)  # fmt: skip
def test_pictures_differ_and_show_something(paint: object) -> None:
    made = [paint(random.Random(seed)) for seed in range(5)]  # type: ignore[operator]
    for number, pixels in enumerate(made):
        assert pixels.min() >= 0
        assert pixels.max() <= 1
        assert np.array_equal(pixels, paint(random.Random(number)))  # type: ignore[operator]
    assert max(float(pixels.std()) for pixels in made) > 0.08
    assert len({pixels.tobytes() for pixels in made}) == len(made)


@pytest.mark.full
@pytest.mark.parametrize("kind", [name for name, scene in SCENES.items() if scene.kind == "room" and name != "rooms"])
def test_rooms_are_exposed_by_day_and_by_night(kind: str, run: Run, tmp_path: Path) -> None:
    """As its maker exposed it, no frame of a room is black, and none has much that is blown out."""
    out = tmp_path / kind
    options = ("--frames", "2", "--variations", "6", "--size", "64x48", "--samples", "4", "--exposure", "keep")
    done = run("render", kind, "--out", out, *options, "--without", "instances", timeout=600)
    assert done.returncode == 0, done.stderr
    frames = json.loads((out / "dataset.json").read_text())["frames"]
    means = [frame["mean"] for frame in frames]
    assert min(means) > 20, means
    assert max(means) < 215, means
    assert 60 < float(np.median(means)) < 150, means
    assert max(frame["blown"] for frame in frames) < 0.3
