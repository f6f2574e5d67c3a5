"""`sweepset verify` on what is rendered on request: normals, flow, boxes, float depth, points, stereo."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from commands import Run
from spoiled import Copy, expect


def test_everything_is_clean(rich: Copy, run: Run) -> None:
    result = run("verify", rich.folder, "--json")
    assert result.returncode == 0, result.stdout
    assert json.loads(result.stdout) == []


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        ("normals", lambda a: a[:, :, ::-1], "off what depth says"),  # x and z exchanged
        ("normals", lambda a: np.where(a > 0, 65535 - a, 0), "off what depth says"),  # away from the camera
        ("normals", lambda a: a // 2, "unit length"),
        ("flow", lambda a: a[:, :, [0, 2, 1]], "off what depth and cameras say"),  # u and v exchanged (BGR)
        (
            "flow",
            lambda a: np.where(a[:, :, :1] == 1, [1, 32768, 32768], a),
            "off what depth and cameras say",
        ),  # stands still
        ("flow", lambda a: np.where(a[:, :, :1] == 1, a * [0, 1, 1] + [2, 0, 0], a), "neither defined"),
    ],
)
def test_wrong_directions(rich: Copy, kind: str, change: Callable[[np.ndarray], np.ndarray], message: str) -> None:
    rich.write(kind, 1, change(rich.read(kind, 1)).astype(np.uint16))
    found = rich.verify()
    expect(found, 1, code=f"{kind}-wrong")
    assert message in found[f"{kind}-wrong"].message


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda thing: thing.update(bbox=[thing["bbox"][0] + 1, *thing["bbox"][1:]]), "its mask"),
        (lambda thing: thing.update(area=thing["area"] + 1), "has area"),
        (lambda thing: thing.update(category_id=thing["category_id"] + 1), "has category"),
        (lambda thing: thing.update(visibility=1.5), "visibility 1.5"),
        (lambda thing: thing.update(amodal_bbox=[0, 0, 1, 1]), "does not hold"),
        (lambda thing: thing["object_to_camera"][0].__setitem__(0, 7), "no rotation"),
        (lambda thing: thing.update(id=54321), "not listed"),
    ],
)
def test_wrong_boxes(rich: Copy, change: Callable[[dict[str, Any]], Any], message: str) -> None:
    path = rich.path("objects", 2)
    told = json.loads(path.read_text(encoding="utf-8"))
    change(max(told["objects"], key=lambda thing: thing["area"]))
    path.write_text(json.dumps(told), encoding="utf-8")
    found = rich.verify()
    expect(found, 2, code="objects-wrong")
    assert message in found["objects-wrong"].message


def test_float_depth_of_another_frame(rich: Copy) -> None:
    shutil.copy(rich.path("depth-float", 0), rich.path("depth-float", 3))
    expect(rich.verify(), 3, code="depth-mismatch")


def test_points_of_another_frame(rich: Copy) -> None:
    shutil.copy(rich.path("points", 0), rich.path("points", 3))
    expect(rich.verify(), 3, code="points-wrong")


def test_truncated_points(rich: Copy) -> None:
    path = rich.path("points", 3)
    path.write_bytes(path.read_bytes()[:-7])
    expect(rich.verify(), 3, code="file-broken")


def test_right_image_of_another_frame(rich: Copy) -> None:
    image = rich.read("stereo", 3)
    rich.write("stereo", 0, image)
    expect(rich.verify(), 0, code="stereo-wrong")
