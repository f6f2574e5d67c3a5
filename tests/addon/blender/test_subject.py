"""Sweeps around a scene's subject: positions worked by hand, and what hides the subject by rays of our own."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from blenders import EDGES
from sweepset_render.blender.installations import Blender
from truth import run_script

BOXES = np.array(
    [
        ((-2.2, -10, 0), (-2, 10, 3)),
        ((6, -4, 0), (8, -1, 2.6)),
        ((1.2, 6.5, 0), (1.8, 7.1, 3)),
    ],
    float,
)
"""The boxes of subject_case.py around the subject."""
TURN = math.radians(30)
AXES = np.array(((math.cos(TURN), -math.sin(TURN), 0), (math.sin(TURN), math.cos(TURN), 0), (0, 0, 1)))
MIDDLE = np.array((3.0, 2.0, 0.0))


def on_subject(steps: int) -> np.ndarray:
    """Return points all over the subject's box in the scene, (n, 3)."""
    shares = np.stack(np.meshgrid(*[np.linspace(0, 1, steps)] * 3, indexing="ij"), -1).reshape(-1, 3)
    shares = shares[(np.abs(shares - 0.5) == 0.5).any(axis=1)]
    return (np.array((-0.9, -2.2, 0)) + shares * (1.8, 4.4, 1.5)) @ AXES.T + MIDDLE


def hidden(eye: np.ndarray) -> float:
    """Return the share of the subject's surface that a box is in front of."""
    points = on_subject(7)
    with np.errstate(divide="ignore", invalid="ignore"):
        sides = (BOXES[None] - eye) / (points - eye)[:, None, None]
    enter, leave = sides.min(axis=2).max(axis=2), sides.max(axis=2).min(axis=2)
    return float(((enter <= leave) & (enter < 1) & (leave > 0)).any(axis=1).mean())


def seen(pose: list[Any]) -> np.ndarray:
    """Return where a camera sees the corners of the subject, in halves of the picture, (8, 2)."""
    matrix, half = np.array(pose[0]), math.tan(math.radians(pose[1]) / 2)
    local = (on_subject(2) - matrix[:3, 3]) @ matrix[:3, :3]
    assert (local[:, 2] < 0).all()
    return local[:, :2] / -local[:, 2:] / (half, half / 1.5)


@pytest.mark.parametrize("blender", EDGES)
def test_sweeps_around_a_subject(blender: Blender, tmp_path: Path) -> None:
    out = tmp_path / "poses.json"
    run_script(blender, Path(__file__).with_name("subject_case.py"), out)
    told = json.loads(out.read_text(encoding="utf-8"))
    _check_photographs(told)
    eyes = np.array([pose[0] for pose in told["circled"]])[:, :3, 3]
    # Four metres around (3, 2), the first to the south, then eighths of a turn against the clock.
    assert np.allclose(eyes[:3], [(3, -2, 1.5), (3 + 4 * 0.5**0.5, 2 - 4 * 0.5**0.5, 1.5), (7, 2, 1.5)], atol=1e-4)
    assert {round(pose[1], 3) for pose in told["circled"]} == {90.0}
    first, second, third = np.array([pose[0] for pose in told["gimbal"]])[:, :3, 3]
    assert np.allclose(second, (3 + 5 * math.cos(math.pi / 6), 2, 2.5), atol=1e-3)
    assert np.allclose(first, (3 + 4 * math.cos(math.radians(0.5)), 2, 4 * math.sin(math.radians(0.5))), atol=1e-3)
    assert np.allclose(third, (3, 2 + first[0] - 3, first[2]), atol=1e-3)
    # The subject turns, so the camera stays: 3,600 moments, 225 for each of 16 views.
    assert [pose[2] for pose in told["turned"]] == [675, 0, 3375]
    assert np.allclose(told["turned"][0][0], told["turned"][2][0])
    assert np.allclose(np.array(told["turned"][0][0])[:3, 3], (3, -2, 1.5), atol=1e-3)
    assert told["alone"] == [told["turned"][2]]
    # Its front pointed to 30 - 90 degrees, and turned clockwise by 22.5.
    assert told["front"] == pytest.approx(-82.5, abs=1e-2)
    # A gimbal stays at the present time around what turns on the spot, and follows what drives.
    assert {pose[2] for pose in told["still"]} == {225}
    assert [pose[2] for pose in told["followed"]] == [60, 0, 0, 20]
    eyes = np.array([pose[0] for pose in told["followed"]])[:, :3, 3]
    # Quarters of a turn from the east around (3, 2), (3, 0) and so on to (3, -4).
    assert np.allclose(eyes, [(3, -7, 4), (5.5, 2, 4), (6, 2, 4), (3, 2.5, 4)], atol=2e-3)
    assert told["stated"][0][2] == 15


def _check_photographs(told: dict[str, Any]) -> None:
    poses = told["photographer"]
    assert told["single"] == [poses[47]], "a frame depends on no other"
    quarters, covered = 0, 0
    for pose in poses:
        eye = np.array(pose[0])[:3, 3]
        assert not ((eye > BOXES[:, 0] - 0.1) & (eye < BOXES[:, 1] + 0.1)).all(axis=1).any()
        assert 0.3 < eye[2] < 4.0
        assert 23.9 - 0.1 <= pose[1] <= 54.5, "35 to 85 mm"
        corners = seen(pose)
        assert np.abs(corners).max() < 1.06
        assert 0.85 < np.ptp(corners, axis=0).max() <= 2.12, "0.45 to 1 of the picture, but for the roll"
        covered += hidden(eye) > 0.3
        way = (eye - MIDDLE) @ AXES
        aside = math.degrees(math.atan2(abs(way[0]), abs(way[1])))
        quarters += 20 < aside < 70
    assert covered <= 2
    assert quarters >= 0.45 * len(poses), "three-quarter views"
    assert all(np.abs(seen(pose)).max() > 1.0 for pose in told["cut"])
