"""Models, their poses and keypoints, from the render to BOP, COCO and YOLO, each read by its own rules."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import yaml
from plyfile import PlyData

from blenders import EACH
from exported import open_coco
from hard_dataset import read_png, told_by
from sweepset import model_files
from sweepset.errors import SweepsetError
from sweepset_render import verify
from sweepset_render.datasets import models

SCENE = Path(__file__).parents[2] / "support" / "model_scene.py"
KEYPOINTS = {"tip": (0.3, 0.1, 0.1), "heel": (0.0, 0.0, 0.0), "beside": (0.3, 0.2, 0.1)}
FINE = 8
"""Parts of a pixel in which outlines are drawn."""
SOLIDS = {"cube", "sphere", "cylinder", "cone", "torus", "capsule", "prism"}


@pytest.fixture(params=EACH)
def parts(request: pytest.FixtureRequest, render: Callable[..., Path]) -> Path:
    """Return the rendered dataset: frame 0 shows solids, frame 1 blocks."""
    options = ("--sweep", "cameras", "--with", "objects")
    return render(SCENE, *options, blender=request.param, size="240x180", samples=1)


@dataclass(frozen=True)
class Copy:
    """A copy of a model in a BOP image: number of the model, pose in millimetres, facts and masks."""

    model: int
    rotation: np.ndarray
    place: np.ndarray
    facts: dict[str, Any]
    whole: np.ndarray
    seen: np.ndarray


def bop(scene: Path) -> Iterator[tuple[np.ndarray, np.ndarray, list[Copy]]]:
    """Read a BOP scene by the benchmark's rules: K, depth in millimetres, and the copies of each image."""
    cameras, poses, facts = (
        json.loads((scene / f"scene_{name}.json").read_bytes()) for name in ("camera", "gt", "gt_info")
    )
    assert cameras.keys() == poses.keys() == facts.keys()
    for image in sorted(cameras, key=int):
        number = int(image)
        assert (scene / "rgb" / f"{number:06d}.png").is_file()
        depth = read_png(scene / "depth" / f"{number:06d}.png") * cameras[image]["depth_scale"]
        assert len(poses[image]) == len(facts[image])
        copies = []
        for place, (pose, fact) in enumerate(zip(poses[image], facts[image], strict=True)):
            masks = [read_png(scene / kind / f"{number:06d}_{place:06d}.png") for kind in ("mask", "mask_visib")]
            assert all(set(np.unique(mask)) <= {0, 255} for mask in masks)
            rotation = np.reshape(pose["cam_R_m2c"], (3, 3))
            copies.append(Copy(pose["obj_id"], rotation, np.array(pose["cam_t_m2c"]), fact, *(m > 0 for m in masks)))
        yield np.reshape(cameras[image]["cam_K"], (3, 3)), depth, copies


def mesh(path: Path) -> tuple[np.ndarray, np.ndarray]:
    data = PlyData.read(path)
    points = np.stack([data["vertex"][axis] for axis in "xyz"], 1).astype(float)
    return points, np.stack(data["face"]["vertex_indices"])


def drawn(points: np.ndarray, triangles: np.ndarray, lens: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Draw points in the camera's axes as a silhouette of finer pixels; a pixel's centre is at whole numbers."""
    seen = points @ lens.T
    places = (seen[:, :2] / seen[:, 2:] + 0.5) * FINE
    canvas = np.zeros((shape[0] * FINE, shape[1] * FINE), np.uint8)
    for triangle in np.round(places - 0.5).astype(np.int32)[triangles]:
        cv2.fillConvexPoly(canvas, triangle, 1)
    return canvas.astype(bool)


def grown(mask: np.ndarray, pixels: int) -> np.ndarray:
    return cv2.dilate(mask.astype(np.uint8), np.ones((2 * pixels + 1,) * 2, np.uint8)).astype(bool)


def test_poses_and_masks_of_bop_agree(parts: Path, tmp_path: Path) -> None:
    """Models at their poses, drawn by OpenCV, end within a pixel of the outlines of the renderer's masks."""
    told_by(parts, "bop", tmp_path / "out", shares=(1, 0, 0))
    info = json.loads((tmp_path / "out" / "models" / "models_info.json").read_bytes())
    meshes = {int(n): mesh(tmp_path / "out" / "models" / f"obj_{int(n):06d}.ply") for n in info}
    whole = 0
    images = list(bop(tmp_path / "out" / "train" / "000000"))
    assert len(images) == 2
    for lens, depth, copies in images:
        for copy in copies:
            assert np.allclose(copy.rotation @ copy.rotation.T, np.eye(3), atol=1e-5)
            assert np.linalg.det(copy.rotation) > 0
            points, triangles = meshes[copy.model]
            local = points @ copy.rotation.T + copy.place
            shown = drawn(local, triangles, lens, copy.seen.shape)
            fine = np.kron(copy.whole, np.ones((FINE, FINE), bool))
            assert not (shown & ~grown(fine, FINE)).any()
            assert not (fine & ~grown(shown, FINE)).any()
            assert not (copy.seen & ~copy.whole).any()
            facts = copy.facts
            assert facts["px_count_visib"] == copy.seen.sum()
            assert facts["px_count_valid"] == (depth[copy.whole] > 0).sum()
            assert facts["visib_fract"] == pytest.approx(facts["px_count_visib"] / facts["px_count_all"])
            rows, columns = np.nonzero(copy.seen)
            left, top, width, height = facts["bbox_visib"]
            assert (left, top) == (columns.min(), rows.min())
            assert (left + width, top + height) == (columns.max() + 1, rows.max() + 1)
            near, far = local[:, 2].min() - 1, local[:, 2].max() + 1
            assert ((depth[copy.seen] >= near) & (depth[copy.seen] <= far)).all()
            whole += facts["visib_fract"] > 0.99
    assert whole > 8
    # Three blocks are copies of one model, the small one is another: a mirrored one.
    blocks = [copy for copy in images[1][2] if info[str(copy.model)]["name"].endswith("木.obj")]
    assert sorted(np.unique([copy.model for copy in blocks], return_counts=True)[1].tolist()) == [1, 3]


def test_models_info_of_bop(parts: Path, tmp_path: Path) -> None:
    """Sizes and diameters are those of the meshes, and each symmetry takes a mesh to itself."""
    told_by(parts, "bop", tmp_path / "out")
    info = json.loads((tmp_path / "out" / "models" / "models_info.json").read_bytes())
    names = {told["name"] for told in info.values()}
    assert SOLIDS - names <= {"cone"}  # what the camera happens to see
    for number, told in info.items():
        points, triangles = mesh(tmp_path / "out" / "models" / f"obj_{int(number):06d}.ply")
        assert triangles.max() < len(points)
        low, high = points.min(0), points.max(0)
        assert [told[f"min_{axis}"] for axis in "xyz"] == pytest.approx(low.tolist(), abs=1e-3)
        assert [told[f"size_{axis}"] for axis in "xyz"] == pytest.approx((high - low).tolist(), abs=1e-3)
        longest = max(np.linalg.norm(points[at] - points, axis=1).max() for at in range(len(points)))
        assert told["diameter"] == pytest.approx(longest, abs=1e-3)
        assert 10 < told["diameter"] < 400  # millimetres
        turns = [np.reshape(one, (4, 4)) for one in told.get("symmetries_discrete", [])]
        for one in told.get("symmetries_continuous", []):
            turn, offset = np.eye(4), np.array(one["offset"])
            turn[:3, :3] = cv2.Rodrigues(np.array(one["axis"], float) * 2 * np.pi / 48)[0]  # solids have 48 sides
            turn[:3, 3] = offset - turn[:3, :3] @ offset
            turns.append(turn)
        for turn in turns if told["name"] != "sphere" else ():  # a ball of polygons has one axis only
            moved = points @ turn[:3, :3].T + turn[:3, 3]
            gaps = np.sqrt(((moved[:, None] - points[None]) ** 2).sum(2).min(1))
            assert gaps.max() < 0.005 * told["diameter"], told["name"]
        expected = {"cube": 23, "prism": 5, "sphere": 0, "cone": 0}.get(told["name"])
        assert expected is None or len(told.get("symmetries_discrete", [])) == expected


def camera_of(parts: Path, frame: int) -> tuple[np.ndarray, np.ndarray]:
    row = json.loads((parts / "cameras.json").read_bytes())["frames"][frame]
    return np.array(row["K"]), np.linalg.inv(row["camera_to_world"])


def places() -> dict[str, np.ndarray]:
    """Return where the blocks of the scene are, (4, 4) each, but for the turned one."""
    small = np.diag([-0.5, 0.5, 0.5, 1.0])
    found = {"plain": np.eye(4), "hidden": np.eye(4), "small": small}
    for name, at in (("plain", (50, 0, 1)), ("hidden", (49.5, 0.2, 1)), ("small", (50.1, 0.5, 1.1))):
        found[name][:3, 3] = at
    return found


def test_keypoints(parts: Path, tmp_path: Path) -> None:
    """Keypoints are where the scene's matrices put them; a screen hides some, and the block itself its heel."""
    lens, world_to_camera = camera_of(parts, 1)
    objects = {
        entry["object"]: entry for entry in json.loads((parts / "objects" / "000001.json").read_bytes())["objects"]
    }
    for name, place in places().items():
        for point, at in KEYPOINTS.items():
            told = objects[name]["keypoints"][point]
            local = world_to_camera @ place @ [*at, 1]
            assert told["point"] == pytest.approx(local[:3].tolist(), abs=2e-5)
            seen = lens @ local[:3]
            assert told["pixel"] == pytest.approx((seen[:2] / seen[2]).tolist(), abs=0.02)
    visible = {name: {p: objects[name]["keypoints"][p]["visible"] for p in KEYPOINTS} for name in objects if name in
               ("plain", "hidden")}  # fmt: skip
    assert visible["plain"] == {"tip": True, "heel": True, "beside": True}
    assert visible["hidden"] == {"tip": False, "heel": True, "beside": False}

    told_by(parts, "coco", tmp_path / "coco", shares=(1, 0, 0))
    coco = open_coco(tmp_path / "coco" / "annotations" / "instances_train.json")
    (prism,) = coco.loadCats(coco.getCatIds(catNms=["prism"]))
    assert prism["keypoints"] == sorted(KEYPOINTS)
    by_name = {one["object"]: one for one in coco.loadAnns(coco.getAnnIds(catIds=[prism["id"]]))}
    flat = np.reshape(by_name["hidden"]["keypoints"], (-1, 3))
    for row, name in zip(flat, sorted(KEYPOINTS), strict=True):
        assert row[:2] == pytest.approx(objects["hidden"]["keypoints"][name]["pixel"])
        assert row[2] == (2 if name == "heel" else 1)
    assert by_name["hidden"]["num_keypoints"] == 3

    told_by(parts, "yolo-pose", tmp_path / "yolo", shares=(1, 0, 0))
    told = yaml.safe_load((tmp_path / "yolo" / "data.yaml").read_text(encoding="utf-8"))
    assert told["kpt_shape"] == [3, 3]
    (blocks,) = [lines for stem, lines in poses(tmp_path / "yolo") if stem.endswith("_000001")]
    shown = [values for name, values in blocks if name == "prism"]
    assert all(len(values) == 4 + 9 for values in shown)
    wanted = np.c_[flat[:, :2] / (240, 180), flat[:, 2]].ravel()
    assert any(np.abs(np.array(values[4:]) - wanted).max() < 1e-4 for values in shown)


def poses(out: Path) -> Iterator[tuple[str, list[tuple[str, list[float]]]]]:
    """Read YOLO's keypoints, whose flags alone may exceed 1."""
    data = yaml.safe_load((out / "data.yaml").read_text(encoding="utf-8"))
    for path in sorted((out / "labels" / "train").iterdir()):
        lines = [line.split() for line in path.read_text().splitlines()]
        yield path.stem, [(data["names"][int(line[0])], [float(value) for value in line[1:]]) for line in lines]


def test_lacking_models_and_keypoints(parts: Path, hard: Path, tmp_path: Path) -> None:
    with pytest.raises(SweepsetError, match="--to bop needs depth"):
        told_by(hard, "bop", tmp_path / "out")
    with pytest.raises(SweepsetError, match="needs objects"):
        told_by(hard, "yolo-pose", tmp_path / "out")
    assert not (tmp_path / "out").exists()
    keys = {path.stem for path in (parts / "models").iterdir()}
    with pytest.raises(SweepsetError, match="no nothing.json"):
        models.read(parts, "nothing")
    assert all(models.read(parts, key).shape.vertices.any() for key in keys)


def test_verify_finds_lost_and_damaged_models(parts: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    shutil.copytree(parts, own)
    assert not [one for one in verify(own) if one.code.startswith("file")]
    lost, damaged = sorted((own / "models").glob("*.ply"))[:2]
    lost.unlink()
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"\x07")
    found = {one.code: str(one) for one in verify(own)}
    assert lost.stem in found["file-missing"]
    assert damaged.stem in found["file-broken"]


def test_symmetries_by_hand() -> None:
    discrete, continuous = model_files.symmetries("x2 z4", np.array([0.1, 0.0, 0.0]))
    assert len(discrete) == 7  # the dihedral group of a square has 8
    assert not continuous
    half = [one for one in discrete if np.allclose(np.array(one)[:3, :3], np.diag([-1, -1, 1]))]
    assert np.array(half[0])[:3, 3] == pytest.approx([0.2, 0, 0])
    assert model_files.symmetries("z", np.zeros(3)) == ([], [{"axis": [0.0, 0.0, 1.0], "offset": [0.0, 0.0, 0.0]}])
    square = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], float)
    assert models.diameter(square) == pytest.approx(np.sqrt(2))
    shape = model_files.decode(model_files.encode(square, np.array([[0, 1, 2], [0, 2, 3]])))
    assert shape.vertices.tolist() == square.tolist()
    assert model_files.middle(shape) == pytest.approx([0.5, 0.5, 0])
