"""Check one frame of a dataset: its files are complete, and its image and ground truth fit together."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from sweepset.dataset import DEPTH_LIMIT, brightest
from sweepset.errors import SweepsetError
from sweepset.ground_truth import KINDS
from sweepset.taxonomy import UNLABELLED, Taxonomy

from .dataset import BrokenFileError, Frame
from .limits import BLACK, BLOWN_SHARE, DIM, WHITE

SPECKLED = 0.002
"""Share of single pixels inside a uniform area above which a map is speckled; clean maps of 160x120 pixels have up to
0.0004, larger ones less."""
EMPTY, FILLED = 0.01, 0.97
"""A frame is empty if a smaller share of its pixels shows anything, filled if one thing has a larger share."""
UNIFORM = 0.95
"""Share of an instance's pixels that must agree for its label to be one wrong category."""
TORN = 0.2
"""Share of a frame's pixels in torn instances above which its whole label belongs to another frame."""
REACH = 4
"""The farthest shift in pixels that is looked for."""
_RING = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], np.uint8)
"""A pixel's eight neighbours."""


@dataclass(frozen=True)
class Remark:
    """A problem of one frame: a code of `verification.CODES`, and details."""

    code: str
    detail: str


def read(frame: Frame, size: tuple[int, int], taxonomy: Taxonomy) -> tuple[dict[str, np.ndarray], list[Remark]]:
    """Return a frame's valid arrays by kind, and the problems of its other files.

    Arrays are as `Frame.read` returns them. `size` is (width, height).
    """
    arrays, remarks = {}, []
    wide = max(category.id for category in taxonomy) > 255
    for kind, name in frame.record["files"].items():
        path = frame.folder / name
        if not path.is_file():
            remarks.append(Remark("file-missing", name))
            continue
        if path.suffix == ".json":
            remarks += _check_json(path, name)
        if kind not in KINDS or not KINDS[kind].is_array:
            continue
        try:
            array = frame.read(kind)
        except BrokenFileError as error:
            remarks.append(Remark("file-broken", str(error)))
            continue
        except SweepsetError as error:
            remarks.append(Remark("wrong-type", str(error)))
            continue
        expected = np.uint16 if wide else np.uint8
        if kind == "label" and array.dtype != expected:
            remarks.append(
                Remark("wrong-type", f"{name} is {array.dtype}, this taxonomy's labels are {expected.__name__}")
            )
        elif array.shape[1::-1] != size:
            here = "{}x{}".format(*array.shape[1::-1])
            remarks.append(Remark("wrong-size", f"{name} is {here}, the dataset {size[0]}x{size[1]}"))
        else:
            arrays[kind] = array
    return arrays, remarks


def _check_json(path: Path, name: str) -> Iterator[Remark]:
    try:
        json.loads(path.read_bytes())
    except ValueError as error:
        yield Remark("file-broken", f"{name} is no JSON: {error}")


def check_record(frame: Frame, arrays: Mapping[str, np.ndarray]) -> Iterator[Remark]:
    """Compare the arrays with the frame's record."""
    record, told = frame.record, []
    if "label" in arrays:
        ids, counts = np.unique(arrays["label"], return_counts=True)
        seen = {str(number): count for number, count in zip(ids.tolist(), counts.tolist())}
        if seen != record["pixels"]:
            differing = sorted({*seen.items()} ^ {*record["pixels"].items()}, key=lambda item: int(item[0]))
            told.append("counts of label " + ", ".join(dict.fromkeys(number for number, _ in differing[:6])))
    if "image" in arrays and "mean" in record:
        # A JPEG loses a little of the image that was measured.
        slack = 0.01 if record["files"]["image"].endswith("png") else 2.0
        mean = float(arrays["image"].mean())
        if abs(mean - record["mean"]) > slack:
            told.append(f"the image's mean {mean:.2f}, recorded {record['mean']:.2f}")
    if "depth" in arrays and record.get("median_depth") is not None:
        median = int(np.median(arrays["depth"]))
        if median != record["median_depth"]:
            told.append(f"the median depth {median} mm, recorded {record['median_depth']} mm")
    if told:
        yield Remark("changed", "; ".join(told))


def check_image(image: np.ndarray) -> Iterator[Remark]:
    """Report black and blown-out images."""
    mean, blown = float(image.mean()), float(cv2.inRange(image, (WHITE,) * 3, (255,) * 3).mean()) / 255
    if mean < BLACK and brightest(image) < DIM:
        yield Remark("black", f"the mean value is {mean:.1f} of 255")
    if blown > BLOWN_SHARE:
        yield Remark("blown-out", f"{blown:.0%} of pixels are white")


def check_ids(frame: Frame, arrays: Mapping[str, np.ndarray], taxonomy: Taxonomy) -> Iterator[Remark]:
    """Report ids that are not in the taxonomy or the table of instances."""
    if "label" in arrays:
        strange = sorted(set(np.unique(arrays["label"]).tolist()) - set(taxonomy.ids.values()) - {UNLABELLED})
        if strange:
            yield Remark("outside-taxonomy", f"ids {_listed(strange)}")
    if "instances" in arrays:
        strange = sorted(set(np.unique(arrays["instances"]).tolist()) - set(frame.instance_records) - {0})
        if strange:
            yield Remark("unknown-instance", f"ids {_listed(strange)}")


def check_content(arrays: Mapping[str, np.ndarray], any_label: bool) -> Iterator[Remark]:
    """Report frames that show nothing or a single thing; without `any_label`, labels are not judged."""
    things = arrays.get("instances")
    if things is None and any_label:
        things = arrays.get("label")
    if things is None:
        return
    ids, counts = np.unique(things, return_counts=True)
    shares = dict(zip(ids.tolist(), (counts / things.size).tolist()))
    nothing = shares.pop(0, 0.0)
    if 1 - nothing < EMPTY:
        yield Remark("empty", f"{nothing:.1%} of pixels show nothing")
    elif max(shares.values()) > FILLED:
        yield Remark("near-empty", f"one thing fills {max(shares.values()):.1%} of the picture")


def check_speckle(arrays: Mapping[str, np.ndarray]) -> Iterator[Remark]:
    """Report maps with more single pixels than thin things cause."""
    for kind in ("label", "instances"):
        if kind in arrays:
            alone = lone(arrays[kind])
            if "depth" in arrays:  # a gap in a lattice, a blade of grass
                alone &= ~_leaps(arrays["depth"])
            share = float(alone.mean())
            if share > SPECKLED:
                yield Remark("speckle", f"{share:.2%} of the pixels of {kind} are alone in what is alike around them")


def lone(values: np.ndarray) -> np.ndarray:
    """Return the pixels that differ from their eight neighbours, which are all equal, (H, W) bool."""
    low, high = cv2.erode(values, _RING), cv2.dilate(values, _RING)
    return (low == high) & (values != low)


def _leaps(depth: np.ndarray) -> np.ndarray:
    """Return the pixels that are nearer or farther than all eight neighbours, by 1 % or more, (H, W) bool."""
    low, high = cv2.erode(depth, _RING), cv2.dilate(depth, _RING)
    return (depth < 0.99 * low) | (depth > 1.01 * high)


def check_label(frame: Frame, label: np.ndarray, instances: np.ndarray, taxonomy: Taxonomy) -> Iterator[Remark]:
    """Compare the label with the table of instances: an instance has one category, the table's."""
    table = np.zeros(65536, np.int32)
    for number, entry in frame.instance_records.items():
        table[number] = entry["category_id"]
    expected = table[instances]
    wrong = expected != label
    if not wrong.any():
        return
    shift = _shift_of(label, expected, int(wrong.sum()))
    if shift:
        yield Remark("shifted", f"the label lies {_pixels(shift)} off the instances")
        return
    if lone(label)[wrong].mean() > 0.5:
        yield Remark("speckle", f"{wrong.sum()} pixels of the label are alone in another category's instance")
        return
    names = {category.id: category.name for category in taxonomy} | {UNLABELLED: "unlabelled"}
    whole, torn, torn_pixels = [], [], 0
    for number in np.unique(instances[wrong]).tolist():
        ids, counts = np.unique(label[instances == number], return_counts=True)
        common, share = int(ids[counts.argmax()]), counts.max() / counts.sum()
        thing = frame.instance_records.get(number)
        what = f"{thing['object']!r} (instance {number})" if thing else "nothing"
        if share >= UNIFORM and common != table[number]:
            whole.append(f"{what} is labelled {common} {names.get(common, '?')}, its table says "
                         f"{table[number]} {names.get(int(table[number]), '?')}")  # fmt: skip
        else:
            torn.append(f"{what} is labelled {' and '.join(names.get(i, str(i)) for i in ids.tolist()[:3])}")
            torn_pixels += int(counts.sum() - counts.max())
    if torn_pixels > TORN * label.size:
        yield Remark("label-mismatch", f"{torn_pixels / label.size:.0%} of pixels disagree with the instances")
        return
    if whole:
        labelled = label != UNLABELLED
        by = set((label.astype(np.int32) - expected)[wrong & labelled].tolist())
        every = f"all by {by.pop():+d}: " if len(by) == 1 and len(whole) > 1 else ""
        yield Remark("wrong-category", every + "; ".join(whole[:3]) + _more(len(whole) - 3))
    if torn:
        yield Remark("mixed-instance", "; ".join(torn[:3]) + _more(len(torn) - 3))


def _shift_of(label: np.ndarray, expected: np.ndarray, wrong: int) -> tuple[int, int] | None:
    """Return the shift (x, y) of a label that explains nearly all its `wrong` pixels, None for none."""
    height, width = label.shape
    inner = (slice(REACH, height - REACH), slice(REACH, width - REACH))
    best, where = wrong, (0, 0)
    for y in range(-REACH, REACH + 1):
        for x in range(-REACH, REACH + 1):
            moved = label[REACH + y : height - REACH + y, REACH + x : width - REACH + x]
            count = int((moved != expected[inner]).sum())
            if count < best:
                best, where = count, (x, y)
    return where if where != (0, 0) and best < 0.2 * wrong else None


def edges(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the edges of a frame's 'image', of its 'map' (label and instances) and of its 'depth', (H, W) float32."""
    found = {}
    if "image" in arrays:
        found["image"] = image_edges(arrays["image"])
    maps = [map_edges(arrays[kind]) for kind in ("label", "instances") if kind in arrays]
    if maps:
        found["map"] = np.maximum.reduce(maps)
    if "depth" in arrays:
        found["depth"] = depth_edges(arrays["depth"])
    return found


def check_edges(edges: Mapping[str, np.ndarray]) -> Iterator[Remark]:
    """Report a map that is shifted against the depth or, without depth, against the image."""
    if "map" not in edges:
        return
    if "depth" in edges:
        shift, best, here = _offset(edges["depth"], edges["map"])
        if shift != (0, 0) and best > 0.35 and best - here > 0.1:
            yield Remark("shifted", f"label or instances lie {_pixels(shift)} off the depth")
    elif "image" in edges:
        shift, best, here = _offset(edges["image"], edges["map"])
        if max(map(abs, shift)) > 1 and best > 0.2 and here < 0.7 * best:
            yield Remark("shifted", f"label or instances lie {_pixels(shift)} off the image")


def _offset(reference: np.ndarray, moved: np.ndarray) -> tuple[tuple[int, int], float, float]:
    """Return the shift (x, y) of `moved` against `reference`, its correlation, and the correlation without it."""
    inner = sharpened(reference)[REACH:-REACH, REACH:-REACH]
    scores = cv2.matchTemplate(sharpened(moved), inner, cv2.TM_CCOEFF_NORMED)
    y, x = np.unravel_index(int(scores.argmax()), scores.shape)
    return (int(x) - REACH, int(y) - REACH), float(scores.max()), float(scores[REACH, REACH])


def sharpened(edges: np.ndarray) -> np.ndarray:
    """Return edges less their surroundings' mean, so that busy parts of a picture don't decide alone."""
    return edges - cv2.blur(edges, (17, 17))


def map_edges(values: np.ndarray) -> np.ndarray:
    """Return where a map changes, on either side, (H, W) float32 of 0 and 1."""
    edges = np.zeros(values.shape, np.float32)
    across, down = values[:, 1:] != values[:, :-1], values[1:] != values[:-1]
    for part, change in ((edges[:, 1:], across), (edges[:, :-1], across), (edges[1:], down), (edges[:-1], down)):
        part[change] = 1
    return edges


def depth_edges(depth: np.ndarray) -> np.ndarray:
    """Return the edges and bends of depth in millimetres, (H, W) float32 from 0 to 1.

    Inverse depth is linear in the picture on a plane, so that its second difference is 0 there.
    """
    inverse = np.divide(1000, depth, out=np.zeros(depth.shape, np.float32), where=depth > 0, dtype=np.float32)
    edges = np.minimum(np.abs(cv2.Laplacian(inverse, cv2.CV_32F)) / (0.02 * inverse + 1e-3), 1)
    # Near the limit of 16 bits, depth has edges that the scene does not have.
    edges[cv2.dilate((depth > DEPTH_LIMIT / 2).astype(np.uint8), np.ones((3, 3))) > 0] = 0
    return edges


def image_edges(image: np.ndarray) -> np.ndarray:
    """Return how much an image changes, (H, W) float32, on a scale that tames bright lights."""
    grey = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), (0, 0), 1)
    return np.log1p(cv2.magnitude(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)))


def _pixels(shift: tuple[int, int]) -> str:
    return f"({shift[0]:+d}, {shift[1]:+d}) pixels"


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers[:8])) + (" …" if len(numbers) > 8 else "")


def _more(count: int) -> str:
    return f"; {count} more" if count > 0 else ""
