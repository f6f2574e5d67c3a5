"""Verify a finished dataset: each frame by itself, frames of one place, and each image against all labels."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

import cv2
import numpy as np

import sweepset
from sweepset import dataset, files, model_files
from sweepset.errors import SweepsetError
from sweepset.findings import SEVERITIES, Finding, name_frames
from sweepset.ground_truth import ALWAYS, KINDS
from sweepset.taxonomy import UNLABELLED, Taxonomy

from . import consistency, geometry, models
from .consistency import Remark
from .dataset import Dataset, Frame
from .geometry import View
from .limits import UNLABELLED_SHARE

FILE = "verification.json"
"""The result of a dataset's last verification, beside its dataset.json."""
TOGETHER = 16
"""Frames that are compared with each other by geometry; in a sweep, neighbours."""
COMPARED = 2048
"""Frames whose images are compared with each other's labels."""
FEW = 48
"""Up to this number of frames, more processes are not faster."""
SIGNATURE = 96
"""Width in pixels of the edges that are compared."""
FITS, BETTER = 0.2, 0.02
"""Correlation of edges from which an image fits a label; lead at which it fits another frame's better than its own.
In clean sweeps an image's own label leads, by 0.03 at least where a frame differs from the next by 1.5 degrees."""
POOR = 0.5
"""A frame's own edges fit poorly below this share of the usual correlation."""
ALIKE_EDGES = 0.9
"""Correlation of edges above which two frames show the same, so that their images cannot be told apart."""
ALIKE = 1.0
"""Root mean square of 8-bit values below which two thumbnails are near-duplicates."""
THUMBNAIL = (32, 24)


@dataclass(frozen=True)
class Code:
    """The meaning of a finding's code: its severity, its message, and advice."""

    severity: str
    what: str
    advice: str


CODES = {
    "table": Code("error", "dataset.json contradicts itself", "run the render command again"),
    "frames-missing": Code("error", "frames failed and are missing", "run the render command again"),
    "camera": Code("error", "cameras.json has invalid cameras", "run the render command again"),
    "file-missing": Code("error", "files are missing", "copy them again, or run the render command again"),
    "file-broken": Code("error", "files are broken", "copy them again, or run the render command again"),
    "file-stray": Code("warning", "files belong to no frame", "move them away: readers of whole folders read them"),
    "wrong-size": Code("error", "pictures have another size", "undo what resized them: labels can't be scaled"),
    "wrong-type": Code("error", "pictures have another type", "store them as docs/dataset.md says"),
    "changed": Code("error", "pictures differ from their records", "find the cause, or run the render command again"),
    "outside-taxonomy": Code("error", "labels have ids outside the taxonomy", "embed the taxonomy that was used"),
    "unknown-instance": Code("error", "instances have ids outside the table of instances", "render again"),
    "wrong-category": Code("error", "things are labelled as another category", "look for ids off by one"),
    "mixed-instance": Code("error", "instances have several categories", "look for things merged into one"),
    "merged-instance": Code("error", "things that other frames separate are merged", "render these frames again"),
    "views-differ": Code("error", "things have other ids than in other frames", "render these frames again"),
    "views-disagree": Code("error", "depth or cameras contradict other frames", "look at their depth and poses"),
    "label-mismatch": Code("error", "labels do not fit their instances", "look for swapped or renamed labels"),
    "depth-mismatch": Code("error", "depth does not fit its instances", "look for swapped or renamed depth"),
    "image-mismatch": Code("error", "images do not fit their labels", "look for swapped or renamed images"),
    "swapped": Code("error", "frames have each other's files", "swap them back, or render again"),
    "shifted": Code("error", "maps are shifted", "look for a crop or a resize that moved pixels"),
    "speckle": Code("error", "maps are speckled", "look for maps that were smoothed, scaled or stored as JPEG"),
    "duplicate": Code("error", "frames are the same picture", "drop all but one, or render again"),
    "near-duplicate": Code("note", "images are nearly the same", "fewer frames, or a longer path, teach as much"),
    "black": Code("error", "images are black", "add light, or raise --exposure"),
    "blown-out": Code("warning", "images are blown out", "pass --exposure with fewer stops, such as -1"),
    "empty": Code("warning", "frames show next to nothing", "drop them, or place cameras elsewhere"),
    "near-empty": Code("warning", "frames show a single thing", "drop them, or place cameras elsewhere"),
    "pixels-unlabelled": Code("warning", "pixels are unlabelled", "label what they show"),
    **{f"{row.name}-wrong": Code("error", row.wrong, "render again") for row in KINDS.values() if row.wrong},
}  # fmt: skip
"""All codes of findings; docs/dataset.md explains them."""


@dataclass(frozen=True)
class Examined:
    """One frame, examined: its problems, and features for comparing it with other frames."""

    frame: int
    remarks: list[Remark]
    digests: dict[str, bytes] = field(default_factory=dict)
    """Digests that no two frames share: of the 'image', and of the 'depth' with its map."""
    signatures: dict[str, np.ndarray] = field(default_factory=dict)
    """Edges of 'image', 'map' and 'depth', (N,) int8."""
    thumbnail: np.ndarray | None = None
    """(24 * 32,) uint8, grey."""
    unlabelled: int = 0
    pixels: int = 0


_Camera = Mapping[str, Any] | None
_Task = tuple[list[tuple[Frame, _Camera]], Taxonomy, tuple[int, int], bool]
"""Frames, each with the camera of the one that its flow leads to; taxonomy, size, whether anything is labelled."""


@dataclass(frozen=True)
class Verification:
    """The problems of a dataset: one finding for each code, the worst first, and all problems of each frame."""

    findings: list[Finding]
    remarks: dict[int, list[Remark]]


def verify(data: Dataset, advance: Callable[[int], None] = lambda count: None) -> Verification:
    """Return the problems of a dataset; `advance` is called with the number of frames that are done."""
    frames = list(data)
    width, height = data.job["size"]
    any_label = any(number != str(UNLABELLED) for frame in frames for number in frame.record["pixels"])
    examined: list[Examined] = []
    remarks: list[tuple[int | None, Remark]] = [(None, remark) for remark in _check_tables(data)]
    remarks += [(None, remark) for remark in _check_models(data)]
    cameras = {frame.number: frame.camera_record for frame in frames}
    pairs = [(frame, cameras.get(frame.record.get("following", -1))) for frame in frames]
    parts = [pairs[at : at + TOGETHER] for at in range(0, len(pairs), TOGETHER)]
    tasks = [(part, data.taxonomy, (width, height), any_label) for part in parts]
    for part in _spread(tasks, len(frames)):
        examined += part
        advance(len(part))
    remarks += [(one.frame, remark) for one in examined for remark in one.remarks]
    remarks += _compare(examined, {frame.number: frame.camera_record.get("camera_to_world") for frame in frames})
    found = [_finding(code, remarks, len(frames)) for code in CODES if any(r.code == code for _, r in remarks)]
    found += _unlabelled(examined)
    found.sort(key=lambda finding: SEVERITIES.index(finding.severity))
    by_frame: dict[int, list[Remark]] = {}
    for number, remark in remarks:
        if number is not None:
            by_frame.setdefault(number, []).append(remark)
    return Verification(found, dict(sorted(by_frame.items())))


def record(folder: Path, verification: Verification) -> dict[str, Any]:
    """Write FOLDER/verification.json and return its content."""
    told = {
        "sweepset": sweepset.__version__,
        "findings": [finding.to_json() for finding in verification.findings],
        "frames": [
            {"frame": number, "remarks": [asdict(remark) for remark in remarks]}
            for number, remarks in verification.remarks.items()
        ],
    }
    files.write_json(folder / FILE, told)
    return told


def recorded(folder: Path) -> dict[str, Any] | None:
    """Return the result of the last verification, None if there was none."""
    return dataset.read_json(folder / FILE) if (folder / FILE).is_file() else None


def _spread(tasks: Sequence[_Task], frames: int) -> Iterator[list[Examined]]:
    """Examine parts of a dataset, in several processes if it has many frames."""
    workers = min(os.cpu_count() or 1, len(tasks))
    if frames <= FEW or workers == 1:
        yield from map(_examine_part, tasks)
        return
    # Not forked: OpenCV's threads would not be there.
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _begin)
    try:
        yield from pool.map(_examine_part, tasks)
    finally:
        pool.shutdown(cancel_futures=True)


def _begin() -> None:
    """Make a process ready: one thread each, and Ctrl-C is for the process that waits for it."""
    cv2.setNumThreads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _examine_part(task: _Task) -> list[Examined]:
    """Examine frames one by one, then against each other."""
    frames, taxonomy, size, any_label = task
    examined, views = [], []
    for frame, following in frames:
        one, view = _examine(frame, following, taxonomy, size, any_label)
        examined.append(one)
        views.append(view)
    at = {one.frame: one for one in examined}
    for number, remark in geometry.compare_views([view for view in views if view is not None]):
        at[number].remarks.append(remark)
    return examined


def _examine(
    frame: Frame, following: _Camera, taxonomy: Taxonomy, size: tuple[int, int], any_label: bool
) -> tuple[Examined, View | None]:
    arrays, remarks = consistency.read(frame, size, taxonomy)
    faulty_camera = list(geometry.check_camera(frame, size))
    remarks += faulty_camera
    remarks += consistency.check_record(frame, arrays)
    remarks += consistency.check_ids(frame, arrays, taxonomy)
    remarks += consistency.check_content(arrays, any_label)
    if "label" in arrays and "instances" in arrays:
        remarks += consistency.check_label(frame, arrays["label"], arrays["instances"], taxonomy)
    if not any(remark.code == "speckle" for remark in remarks):
        remarks += consistency.check_speckle(arrays)
    edges = consistency.edges(arrays)
    if not any(remark.code == "shifted" for remark in remarks):
        remarks += consistency.check_edges(edges)
    if "image" in arrays:
        remarks += consistency.check_image(arrays["image"])
    shown = geometry.Shown(frame, arrays, taxonomy, following)
    for check in geometry.CHECKS.values():
        remarks += check(shown)
    if not faulty_camera:
        for check in geometry.CHECKS_BY_CAMERA.values():
            remarks += check(shown)
    black = any(remark.code == "black" for remark in remarks)
    label = arrays.get("label")
    one = Examined(
        frame.number,
        remarks,
        _digests(arrays, edges, black),
        {kind: _signature(values) for kind, values in edges.items() if not (black and kind == "image")},
        _thumbnail(arrays["image"]) if "image" in arrays and not black else None,
        int((label == UNLABELLED).sum()) if label is not None else 0,
        label.size if label is not None else 0,
    )
    return one, None if faulty_camera else geometry.view(frame, arrays, taxonomy)


def _digests(arrays: Mapping[str, np.ndarray], edges: Mapping[str, np.ndarray], black: bool) -> dict[str, bytes]:
    """Return digests that two frames share only if one is a copy: not of a black image, nor of a map of one thing."""
    found = {}
    if "image" in arrays and not black:
        found["image"] = hashlib.sha256(arrays["image"].tobytes()).digest()
    if "depth" in arrays and "map" in edges and edges["map"].any():
        maps = [arrays[kind] for kind in ("depth", "label", "instances") if kind in arrays]
        found["depth"] = hashlib.sha256(b"".join(map(bytes, maps))).digest()
    return found


def _signature(edges: np.ndarray) -> np.ndarray:
    """Return small edges to correlate, (N,) int8; all 0 if there are none."""
    height = max(1, round(SIGNATURE * edges.shape[0] / edges.shape[1]))
    small = consistency.sharpened(cv2.resize(edges, (SIGNATURE, height), interpolation=cv2.INTER_AREA)).ravel()
    small -= small.mean()
    most = float(np.abs(small).max())
    return np.round(small * (127 / most) if most > 1e-6 else 0 * small).astype(np.int8)


def _thumbnail(image: np.ndarray) -> np.ndarray:
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    return cv2.resize(grey, THUMBNAIL, interpolation=cv2.INTER_AREA).ravel()


def _check_tables(data: Dataset) -> Iterator[Remark]:
    """Check dataset.json and cameras.json against each other and the folder."""
    records = data.data["frames"]
    numbers = [entry["frame"] for entry in records]
    if not numbers:
        yield Remark("table", "it has no frames")
    if len(set(numbers)) < len(numbers):
        yield Remark("table", "frames are listed more than once")
    wanted = {*ALWAYS, *data.job["outputs"]}
    if data.missing:
        yield Remark("frames-missing", name_frames(data.missing))
    short = [entry["frame"] for entry in records if wanted - set(entry["files"])]
    if short:
        yield Remark("table", f"{name_frames(short)} lack files that the job asks for: {', '.join(sorted(wanted))}")
    placed: set[int] = set()
    for split, members in data.data.get("splits", {}).items():
        strange, twice = set(members) - set(numbers), placed & set(members)
        if strange:
            yield Remark("table", f"split {split} has {name_frames(sorted(strange))}, which the table does not have")
        if twice:
            yield Remark("table", f"{name_frames(sorted(twice))} are in several splits")
        placed |= set(members)
    ids = {*data.taxonomy.ids.values(), UNLABELLED}
    own = [entry for record in records for entry in record.get("instances") or []]
    for entry in [*data.data["instances"], *(entry for unit in data.units for entry in unit["instances"]), *own]:
        if entry["category_id"] not in ids:
            what = f"instance {entry['id']} ({entry['object']!r}) has category {entry['category_id']}"
            yield Remark("table", f"{what}, which the taxonomy does not have")
    extra = sorted(set(data.cameras) - set(numbers))
    if extra:
        yield Remark("camera", f"cameras.json has {name_frames(extra)}, which dataset.json does not have")
    listed = {name for entry in records for name in entry["files"].values()}
    there = {str(path.relative_to(data.folder)) for top in {Path(name).parent for name in listed}
             for path in sorted((data.folder / top).glob("*"))}  # fmt: skip
    stray = sorted(there - listed)
    if stray:
        yield Remark("file-stray", ", ".join(stray[:4]) + (f"; {len(stray) - 4} more" if len(stray) > 4 else ""))


def _check_models(data: Dataset) -> Iterator[Remark]:
    """Check that the models that objects are copies of are there, and as they were written."""
    keys: set[str] = set()
    for frame in data:
        if frame.has("objects"):
            try:
                keys |= {entry["model"] for entry in frame.objects.values() if "model" in entry}
            except (SweepsetError, KeyError, TypeError):
                continue  # a missing or broken file is reported with its frame
    for key, there in models.faults(data.folder, sorted(keys)):
        name = f"{model_files.FOLDER}/{key}"
        yield Remark("file-broken" if there else "file-missing", f"{name}.ply or {name}.json, a model of its objects")


def _compare(examined: list[Examined], poses: Mapping[int, Any]) -> Iterator[tuple[int, Remark]]:
    """Compare all frames' pictures with each other."""
    same = dict(_duplicates(examined, poses))
    yield from same.items()
    for at in range(0, len(examined), COMPARED):
        block = examined[at : at + COMPARED]
        yield from _near_duplicates([one for one in block if one.frame not in same])
        yield from _mismatches(block)


def _duplicates(examined: list[Examined], poses: Mapping[int, Any]) -> Iterator[tuple[int, Remark]]:
    """Yield frames whose image is another's, pixel by pixel, and those whose depth and labels are from elsewhere."""
    for kind in ("depth", "image"):
        groups: dict[bytes, list[int]] = {}
        for one in examined:
            if kind in one.digests:
                groups.setdefault(one.digests[kind], []).append(one.frame)
        for group in groups.values():
            if kind == "depth" and all(poses[number] == poses[group[0]] for number in group):
                continue  # the same camera, with other light or materials
            if len(group) > 1:
                for number in group:
                    others = [other for other in group if other != number]
                    what = "image is that" if kind == "image" else "depth and labels are those"
                    yield number, Remark("duplicate", f"the {what} of {name_frames(others)}")


def _near_duplicates(examined: list[Examined]) -> Iterator[tuple[int, Remark]]:
    images = [(one.frame, one.thumbnail) for one in examined if one.thumbnail is not None]
    if len(images) < 2:
        return
    small = np.stack([thumbnail for _, thumbnail in images]).astype(np.float32) - 128
    squares = (small * small).sum(1)
    apart = np.sqrt(np.maximum(squares[:, None] + squares - 2 * small @ small.T, 0) / small.shape[1])
    np.fill_diagonal(apart, np.inf)
    for (number, _), distances in zip(images, apart):
        nearest = int(distances.argmin())
        if distances[nearest] < ALIKE:
            yield number, Remark("near-duplicate", f"the image is nearly that of frame {images[nearest][0]:06d}")


def _mismatches(examined: list[Examined]) -> Iterator[tuple[int, Remark]]:
    """Yield frames whose image, map or depth fits another frame's better than its own.

    Edges of two kinds are correlated over all pairs of frames. The wrong kind is the one that all pairs of kinds
    without a fit have in common.
    """
    better: dict[int, dict[tuple[str, str], int]] = {}  # frame, pair of kinds: the frame that it fits
    for pair in combinations(("image", "map", "depth"), 2):
        for number, other in _misfits(examined, *pair):
            better.setdefault(number, {})[pair] = other
    for number, pairs in better.items():
        common = set.intersection(*map(set, pairs))
        kind = next((kind for kind in ("image", "depth", "map") if kind in common), "image")
        other = next(iter(pairs.values()))
        names = {"image": "image", "depth": "depth", "map": "label or instances"}
        if other in better and number in better[other].values():
            yield number, Remark("swapped", f"the {names[kind]} is that of frame {other:06d}, and the other way round")
        else:
            code = {"image": "image-mismatch", "depth": "depth-mismatch", "map": "label-mismatch"}[kind]
            yield number, Remark(code, f"the {names[kind]} fits frame {other:06d} better")


def _misfits(examined: list[Examined], first: str, second: str) -> Iterator[tuple[int, int]]:
    """Yield (frame, frame that fits better) for edges of two kinds, either way round."""
    both = [
        one
        for one in examined
        if all(kind in one.signatures and one.signatures[kind].any() for kind in (first, second))
    ]
    if len(both) < 2:
        return
    edges = []
    for kind in (first, second):
        values = np.stack([one.signatures[kind] for one in both]).astype(np.float32)
        edges.append(values / np.linalg.norm(values, axis=1, keepdims=True))
    scores = edges[0] @ edges[1].T
    own = np.diag(scores).copy()
    found: list[dict[int, int]] = []
    for (asked, fitted), values in ((edges, scores.copy()), (edges[::-1], scores.T.copy())):
        np.fill_diagonal(values, -1)
        best = values.argmax(1)
        lead = values.max(1) - own
        found.append({})
        for at in np.flatnonzero((values.max(1) > FITS) & (lead > BETTER)).tolist():
            other = int(best[at])
            # Walls of a room look alike, and one image of them may have clearer edges.
            known = own[at] > FITS and float(asked[at] @ asked[other]) > ALIKE_EDGES
            if not known and float(fitted[at] @ fitted[other]) < ALIKE_EDGES:
                found[-1][at] = other
    poor = own < POOR * np.median(own)
    for one, back in (found, found[::-1]):
        for at, other in one.items():
            # In pale images one of a frame's two may fit another frame by chance.
            if at in back or poor[at]:
                yield both[at].frame, both[other].frame


def _unlabelled(examined: Iterable[Examined]) -> Iterator[Finding]:
    pixels = sum(one.pixels for one in examined)
    share = sum(one.unlabelled for one in examined) / max(pixels, 1)
    if share > UNLABELLED_SHARE:
        code = CODES["pixels-unlabelled"]
        yield Finding("pixels-unlabelled", code.severity, "all frames", f"{share:.1%} of {code.what}", code.advice)


def _finding(code: str, remarks: Sequence[tuple[int | None, Remark]], total: int) -> Finding:
    """Merge all remarks of one code into one finding."""
    of_code = [(number, remark) for number, remark in remarks if remark.code == code]
    frames = sorted({number for number, _ in of_code if number is not None})
    details = [f"{number:06d}: {remark.detail}" if number is not None else remark.detail for number, remark in of_code]
    shown = "; ".join(dict.fromkeys(details[:3])) + (f"; {len(details) - 3} more" if len(details) > 3 else "")
    count = f" ({len(frames)} of {total} frames)" if frames else ""
    subject = name_frames(frames) if frames else "dataset"
    meaning = CODES[code]
    return Finding(code, meaning.severity, subject, f"{meaning.what}{count}: {shown}", meaning.advice, frames)
