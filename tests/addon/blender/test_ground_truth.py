"""Normals, flow, boxes, poses, clouds, stereo and float depth, judged by geometry that is not the renderer's own."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import OpenEXR
import pytest
from plyfile import PlyData

from blenders import EACH
from commands import Run
from sweepset import boxes, motion
from sweepset.ground_truth import BY_DEFAULT, ON_REQUEST
from sweepset.sweeps import SWEEPS
from sweepset_render.blender.installations import Blender
from truth import Dataset, Truth, ask, boundaries

Render = Callable[..., Path]
EVERYTHING = tuple(word for name in ON_REQUEST for word in ("--with", name))
UNIT = 0.5
"""Metres in a unit of the moving scene."""
BASELINE = 0.2


@pytest.fixture(scope="session")
def scenes(built: Callable[[str], Path]) -> Path:
    """Return the folder of the scenes."""
    return built("ground_truth_scenes.py")


@pytest.fixture(scope="session")
def moving(render: Render, scenes: Path, blender: Blender) -> Dataset:
    """Return the moving scene with everything."""
    options = ("--sweep", "cameras", "--baseline", str(BASELINE), *EVERYTHING)
    return Dataset(render(scenes / "moving.blend", *options, blender=blender, size="240x180", samples=8))


@pytest.fixture(scope="session")
def moving_truth(moving: Dataset, scenes: Path, blender: Blender, tmp_path_factory: pytest.TempPathFactory) -> Truth:
    """Return the ray cast of that dataset."""
    return ask(blender, moving, tmp_path_factory.mktemp("truth") / "moving.npz", blend=scenes / "moving.blend")


def colours(dataset: Dataset, kind: str, frame: int) -> np.ndarray:
    """Return a picture of three channels, (H, W, 3) in RGB order, with the depth of the file."""
    image = cv2.imread(str(dataset.folder / kind / f"{frame:06d}.png"), cv2.IMREAD_UNCHANGED)
    assert image.shape[2] == 3
    return image[..., ::-1]


def depth_of(dataset: Dataset, frame: int) -> np.ndarray:
    """Return float depth in metres, (H, W), 0 where there is none."""
    with OpenEXR.File(str(dataset.folder / "depth" / f"{frame:06d}.exr")) as file:
        (name, channel), *more = file.channels().items()
        assert (name, more) == ("Z", [])
        return channel.pixels.copy()


def normals_of(dataset: Dataset, frame: int) -> np.ndarray:
    """Return unit normals in the camera's axes, NaN where there is none."""
    stored = colours(dataset, "normals", frame)
    assert stored.dtype == np.uint16
    return np.where(stored.any(2, keepdims=True), (stored.astype(float) - 32768) / 32767, np.nan)


def flow_of(dataset: Dataset, frame: int) -> np.ndarray:
    """Return flow in pixels, NaN where it is undefined, as KITTI's development kit reads its 16-bit PNGs."""
    stored = colours(dataset, "flow", frame)
    assert stored.dtype == np.uint16
    assert set(np.unique(stored[..., 2])) <= {0, 1}
    return np.where(stored[..., 2:] > 0, (stored[..., :2].astype(float) - 2**15) / 64, np.nan)


def objects_of(dataset: Dataset, frame: int) -> dict[str, dict[str, Any]]:
    """Return what is told of a frame's objects, by name where that is unique."""
    listed = json.loads((dataset.folder / "objects" / f"{frame:06d}.json").read_text(encoding="utf-8"))["objects"]
    return {entry["object"]: entry for entry in listed}


def lift(camera: dict[str, Any], depth: np.ndarray) -> np.ndarray:
    """Return each pixel's point in world metres, (H, W, 3), by the formula of docs/dataset.md."""
    height, width = depth.shape
    column, row = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    local = depth[..., None] * (np.stack([column, row, np.ones_like(row)], -1) @ np.linalg.inv(camera["K"]).T)
    pose = np.array(camera["camera_to_world"])
    return local @ pose[:3, :3].T + pose[:3, 3]


def project(camera: dict[str, Any], points: np.ndarray, pose: str = "camera_to_world") -> np.ndarray:
    """Return column, row and depth of world points, (…, 3)."""
    to_camera = np.linalg.inv(camera[pose])
    local = points @ to_camera[:3, :3].T + to_camera[:3, 3]
    image = local @ np.array(camera["K"]).T
    return np.concatenate([image[..., :2] / image[..., 2:], local[..., 2:]], -1)


def land(places: np.ndarray, shape: tuple[int, ...]) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Return which places, (…, 2 or 3), are inside an image, and the rows and columns of their pixels, clipped."""
    places = np.nan_to_num(places, nan=-1.0)
    column, row = np.floor(places[..., 0]).astype(int), np.floor(places[..., 1]).astype(int)
    inside = (column >= 0) & (column < shape[1]) & (row >= 0) & (row < shape[0])
    return inside, (row.clip(0, shape[0] - 1), column.clip(0, shape[1] - 1))


def moved(dataset: Dataset, scenes: Path, frame: int, depth: np.ndarray) -> np.ndarray:
    """Return where the points of a frame's pixels are at the next, by where Blender says that the objects are."""
    where = json.loads((scenes / "moving.json").read_text(encoding="utf-8"))
    rows = dataset.record["frames"]
    now, then = (str(rows[number]["time"]) for number in (frame, rows[frame]["following"]))
    names = {row["id"]: row["object"] for row in dataset.record["instances"]}
    points = lift(dataset.cameras[frame], depth) / UNIT
    ids = dataset.array("instances", frame)
    for number in np.unique(ids[ids > 0]).tolist():
        # Copies of `source` go where what carries them goes; the emitter's particles, which stay, are none of `host`'s.
        name = names[number]
        if name == "source":
            here = ids == number
            name = "host" if points[here][:, 0].mean() < 3.9 else "emitter"
        if name in where:
            step = np.array(where[name][then]) @ np.linalg.inv(where[name][now])
            points[ids == number] = points[ids == number] @ step[:3, :3].T + step[:3, 3]
    return points * UNIT


def same_normals(dataset: Dataset, truth: Truth) -> float:
    """Return the share of pixels whose normal is within a degree of the ray cast's."""
    agree = total = 0
    for frame, camera in enumerate(dataset.cameras):
        got = normals_of(dataset, frame)
        expected = truth.array("normal", frame) @ np.array(camera["camera_to_world"])[:3, :3]
        assert np.allclose(np.linalg.norm(got, axis=2)[np.isfinite(got[..., 0])], 1, atol=1e-4)
        known = np.isfinite(expected[..., 0])
        cosine = np.nan_to_num((got * expected).sum(2), nan=-1.0)
        agree += int((known & (cosine >= np.cos(np.radians(1)))).sum())
        total += int(known.sum())
        assert not (np.isfinite(got[..., 0]) & ~known & ~boundaries(truth.array("instance", frame))).any()
    assert total > 1000
    return agree / total


def test_normals(moving: Dataset, moving_truth: Truth) -> None:
    """Normals are those of the surfaces, with smooth shading, in the camera's axes."""
    assert same_normals(moving, moving_truth) >= 0.99


def test_float_depth(moving: Dataset, moving_truth: Truth) -> None:
    """Float depth is the ray cast's and the 16-bit one's."""
    for frame in moving.frames:
        depth, expected = depth_of(moving, frame), moving_truth.array("distance", frame)
        assert depth.dtype == np.float32
        nothing = ~np.isfinite(expected)
        assert not depth[nothing & ~boundaries(nothing)].any()
        close = np.isclose(depth, np.where(nothing, 0, expected), rtol=2e-4, atol=2e-4)
        assert close.mean() > 0.995
        assert np.abs(depth * 1000 - moving.array("depth", frame)).max() <= 0.51


@pytest.mark.full
def test_depth_reprojects(render: Render, scenes: Path, blender: Blender) -> None:
    """Pixels of one frame lifted into another land on the same instance, unless something is in front."""
    options = ("--sweep", "orbit", "-p", "turns=0.2", "-p", "target=0,0.5,0.4", "-p", "radius=4", "--frames", "3")
    dataset = Dataset(
        render(scenes / "moving.blend", *options, "--with", "depth-float", blender=blender, size="240x180")
    )
    same = total = 0
    for one, other in ((0, 1), (1, 2), (2, 0)):
        ids, other_ids = dataset.array("instances", one), dataset.array("instances", other)
        depth, other_depth = depth_of(dataset, one), depth_of(dataset, other)
        places = project(dataset.cameras[other], lift(dataset.cameras[one], depth))
        inside, pixels = land(places, ids.shape)
        in_front = other_depth[pixels] < places[..., 2] * 0.99 - 0.01
        sure = inside & (depth > 0) & (places[..., 2] > 0) & ~boundaries(ids) & ~boundaries(other_ids)[pixels]
        sure &= ~in_front
        same += int((sure & (other_ids[pixels] == ids)).sum())
        total += int(sure.sum())
    assert total > 10_000
    assert same / total >= 0.99


def judge_flow(dataset: Dataset, truth: Truth, scenes: Path) -> None:
    """Assert that flow is what the cameras' and the objects' motion makes it, and leads to the same labels."""
    rows = dataset.record["frames"]
    wave = [row["id"] for row in dataset.record["instances"] if row["object"] == "wave"]
    right = known = agree = seen = 0
    for frame in dataset.frames[:-1]:
        after = rows[frame]["following"]
        assert (after, rows[frame]["no_flow"]) == (frame + 1, ["wave"])
        got, ids = flow_of(dataset, frame), dataset.array("instances", frame)
        assert np.isnan(got[np.isin(ids, wave)]).all()
        height, width = ids.shape
        depth = truth.array("distance", frame).astype(float)
        places = project(dataset.cameras[after], moved(dataset, scenes, frame, np.where(np.isfinite(depth), depth, 1)))
        column, row = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
        expected = places[..., :2] - np.stack([column, row], -1)
        sure = np.isfinite(depth) & ~np.isin(ids, wave) & ~boundaries(truth.array("instance", frame))
        right += int((np.abs(got - expected).max(2)[sure] < 0.05).sum())
        known += int(sure.sum())
        inside, pixels = land(np.stack([column, row], -1) + got, ids.shape)
        then = truth.array("distance", after)[pixels]
        visible = sure & inside & (np.abs(then - places[..., 2]) < 0.01 * places[..., 2])
        label, later = dataset.array("labels", frame), dataset.array("labels", after)
        agree += int((later[pixels] == label)[visible].sum())
        seen += int(visible.sum())
        assert np.abs(expected[np.isin(ids, ids_named(dataset, "slider"))]).max() > 5 * width / 240
    assert not colours(dataset, "flow", dataset.frames[-1]).any()
    assert rows[-1]["following"] is None
    assert known > 1000
    assert right / known >= 0.99
    assert seen > known / 2
    assert agree / seen >= 0.99


def ids_named(dataset: Dataset, name: str) -> list[int]:
    """Return the instance ids of an object."""
    return [row["id"] for row in dataset.record["instances"] if row["object"] == name]


def test_flow(moving: Dataset, moving_truth: Truth, scenes: Path) -> None:
    """Flow leads each pixel to where what it shows is next, whether the camera moves or the thing does."""
    judge_flow(moving, moving_truth, scenes)
    (found,) = (entry for entry in moving.record["findings"] if entry["code"] == "flow-undefined")
    assert "wave" in found["message"]


@pytest.mark.full
@pytest.mark.parametrize(("sweep", "step"), [("orbit", 1), ("gimbal", 4)])
def test_flow_follows_a_camera(render: Render, scenes: Path, blender: Blender, sweep: str, step: int) -> None:
    """Flow of a sweep leads to the same camera's next frame."""
    options = ("--sweep", sweep, "-p", "turns=0.1", "--frames", str(2 * step), "--with", "flow")
    dataset = Dataset(render(scenes / "moving.blend", *options, blender=blender, size="64x48", samples=1))
    after = [row["following"] for row in dataset.record["frames"]]
    assert after == [*range(step, 2 * step), *[None] * step]
    depth = dataset.array("depth", 0) / 1000
    places = project(dataset.cameras[step], lift(dataset.cameras[0], depth))[..., :2]
    column, row = np.meshgrid(np.arange(64) + 0.5, np.arange(48) + 0.5)
    got = flow_of(dataset, 0)
    near = np.abs(got - (places - np.stack([column, row], -1))).max(2) < 0.3
    assert near[np.isfinite(got[..., 0])].mean() > 0.97


def test_flow_is_refused_where_nothing_follows(run: Run, scenes: Path, tmp_path: Path) -> None:
    *able, last = (name for name, kind in SWEEPS.items() if kind.continuous)
    for sweep, words in (
        (("viewpoints",), f"{', '.join(able)} or {last}"),
        (("cameras", "--frames", "1"), "flow: no"),
    ):
        done = run("render", scenes / "hidden.blend", "--sweep", *sweep, "--with", "flow", "--out", tmp_path / "out")
        assert done.returncode == 2
        assert len(done.stderr.strip().splitlines()) == 1
        assert words in done.stderr
        assert not (tmp_path / "out").exists()


def test_boxes_are_the_masks_extent(moving: Dataset) -> None:
    """Each instance in the picture is told, with the box and area of its mask, its name and its category."""
    table = {row["id"]: row for row in moving.record["instances"]}
    names = set()
    for frame in moving.frames:
        ids, label = moving.array("instances", frame), moving.array("labels", frame)
        listed = json.loads((moving.folder / "objects" / f"{frame:06d}.json").read_text(encoding="utf-8"))["objects"]
        assert sorted(entry["id"] for entry in listed) == np.unique(ids[ids > 0]).tolist()
        for entry in listed:
            mask = ids == entry["id"]
            rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
            extent = [columns[0], rows[0], columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1]
            assert entry["bbox"] == extent
            assert entry["area"] == mask.sum()
            assert entry["object"] == table[entry["id"]]["object"]
            assert entry["category_id"] == table[entry["id"]]["category_id"] == np.unique(label[mask])[0]
            x, y, w, h = entry["amodal_bbox"]
            bx, by, bw, bh = entry["bbox"]
            assert min(bx - x, by - y, x + w - bx - bw, y + h - by - bh) >= -0.51  # pixels count from their centres
            assert 0 < entry["visibility"] <= 1
        names |= {entry["object"] for entry in listed}
    assert names >= {'das "große", Buch', "椅子, 🪑", "left", "right", "source", "slider", "arm", "parts", "mirrored"}
    assert max(moving.categories.values()) > 255
    assert len({row["id"] for row in table.values() if row["object"] == "source"}) == 14


CORNERS = np.array(list(product((-0.5, 0.5), (-0.5, 0.5), (0, 1))))
"""Corners of a cube of size 1 that stands on its origin, as the scenes' boxes do."""
SIZES = {"slider": (0.8, 0.8, 0.8), "arm": (1.0, 0.3, 0.5), 'das "große", Buch': (1.2, 0.4, 1.0)}


def test_boxes_hold_the_object(moving: Dataset, scenes: Path) -> None:
    """Amodal boxes, 3D boxes and poses of boxes are what their corners, set down by hand, give."""
    where = json.loads((scenes / "moving.json").read_text(encoding="utf-8"))
    checked = 0
    for frame, camera in enumerate(moving.cameras):
        time = str(moving.record["frames"][frame]["time"])
        found = objects_of(moving, frame)
        for name, size in SIZES.items():
            if name not in found:
                continue
            entry, matrix = found[name], np.array(where[name][time])
            corners = (CORNERS * size) @ matrix[:3, :3].T + matrix[:3, 3]
            places = project(camera, corners * UNIT)[:, :2]
            x, y, w, h = entry["amodal_bbox"]
            assert np.allclose([x, y, x + w, y + h], [*places.min(0), *places.max(0)], atol=0.05)
            scale = np.linalg.norm(matrix[:3, :3], axis=0)
            assert np.allclose(entry["box"]["size"], scale * size * UNIT, atol=1e-4)
            assert np.allclose(entry["box"]["center"], scale * (0, 0, size[2] / 2) * UNIT, atol=1e-4)
            expected = (
                np.linalg.inv(camera["camera_to_world"])
                @ np.c_[np.r_[matrix[:3, :3] / scale, [[0, 0, 0]]], [*matrix[:3, 3] * UNIT, 1]]
            )
            assert np.allclose(entry["object_to_camera"], expected, atol=1e-4)
            checked += 1
    assert checked >= 2 * len(moving.frames)


def test_poses_enclose_the_mask(moving: Dataset) -> None:
    """The corners of each thing's oriented box, projected, enclose all of its pixels."""
    checked = 0
    for frame, camera in enumerate(moving.cameras):
        ids = moving.array("instances", frame)
        listed = json.loads((moving.folder / "objects" / f"{frame:06d}.json").read_text(encoding="utf-8"))["objects"]
        for entry in listed:
            pose, box = np.array(entry["object_to_camera"]), entry["box"]
            assert np.allclose(pose[:3, :3] @ pose[:3, :3].T, np.eye(3), atol=1e-5)
            assert np.linalg.det(pose) == pytest.approx(1, abs=1e-5)
            corners = (CORNERS - (0, 0, 0.5)) * box["size"] + box["center"]
            local = corners @ pose[:3, :3].T + pose[:3, 3]
            if local[:, 2].min() < 0.05:
                continue
            image = local @ np.array(camera["K"]).T
            hull = cv2.convexHull((image[:, :2] / image[:, 2:]).astype(np.float32))
            rows, columns = np.nonzero(ids == entry["id"])
            for row, column in zip(rows[::5].tolist(), columns[::5].tolist(), strict=True):
                assert cv2.pointPolygonTest(hull, (column + 0.5, row + 0.5), True) > -0.1, entry["object"]
            checked += 1
    assert checked > 40


def test_visibility_by_hand(render: Render, scenes: Path, blender: Blender) -> None:
    """Half-hidden and half-outside cubes have the shares and boxes that a pencil gives; what is behind is not told.

    The lens makes a picture of 160x120 with 160 pixels a unit at distance 1. A cube's front, 4 away, is 40 pixels wide
    and high, its back, 5 away, 32; the side that is seen between them is a trapezoid.
    """
    options = ("--sweep", "cameras", "--with", "objects")
    dataset = Dataset(render(scenes / "hidden.blend", *options, blender=blender, size="160x120", samples=1))
    found = objects_of(dataset, 0)
    assert set(found) == {"hidden", "outside", "screen", "back", "floor"}
    side = 4 * (40 + 32) / 2
    assert found["hidden"]["visibility"] == pytest.approx((20 * 40 + side) / (40 * 40 + side), abs=0.005)
    assert found["hidden"]["amodal_bbox"] == pytest.approx([20, 40, 44, 40], abs=0.01)
    assert found["hidden"]["bbox"] == [40, 40, 24, 40]
    side = 12 * (40 + 32) / 2
    assert found["outside"]["visibility"] == pytest.approx((20 * 40 + side) / (40 * 40 + side), abs=0.005)
    assert found["outside"]["amodal_bbox"] == pytest.approx([128, 40, 52, 40], abs=0.01)
    assert found["screen"]["visibility"] == pytest.approx(1, abs=0.002)
    # The floor passes below the camera: its box ends a picture's height below the picture.
    assert found["floor"]["amodal_bbox"][1] + found["floor"]["amodal_bbox"][3] == pytest.approx(240)
    assert found["floor"]["visibility"] < 0.5


def test_point_clouds(moving: Dataset) -> None:
    """Another library reads the clouds; their points are the pixels'."""
    for frame, camera in enumerate(moving.cameras):
        cloud = PlyData.read(moving.folder / "pointclouds" / f"{frame:06d}.ply")["vertex"]
        depth = depth_of(moving, frame)
        rows, columns = np.nonzero(depth)
        assert len(cloud.data) == len(rows)
        places = project(camera, np.stack([cloud[axis] for axis in "xyz"], 1).astype(float))
        assert np.allclose(places, np.stack([columns + 0.5, rows + 0.5, depth[rows, columns]], 1), atol=2e-3)
        for name, kind in (("category", "labels"), ("instance", "instances")):
            assert cloud[name].dtype == np.uint16
            assert np.array_equal(cloud[name], moving.array(kind, frame)[rows, columns])
        image = colours(moving, "images", frame)
        assert np.array_equal(np.stack([cloud[name] for name in ("red", "green", "blue")], 1), image[rows, columns])
        local = np.stack([cloud[name] for name in ("nx", "ny", "nz")], 1) @ np.array(camera["camera_to_world"])[:3, :3]
        assert np.allclose(local, normals_of(moving, frame)[rows, columns], atol=1e-3)


def test_albedo(moving: Dataset) -> None:
    """Albedo is the colour that a material was given, in sRGB, whatever light falls on it; 0 for what only shines."""
    linear = np.array([0.2, 0.4, 0.6])
    expected = np.rint(255 * (1.055 * linear ** (1 / 2.4) - 0.055))
    for frame in moving.frames:
        albedo, ids = colours(moving, "albedo", frame), moving.array("instances", frame)
        assert albedo.dtype == np.uint8
        floor = np.isin(ids, ids_named(moving, "floor"))
        assert floor.sum() > 5000
        assert np.abs(albedo[floor].astype(int) - expected).max() <= 1
        assert not albedo[np.isin(ids, ids_named(moving, "lamp"))].any()


def test_stereo(moving: Dataset) -> None:
    """The right picture, warped back by disparity, is the left one where both see the same."""
    for frame, camera in enumerate(moving.cameras):
        pose, right_pose = np.array(camera["camera_to_world"]), np.array(camera["right_to_world"])
        assert np.allclose(right_pose[:3, :3], pose[:3, :3])
        assert np.allclose(pose[:3, :3].T @ (right_pose - pose)[:3, 3], (BASELINE, 0, 0), atol=1e-5)
        depth = depth_of(moving, frame)
        left, right = (colours(moving, kind, frame).astype(np.float32) for kind in ("images", "images_right"))
        disparity = camera["K"][0][0] * BASELINE / np.where(depth > 0, depth, 1)
        column, row = np.meshgrid(np.arange(depth.shape[1], dtype=float), np.arange(depth.shape[0], dtype=float))
        order = np.argsort(-depth, axis=None)  # what is near is drawn last
        _, (rows, columns) = land(np.stack([column - disparity, row], -1) + 0.5, depth.shape)
        nearest = np.zeros_like(depth)
        nearest[rows.ravel()[order], columns.ravel()[order]] = depth.ravel()[order]
        both = (depth > 0) & (column >= disparity) & (nearest[rows, columns] > 0.98 * depth)

        def difference(shift: np.ndarray, both: Any = both, left: Any = left, right: Any = right) -> float:
            at = np.meshgrid(np.arange(left.shape[1]), np.arange(left.shape[0]))
            x, y = (at[0] - shift).astype(np.float32), at[1].astype(np.float32)
            return float(np.abs(cv2.remap(right, x, y, cv2.INTER_LINEAR) - left)[both].mean())

        assert difference(disparity) < 0.4 * difference(np.zeros_like(disparity))
        assert difference(disparity) < 0.8 * min(difference(disparity + 1), difference(disparity - 1))


def digests(folder: Path) -> dict[str, str]:
    """Return a checksum of every frame's files."""
    places = [path for path in folder.rglob("0*.*") if ".sweepset" not in path.parts]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(places)}


@pytest.mark.full
def test_extras_change_nothing_else(render: Render, scenes: Path, blender: Blender) -> None:
    """Images, labels, instances and depth are the same bytes with and without the rest."""
    command = (scenes / "moving.blend", "--sweep", "cameras")
    plain = digests(render(*command, blender=blender, size="64x48", samples=2))
    assert len(plain) == 4 * (2 + len(BY_DEFAULT))
    assert plain.items() <= digests(render(*command, *EVERYTHING, blender=blender, size="64x48", samples=2)).items()


@pytest.mark.full
def test_the_same_bytes_after_going_on(
    run: Run, render: Render, scenes: Path, blender: Blender, tmp_path: Path
) -> None:
    """Every file of a frame depends on the job and the frame's number alone."""
    command = (scenes / "moving.blend", "--sweep", "cameras", *EVERYTHING)
    whole = render(*command, blender=blender, size="64x48", samples=2)
    before = digests(whole)
    assert len(before) == 4 * (2 + len(BY_DEFAULT) + len(ON_REQUEST))
    broken = tmp_path / "dataset"
    shutil.copytree(whole, broken)
    (broken / "dataset.json").unlink()
    for frame in ("000001", "000003"):
        (broken / ".sweepset" / "frames" / f"{frame}.json").unlink()
        for path in broken.rglob(f"{frame}.*"):
            path.unlink()
    options = ("--size", "64x48", "--samples", "2", "--blender", blender.executable)
    again = run("render", *command, *options, "--out", broken)
    assert again.returncode == 0, again.stderr
    assert "2 frames are there" in again.stdout
    assert digests(broken) == before


@pytest.mark.full
def test_more_instances_than_fifteen_bits(render: Render, scenes: Path, blender: Blender) -> None:
    """33,000 copies have an id each, and what is told of them is their own."""
    options = ("--sweep", "cameras", "--with", "objects")
    dataset = Dataset(render(scenes / "many.blend", *options, blender=blender, size="60x46", samples=1))
    assert len(dataset.record["instances"]) >= 33_000
    ids = dataset.array("instances", 0)
    assert len(np.unique(ids)) > 2_500
    assert ids.max() > 32_768
    listed = json.loads((dataset.folder / "objects" / "000000.json").read_text(encoding="utf-8"))["objects"]
    assert {entry["object"] for entry in listed} == {"würfel 🎲"}
    for entry in listed[::97]:
        x, y, _, _ = entry["bbox"]
        assert ids[y, x] == entry["id"]
        assert np.allclose(entry["box"]["size"], 0.6, atol=1e-4)
        place = np.array(entry["object_to_camera"])[:3, 3]
        column, row, depth = np.array(dataset.cameras[0]["K"]) @ place
        assert abs(column / depth - x - 0.5) < 1
        assert abs(row / depth - y - 0.5) < 1


@pytest.mark.full
@pytest.mark.parametrize("blender", EACH)
def test_every_blender(render: Render, scenes: Path, blender: Blender, tmp_path: Path) -> None:
    """Normals, flow and the rest are true in every Blender."""
    options = ("--sweep", "cameras", "--frames", "2", *EVERYTHING)
    dataset = Dataset(render(scenes / "moving.blend", *options, blender=blender, size="80x60", samples=2))
    truth = ask(blender, dataset, tmp_path / "truth.npz", blend=scenes / "moving.blend")
    assert same_normals(dataset, truth) >= 0.985
    judge_flow(dataset, truth, scenes)
    test_boxes_hold_the_object(dataset, scenes)
    test_point_clouds(dataset)


@pytest.mark.parametrize("seed", range(6))
def test_cover_by_brute_force(seed: int) -> None:
    """The pixels that triangles cover alone are those whose centre's ray meets one, counted one by one."""
    rng = np.random.default_rng(seed)
    vertices = rng.uniform((-2, -2, -1), (2, 2, 3), (12, 3))
    shape = boxes.Shape(vertices, rng.integers(0, 12, (6, 3)))
    view = motion.View(np.array([[20.0, 0, 20], [0, 20, 15], [0, 0, 1]]), np.eye(4))
    seen = boxes.Extent((0, 0, 1, 1), 100)
    told = boxes.describe(shape, np.eye(4), seen, view, (40, 30), 0.1, 1.0)
    columns, rows = np.meshgrid(np.arange(-40, 80) + 0.5, np.arange(-30, 60) + 0.5)
    rays = np.stack([columns, rows, np.ones_like(rows)], -1).reshape(-1, 3) @ np.linalg.inv(view.intrinsics).T
    covered = np.zeros(len(rays), bool)
    for corners in shape.vertices[shape.triangles]:
        if len(np.unique(corners, axis=0)) < 3:
            continue
        normal = np.cross(corners[1] - corners[0], corners[2] - corners[0])
        with np.errstate(divide="ignore", invalid="ignore"):
            places = rays * ((normal @ corners[0]) / (rays @ normal))[:, None]
        sides = [((places - corners[k]) @ np.cross(normal, corners[(k + 1) % 3] - corners[k])) > 0 for k in range(3)]
        covered |= np.logical_and.reduce(sides) & (places[:, 2] >= 0.1)
    assert 100 / told["visibility"] == pytest.approx(max(covered.sum(), 100), rel=0.01)
