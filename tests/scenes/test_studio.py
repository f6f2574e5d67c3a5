"""The dealer's studio: one vehicle that turns, true labels, and a picture as bright as those of sellers."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np

from commands import Run
from sweepset_render.blender.installations import Blender
from truth import Dataset, ask, judge, run_script

SCRIPT = Path(__file__).with_name("studio_check.py")
VIEWS = 16


def test_one_vehicle_with_true_labels_in_good_light(run: Run, blender: Blender, tmp_path: Path) -> None:
    """The wall is as bright as in photos of such studios, where it is 180 to 252, and the floor 140 to 215."""
    out = tmp_path / "out"
    options = ("--frames", "4", "--size", "72x48", "--samples", "2", "--with", "objects", "--without", "depth")
    done = run("render", "studio", "--seed", "3", "--out", out, *options, timeout=300)
    assert done.returncode == 0, done.stderr
    found = Dataset(out)
    judge(found, ask(blender, found, tmp_path / "truth.npz", scene="studio", seed=3))
    vehicles = {found.categories[name] for name in ("car", "suv", "pickup", "van", "truck", "bus")}
    main = {one["object"] for one in found.record["instances"] if one["category_id"] in vehicles}
    assert len(main) == 1
    assert main.pop().startswith("main ")
    for frame in found.frames:
        image = cv2.imread(str(out / "images" / f"{frame:06d}.png")).mean(2)
        assert 180 < image[1:4, 18:54].mean() < 252, frame
        assert 180 < np.concatenate([image[6:12, :3], image[6:12, -3:]]).mean() < 252, frame
        assert 140 < image[-3:, 28:44].mean() < 225, frame
        assert 0.08 < np.isin(found.array("labels", frame), [*vehicles]).mean() < 0.5, frame


def test_views_are_equal_angles_apart(blender: Blender) -> None:
    """Where the main vehicle's front points in each view; the camera and the wall stay."""
    told = run_script(blender, SCRIPT)
    lines = [line.split()[1:] for line in told.splitlines() if line.startswith("VIEW ")]
    fronts = np.array([float(front) for front, _, _ in lines])
    assert len(fronts) == VIEWS
    steps = np.diff(np.degrees(np.unwrap(np.radians([*fronts, fronts[0]]))))
    assert np.allclose(abs(steps[:-1]), 360 / VIEWS, atol=0.02)
    assert len({camera for _, camera, _ in lines}) == len({wall for _, _, wall in lines}) == 1
    assert abs(math.remainder(fronts[0] + 90, 360)) < 10, "the first view is from ahead"
