"""Check ground truth by geometry: cameras; normals, flow and points against depth; frames of one place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from sweepset.errors import SweepsetError
from sweepset.taxonomy import UNLABELLED, Taxonomy

from . import sensor
from .consistency import Remark
from .dataset import Frame

PER_ID, LEAST = 64, 12
"""Pixels of an instance that are looked for in other frames; how many must be seen there for a verdict."""
AGREED = 0.8
"""Share of them that must be one other instance."""
THROUGH = 0.1
"""Depth or a camera is wrong if another frame sees through a larger share of surface points; clean frames: 0.02."""
SLACK = 0.002
"""Metres by which a point may lie off the depth found around its pixel: depth is stored in millimetres."""
UNEVEN = 0.3
"""Share of the depths around a pixel by which its own may lie off their middle; on a plane it is the middle."""
OFF_PLANE = 0.1
"""Share of them by which a point may lie off the plane that they make."""
SURE_OF = 100
"""Points in view of another frame for a verdict about depth and cameras."""
BENT = 30.0
"""Normals are wrong from this median angle to the surface of the depth, in degrees."""
BLUR, NOISY = 1.5, 0.2
"""Standard deviation in pixels of the blur that a stereo pair is compared in; share of what is left of an image's
variance in it that noise may make, for a verdict."""
FLOW_ERROR = 1.5
"""Flow is wrong above this median distance to the flow of depth and cameras, in pixels."""


@dataclass(frozen=True)
class View:
    """A frame's view of the world: pixels of each id, and maps to look up the pixels of other frames."""

    frame: Frame
    names: Mapping[int, str]
    """Of the things that the ids stand for."""
    of_instances: bool
    depth: np.ndarray
    """(H, W) float32, metres, 0 where there is nothing."""
    near: np.ndarray
    far: np.ndarray
    """(H, W) float32, metres: the least and the most depth of a pixel and its eight neighbours."""
    across: np.ndarray
    down: np.ndarray
    """(H, W) float32, metres by which depth grows from pixel to pixel, rightwards and downwards."""
    ids: np.ndarray
    """(H, W) instance ids or, without these, category ids."""
    inner: np.ndarray
    """(H, W) bool: the eight neighbours have the same id, and there is depth."""
    samples: np.ndarray
    """(N,) flat indices of the pixels to look for."""

    @property
    def moment(self) -> tuple[Any, ...]:
        """The moment: two views of one moment show the same things in the same places."""
        return tuple(self.frame.record.get(key) for key in ("time", "variation", "scene"))


def view(frame: Frame, arrays: Mapping[str, np.ndarray], taxonomy: Taxonomy) -> View | None:
    """Make a view of a frame, None if it has no depth, or neither instances nor label."""
    kind = next((kind for kind in ("instances", "label") if kind in arrays), None)
    if kind is None or "depth" not in arrays or not frame.camera_record:
        return None
    ids, depth = arrays[kind], arrays["depth"].astype(np.float32) / 1000
    square = np.ones((3, 3), np.uint8)
    inner = (cv2.erode(ids, square) == cv2.dilate(ids, square)) & (depth > 0) & (ids > 0)
    places = np.flatnonzero(inner)
    places = places[np.argsort(ids.ravel()[places], kind="stable")]
    _, starts, counts = np.unique(ids.ravel()[places], return_index=True, return_counts=True)
    picked = [
        places[start + np.linspace(0, count - 1, min(PER_ID, count)).astype(int)]
        for start, count in zip(starts.tolist(), counts.tolist())
    ]
    samples = np.concatenate(picked) if picked else np.zeros(0, int)
    names = (
        {number: f"{entry['object']!r} (instance {number})" for number, entry in frame.instance_records.items()}
        if kind == "instances"
        else {category.id: f"category {category.id} {category.name}" for category in taxonomy}
    )
    return View(
        frame,
        names,
        kind == "instances",
        depth,
        cv2.erode(depth, square),
        cv2.dilate(depth, square),
        cv2.Sobel(depth, cv2.CV_32F, 1, 0, scale=1 / 8),
        cv2.Sobel(depth, cv2.CV_32F, 0, 1, scale=1 / 8),
        ids,
        inner,
        samples,
    )


def lift(camera: Mapping[str, Any], depth: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return the world's points at flat indices of a depth map in metres, (3, N)."""
    pose = np.asarray(camera["camera_to_world"])
    return pose[:3, :3] @ _before_camera(camera, depth, places) + pose[:3, 3:]


def _before_camera(camera: Mapping[str, Any], depth: np.ndarray, places: np.ndarray) -> np.ndarray:
    lens = np.asarray(camera["K"])
    rows, columns = np.divmod(places, depth.shape[1])
    far = depth.ravel()[places]
    shown = np.linalg.inv(lens) @ np.stack([columns + 0.5, rows + 0.5, np.ones(len(places))])
    if "distortion" in camera:
        shown[:2] = sensor.unbend(shown[:2], camera["distortion"])
    return far * shown


def project(camera: Mapping[str, Any], points: np.ndarray, pose: str = "camera_to_world") -> np.ndarray:
    """Return column, row and depth of the world's points in a camera, (3, N); NaN behind it."""
    matrix = np.linalg.inv(np.asarray(camera[pose]))
    x, y, z = matrix[:3, :3] @ points + matrix[:3, 3:]
    z = np.where(z > 0.01, z, np.nan)
    lens, seen = np.asarray(camera["K"]), np.stack([x / z, y / z])
    if "distortion" in camera:
        seen = sensor.bend(seen, camera["distortion"])
    return np.stack([lens[0, 0] * seen[0] + lens[0, 2], lens[1, 1] * seen[1] + lens[1, 2], z])


def _inside(columns: np.ndarray, rows: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return which places are inside the image; NaN is not."""
    return (columns >= 0) & (rows >= 0) & (columns < shape[1]) & (rows < shape[0])


def compare_views(views: Sequence[View]) -> Iterator[tuple[int, Remark]]:
    """Yield (frame, problem) if frames of the same place and time contradict each other.

    The frame that contradicts most others is reported; of two that contradict only each other, both.
    """
    through: dict[int, set[int]] = {}
    other: dict[int, set[int]] = {}
    instead: dict[int, list[tuple[int, int]]] = {}
    confirmed: dict[int, set[int]] = {}
    for a, first in enumerate(views):
        for b, second in enumerate(views):
            if a == b or first.moment != second.moment:
                continue
            met = _look_for(first, second)
            if met.through > THROUGH:
                through.setdefault(a, set()).add(b)
                through.setdefault(b, set()).add(a)
                continue
            confirmed.setdefault(b, set()).update(met.same)
            for was, now in met.different:
                other.setdefault(a, set()).add(b)
                other.setdefault(b, set()).add(a)
                instead.setdefault(b, []).append((was, now))
    for at, partners in _blamed(through, set()):
        others = ", ".join(f"{views[i].frame.number:06d}" for i in sorted(partners)[:4])
        detail = f"depth or camera contradicts frames {others}: one sees through what the other sees"
        yield views[at].frame.number, Remark("views-disagree", detail)
    # A thing that is another one here, which itself is here as well: merged, if ids are those of instances.
    merged = {
        at: [(was, now) for was, now in here if now in confirmed.get(at, ()) and was not in confirmed[at]]
        for at, here in instead.items()
        if views[at].of_instances
    }
    for at, contradicted in _blamed(other, {at for at, pairs in merged.items() if pairs}):
        pairs = merged.get(at) or instead.get(at) or [pair[::-1] for i in contradicted for pair in instead.get(i, ())]
        names, pair = views[at].names, Counter(pairs).most_common(1)[0][0]
        before, here = (names.get(number, f"id {number}") for number in pair)
        code = "merged-instance" if merged.get(at) else "views-differ"
        yield views[at].frame.number, Remark(code, f"what other frames show as {before} is {here} here")


@dataclass(frozen=True)
class Meeting:
    """One view's pixels looked up in another: share seen through; ids found again; (id, other id found instead)."""

    through: float = 0.0
    same: frozenset[int] = frozenset()
    different: tuple[tuple[int, int], ...] = ()


def _look_for(first: View, second: View) -> Meeting:
    """Look for the first view's samples in the second."""
    points = lift(first.frame.camera_record, first.depth, first.samples)
    columns, rows, far = project(second.frame.camera_record, points)
    seen = _inside(columns, rows, second.ids.shape)
    if seen.sum() < LEAST:
        return Meeting()
    places = rows[seen].astype(int) * second.ids.shape[1] + columns[seen].astype(int)
    far, mine = far[seen], first.ids.ravel()[first.samples[seen]].astype(int)
    maps = (second.inner, second.near, second.far, second.depth, second.across, second.down)
    inner, near, away, depth, across, down = (values.ravel()[places] for values in maps)
    behind = inner & (near > 1.05 * far + 0.05)
    through = behind.mean() if len(places) >= SURE_OF else 0.0
    # Between the slats of a blind, depth varies with everything behind: compare smooth depth only.
    smooth = np.abs(near + away - 2 * depth) < UNEVEN * (away - near) + 2 * SLACK
    # In front of a slanted wall, a thing is among the depths around its pixel, but not on their plane.
    plane = depth + across * (columns[seen] % 1 - 0.5) + down * (rows[seen] % 1 - 0.5)
    met = inner & smooth & (np.abs(far - plane) < OFF_PLANE * (away - near) + SLACK)
    mine, theirs = mine[met], second.ids.ravel()[places[met]].astype(int)
    same, different = set(), []
    for number in np.unique(mine).tolist():
        ids, counts = np.unique(theirs[mine == number], return_counts=True)
        if counts.sum() >= LEAST and counts.max() >= AGREED * counts.sum():
            now = int(ids[counts.argmax()])
            if now == number:
                same.add(number)
            else:
                different.append((number, now))
    return Meeting(float(through), frozenset(same), tuple(different))


def _blamed(partners: Mapping[int, set[int]], likelier: set[int]) -> Iterator[tuple[int, set[int]]]:
    """Yield the fewest that explain all contradictions, with whom they contradict.

    Among equal numbers of contradictions, the `likelier` are blamed first; if none is likelier, all of them.
    """
    left = {key: set(values) for key, values in partners.items()}
    while any(left.values()):
        most = max(len(values) for values in left.values())
        worst = [key for key, values in left.items() if len(values) == most]
        worst = [key for key in worst if key in likelier] or worst
        for key in worst:
            yield key, partners[key]
        for key in worst:
            for values in left.values():
                values.discard(key)
            left[key] = set()


def check_camera(frame: Frame, size: tuple[int, int]) -> Iterator[Remark]:
    """Report impossible cameras: an invalid K, or a pose that is no rotation."""
    if not frame.camera_record:
        yield Remark("camera", "cameras.json does not have the frame")
        return
    for pose in ("camera_to_world", "right_to_world"):
        if pose not in frame.camera_record and pose != "camera_to_world":
            continue
        matrix = np.asarray(frame.camera_record.get(pose), float)
        if matrix.shape != (4, 4) or not np.isfinite(matrix).all():
            yield Remark("camera", f"{pose} is no 4x4 matrix of numbers")
        elif not (
            np.allclose(matrix[:3, :3] @ matrix[:3, :3].T, np.eye(3), atol=1e-3)
            and np.linalg.det(matrix[:3, :3]) > 0
            and np.allclose(matrix[3], (0, 0, 0, 1))
        ):
            yield Remark("camera", f"{pose} is no rotation with a place")
    lens = np.asarray(frame.camera_record.get("K"), float)
    if lens.shape != (3, 3) or not np.isfinite(lens).all():
        yield Remark("camera", "K is no 3x3 matrix of numbers")
    elif not (
        min(lens[0, 0], lens[1, 1]) > 0
        and 0 <= lens[0, 2] <= size[0]
        and 0 <= lens[1, 2] <= size[1]
        and np.allclose(lens[[1, 2, 2], [0, 0, 1]], 0)
        and np.isclose(lens[2, 2], 1)
    ):
        yield Remark("camera", "K is no camera's: focal lengths above 0, the principal point in the picture")


@dataclass(frozen=True)
class Shown:
    """A frame to be checked: its valid arrays by kind, and the camera of the frame that its flow leads to, if any."""

    frame: Frame
    arrays: Mapping[str, np.ndarray]
    taxonomy: Taxonomy
    following: Mapping[str, Any] | None


def check_depth(shown: Shown) -> Iterator[Remark]:
    """Report depth at pixels without an instance, and float depth that differs from the depth."""
    arrays = shown.arrays
    if "depth" in arrays and "depth-float" in arrays:
        short = arrays["depth"] > 0
        apart = np.abs(arrays["depth-float"][short] - arrays["depth"][short].astype(np.float32) / 1000)
        if apart.size and not (apart < SLACK).all():  # not a number counts
            yield Remark(
                "depth-mismatch", f"{(~(apart < SLACK)).sum()} pixels of the float depth differ from the depth"
            )
    if "depth" in arrays and "instances" in arrays:
        strange = int(((arrays["depth"] > 0) & (arrays["instances"] == 0)).sum())
        if strange:
            yield Remark("depth-mismatch", f"{strange} pixels have depth but no instance")


def check_normals(shown: Shown) -> Iterator[Remark]:
    """Report normals that are no unit vectors, point away from the camera, or contradict the depth."""
    frame, arrays = shown.frame, shown.arrays
    if "normals" not in arrays:
        return
    normals = frame.normals
    there = arrays["normals"].any(2)
    lengths = np.linalg.norm(normals, axis=2)[there]
    if len(lengths) and np.abs(lengths - 1).max() > 0.01:
        yield Remark("normals-wrong", f"{(np.abs(lengths - 1) > 0.01).sum()} normals are not of unit length")
        return
    if "depth" not in arrays or not frame.camera_record:
        return
    bare = int(((arrays["depth"] > 0) & ~there).sum())
    if bare > 0.01 * there.size:
        yield Remark("normals-wrong", f"{bare} pixels have depth but no normal")
    depth = arrays["depth"].astype(np.float32) / 1000
    points = _before_camera(frame.camera_record, depth, np.arange(depth.size)).T.reshape(*depth.shape, 3)
    step = 3
    across = points[step:-step, 2 * step :] - points[step:-step, : -2 * step]
    down = points[2 * step :, step:-step] - points[: -2 * step, step:-step]
    flat = np.cross(down, across)  # towards the camera, x right and y down
    square = np.ones((2 * step + 1,) * 2, np.uint8)
    # Only where depth has no edge or bend nearby and normals do not change.
    smooth = cv2.erode(normals, square) > cv2.dilate(normals, square) - 0.05
    inner = (smooth.all(2) & there & (cv2.erode(depth, square) > 0))[step:-step, step:-step]
    if inner.sum() < SURE_OF:
        return
    flat, told = flat[inner], normals[step:-step, step:-step][inner]
    cosine = (flat * told).sum(1) / np.maximum(np.linalg.norm(flat, axis=1), 1e-9)
    angle = float(np.degrees(np.arccos(np.clip(np.median(cosine), -1, 1))))
    if angle > BENT:
        yield Remark("normals-wrong", f"half of the normals are {angle:.0f} degrees or more off what depth says")


def check_flow(shown: Shown) -> Iterator[Remark]:
    """Report flow that is stored wrongly, leads to no frame, or contradicts depth and the cameras."""
    frame, arrays, after = shown.frame, shown.arrays, shown.following
    if "flow" not in arrays:
        return
    stored = arrays["flow"]
    defined = stored[:, :, 2] == 1
    if (stored[~defined] != 0).any():
        yield Remark("flow-wrong", "pixels are neither defined (blue 1) nor 0")
        return
    if defined.any() and after is None:
        yield Remark("flow-wrong", "flow is defined, but no frame follows")
        return
    if not after or not frame.camera_record or "depth" not in arrays:
        return
    flow, width = frame.flow, defined.shape[1]
    places = np.flatnonzero(defined & (arrays["depth"] > 0))[::17]
    if len(places) < SURE_OF:
        return
    points = lift(frame.camera_record, arrays["depth"].astype(np.float32) / 1000, places)
    columns, rows, _ = project(after, points)
    came = np.stack([columns - places % width, rows - places // width], 1) - 0.5
    error = np.linalg.norm(flow.reshape(-1, 2)[places] - came, axis=1)
    error = error[np.isfinite(error)]
    # At another time things move, but seldom all of them.
    if len(error) >= SURE_OF and np.median(error) > FLOW_ERROR:
        detail = f"half of the flow is {np.median(error):.1f} pixels or more off what depth and cameras say"
        yield Remark("flow-wrong", detail)


def check_objects(shown: Shown) -> Iterator[Remark]:
    """Compare the objects' boxes, areas, categories and poses with the map of instances."""
    frame, arrays = shown.frame, shown.arrays
    if not frame.has("objects") or not frame.path("objects").is_file():
        return
    try:
        objects = frame.objects
    except (SweepsetError, KeyError, TypeError):
        return  # a broken file is reported already
    wrong = []
    for number, entry in objects.items():
        what = f"{entry['object']!r} (instance {number})"
        if number in frame.instance_records and entry["category_id"] != frame.instance_records[number]["category_id"]:
            wrong.append(
                f"{what} has category {entry['category_id']}, the table {frame.instance_records[number]['category_id']}"
            )
        if not 0 <= entry["visibility"] <= 1:
            wrong.append(f"{what} has visibility {entry['visibility']}, a share is from 0 to 1")
        turn = np.asarray(entry["object_to_camera"])[:3, :3]
        if not np.allclose(turn @ turn.T, np.eye(3), atol=1e-3):
            wrong.append(f"the pose of {what} is no rotation with a place")
        if "instances" in arrays:
            wrong += _compare_box(what, entry, arrays["instances"] == number)
    if "instances" in arrays:
        bare = sorted(set(np.unique(arrays["instances"]).tolist()) - set(objects) - {0})
        wrong += [f"instance {number} is seen but not listed" for number in bare]
    if wrong:
        yield Remark("objects-wrong", "; ".join(wrong[:3]) + (f"; {len(wrong) - 3} more" if len(wrong) > 3 else ""))


def _compare_box(what: str, entry: Mapping[str, Any], mask: np.ndarray) -> Iterator[str]:
    area = int(mask.sum())
    x, y, width, height = cv2.boundingRect(mask.astype(np.uint8))
    if entry["area"] != area:
        yield f"{what} has area {entry['area']}, its mask {area}"
    if area and list(entry["bbox"]) != [x, y, width, height]:
        yield f"{what} has box {list(entry['bbox'])}, its mask {[x, y, width, height]}"
    if area:
        left, top, across, down = entry["amodal_bbox"]
        slack = 2  # pixels: a box of a mesh's points, a mask of pixels' centres
        if not (left <= x + slack and top <= y + slack
                and left + across >= x + width - slack and top + down >= y + height - slack):  # fmt: skip
            yield f"{what} has an amodal box that does not hold what is seen of it"


def check_points(shown: Shown) -> Iterator[Remark]:
    """Report broken clouds, unknown ids, and points that the frame shows elsewhere."""
    frame, arrays, taxonomy = shown.frame, shown.arrays, shown.taxonomy
    if not frame.has("points") or not frame.path("points").is_file():
        return
    try:
        points = frame.points
    except (SweepsetError, KeyError) as error:
        yield Remark("file-broken", str(error))
        return
    place = np.stack([points[axis] for axis in "xyz"]).astype(float)
    if not np.isfinite(place).all():
        yield Remark("points-wrong", "points are not finite")
        return
    strange = sorted(set(np.unique(points["category"]).tolist()) - set(taxonomy.ids.values()) - {UNLABELLED})
    if strange:
        yield Remark("points-wrong", f"category ids {strange[:8]} are outside the taxonomy")
    normal = np.linalg.norm(np.stack([points[axis] for axis in ("nx", "ny", "nz")]), axis=0)
    if len(normal) and (np.abs(normal - 1) > 0.01).mean() > 0.01:
        yield Remark("points-wrong", "normals are not of unit length")
    if not frame.camera_record or "instances" not in arrays or len(points) < SURE_OF:
        return
    ids = arrays["instances"]
    columns, rows, _ = project(frame.camera_record, place)
    seen = _inside(columns, rows, ids.shape)
    there = ids[rows[seen].astype(int), columns[seen].astype(int)]
    right = float((there == points["instance"][seen]).sum()) / len(points)
    if right < 0.9:
        yield Remark("points-wrong", f"only {right:.0%} of the points lie where the frame shows their instance")


def check_stereo(shown: Shown) -> Iterator[Remark]:
    """Report a right image that does not show the scene from beside the left camera."""
    frame, arrays = shown.frame, shown.arrays
    if "stereo" not in arrays or not frame.camera_record:
        return
    if "right_to_world" not in frame.camera_record:
        yield Remark("stereo-wrong", "cameras.json has no right_to_world")
        return
    left, right = (np.asarray(frame.camera_record[key], float) for key in ("camera_to_world", "right_to_world"))
    beside = left[:3, :3].T @ (right[:3, 3] - left[:3, 3])
    if not np.allclose(left[:3, :3], right[:3, :3], atol=1e-4) or beside[0] <= 0 or np.abs(beside[1:]).max() > 1e-4:
        yield Remark("stereo-wrong", "the right camera is not beside the left one, parallel to it")
        return
    if "depth" not in arrays or "image" not in arrays:
        return
    depth = arrays["depth"].astype(np.float32) / 1000
    places = np.flatnonzero(depth > 0)[::7]
    columns, rows, _ = project(frame.camera_record, lift(frame.camera_record, depth, places), "right_to_world")
    seen = _inside(columns, rows, depth.shape)
    if seen.sum() < SURE_OF:
        return
    grey = [cv2.cvtColor(arrays[kind], cv2.COLOR_RGB2GRAY).astype(np.float32) for kind in ("image", "stereo")]
    blurred = [cv2.GaussianBlur(values, (0, 0), BLUR) for values in grey]
    for sharp, soft in zip(grey, blurred):
        noise = (sharp - soft).var() / (4 * np.pi * BLUR**2)  # the variance that the blur leaves of white noise
        if soft.std() < 1 or noise > NOISY * soft.var():
            return
    here = blurred[0].ravel()[places[seen]]
    there = blurred[1][rows[seen].astype(int), columns[seen].astype(int)]
    likeness = float(np.corrcoef(here, there)[0, 1]) if min(here.std(), there.std()) > 1 else 1.0
    if likeness < 0.5:
        yield Remark("stereo-wrong", f"the right image agrees with the left one at {likeness:.2f} only, of 1")


Check = Callable[[Shown], Iterator[Remark]]
CHECKS: dict[str, Check] = {"depth": check_depth, "objects": check_objects}
"""Checks by kind; each passes over a frame that does not have its kind."""
CHECKS_BY_CAMERA: dict[str, Check] = {
    "normals": check_normals,
    "flow": check_flow,
    "points": check_points,
    "stereo": check_stereo,
}
"""Checks of frames whose camera is valid."""
