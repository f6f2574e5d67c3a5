"""Render one shard: follow a Blender, encode its frames and write them into a dataset.

All that is needed comes as arguments, so that a shard is rendered alike by a thread of the command and on another
machine. A frame exists when it has a record, which is written last.
"""

from __future__ import annotations

import errno
import math
import os
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import OpenEXR

from sweepset import dataset, taxonomy
from sweepset.errors import SweepsetError
from sweepset.job import Job
from sweepset.taxonomy import UNLABELLED, Taxonomy

from ..blender import installations as blenders
from ..blender import process
from ..blender.installations import Blender
from ..datasets import dataset as reading
from ..datasets import points, sensor
from .plan import Shard

PATIENCE = 20
"""How many times the longest of the run so far a start or a frame may take before a Blender counts as stuck."""
LEAST, AT_FIRST = 60.0, 3600.0
"""Seconds that a start or a frame may take at least, and as long as there is nothing to learn from."""
FULL = 16 << 20
"""Bytes left on a disk under which it is full: Blender itself does not tell."""


@dataclass(frozen=True)
class Limits:
    """How long one Blender is kept: `frames` in all, `memory` in bytes, `seconds` for a start or a frame.

    Without `seconds` they are learned, from the longest start and frame so far, `start` and `frame`, and from the
    shard's own. `threads` 0 leaves Blender all cores; `device` is what `devices.check` allows.
    """

    frames: int = 500
    memory: int | None = None
    seconds: float | None = None
    start: float | None = None
    frame: float | None = None
    threads: int = 0
    device: str = "auto"

    def patience(self, longest: float | None) -> float:
        """Return after how many seconds a Blender is stuck, where the longest so far took so many."""
        if self.seconds is not None:
            return self.seconds
        return AT_FIRST if longest is None else max(LEAST, PATIENCE * longest)


def render(
    shard: Shard,
    blender: Blender,
    folder: Path,
    raw: Path,
    log: Path,
    limits: Limits,
    shows: dict[str, Any],
    stop: threading.Event,
    look_through_cameras: bool = False,
) -> Iterator[dict[str, Any]]:
    """Render a shard's frames into a dataset's `folder` and yield what happens, frames by their dataset's numbers.

    Events: "start" for each Blender that is started, "scene" and "ready" as the worker tells them, "frame" when it is
    written. Blender writes to `raw`, an empty folder of this machine's that is gone afterwards, and its log to `log`.
    `shows` is what the frames' records say that they show. Raise BlenderCrash where Blender dies, is stuck, or `stop`
    is set; SweepsetError where going on makes no sense, such as on a full disk, or where the scene has changed.
    """
    left: list[int] | None = None if shard.frames is None else list(shard.frames)
    kinds: Taxonomy | None = None
    longest = {"start": limits.start, "frame": limits.frame}
    try:
        while left is None or left:
            raw.mkdir(parents=True, exist_ok=True)
            task = {
                "job": shard.job.to_json(),
                "folder": str(raw.resolve()),
                "frames": left,
                "part": shard.part,
                "most": limits.frames,
                "threads": limits.threads,
                "device": limits.device,
                "look_through_cameras": look_through_cameras,
            }
            watch = _Watch(limits.patience(longest["start"]), stop)
            _check_scene(shard.job)
            yield {"event": "start"}
            for event in process.follow(
                blender, "worker", task, raw, log=log, trust_scripts=shard.job.trust_scripts, must_end=watch.must_end
            ):
                if event["event"] == "scene":
                    scene, kinds = event, taxonomy.parse(event["taxonomy"], event["taxonomy"]["name"])
                    yield event
                    continue
                took = watch.pause()
                if event["event"] == "ready":
                    left = list(shard.chosen(event["frames"])) if left is None else left
                    _write_unit(folder, shard.unit, scene, event)
                elif event["event"] == "frame":
                    assert kinds is not None
                    assert left is not None
                    left.remove(event["frame"])
                    event = _in_dataset(event, shard.offset) | shows
                    _Writer(folder, raw, log, shard, kinds).write(event)
                if event["event"] in ("ready", "frame"):
                    kind = "start" if event["event"] == "ready" else "frame"
                    longest[kind] = max(longest[kind] or 0, took)
                    yield {**event, "took": round(took, 3)}
                if event["event"] == "frame" and limits.memory and event["memory"] > limits.memory:
                    break
                watch.begin(limits.patience(longest["frame"]))
    finally:
        shutil.rmtree(raw, ignore_errors=True)


def _check_scene(job: Job) -> None:
    """Raise Refusal where a .blend is no longer what the command was given, as a user may go on working on it."""
    try:
        if job.procedural or blenders.digest(job.scene) == job.scene_sha256:
            return
        what = f"{job.scene!r} has changed since the command began"
    except OSError as error:
        what = f"cannot read {job.scene!r}: {error.strerror or error}"
    raise process.Refusal(f"{what}: put the file back as it was, or render it anew to another folder")


class _Watch:
    """A clock that is set anew by each frame and says when a Blender is stuck."""

    def __init__(self, patience: float, stop: threading.Event) -> None:
        self._stop = stop
        self.begin(patience)

    def begin(self, patience: float) -> None:
        """Set the clock: from now on, Blender has so many seconds."""
        self._begun, self._patience = time.monotonic(), patience

    def pause(self) -> float:
        """Stop the clock while it is not Blender that is waited for, and return the seconds since it was set."""
        took = time.monotonic() - self._begun
        self._patience = math.inf
        return took

    def must_end(self) -> str | None:
        """Return why Blender has to be ended, None where it hasn't."""
        if self._stop.is_set():
            return "stopped"
        patience = self._patience
        return f"stuck for {patience:.0f} s" if time.monotonic() - self._begun > patience else None


def _in_dataset(event: dict[str, Any], offset: int) -> dict[str, Any]:
    """Return a frame's event with the numbers of the dataset instead of those of the unit."""
    number = event["frame"] + offset
    told = {**event, "number": event["frame"], "frame": number, "camera": {**event["camera"], "frame": number}}
    if event.get("following") is not None:
        told["following"] = event["following"] + offset
    return told


def unit_file(folder: Path, unit: int) -> Path:
    """Return where it is noted what Blender told of a unit before its first frame."""
    return folder / dataset.STATE / "units" / f"{unit:06d}.json"


def _write_unit(folder: Path, unit: int, scene: dict[str, Any], ready: dict[str, Any]) -> None:
    told = {**scene, **ready, "findings": [*scene.get("findings", []), *ready.get("findings", [])]}
    del told["event"]
    try:
        dataset.write_json(unit_file(folder, unit), told)
    except OSError as error:
        raise cannot_write(folder, error) from None


@dataclass(frozen=True)
class _Writer:
    """Check, encode and write what Blender left in `raw` of one frame."""

    folder: Path
    raw: Path
    log: Path
    shard: Shard
    kinds: Taxonomy

    @property
    def _job(self) -> Job:
        return self.shard.job

    def write(self, event: dict[str, Any]) -> None:
        """Write the files of a frame that was told of, and then its record: what has one is whole."""
        number = event.pop("number")
        try:
            there = sorted(self.raw.glob(f"{number:06d}.*.npy"))
            arrays = {path.name.split(".")[1]: np.load(path) for path in there}
            image = self._read_image(number, "png")
            _check_ids(arrays["label"], self.kinds, event["frame"])
            wanted = ("image", "label", *self._job.outputs)
            files = {kind: dataset.frame_file(kind, event["frame"], self._suffix(kind)) for kind in wanted}
            if self._job.sensor != "none":
                lens, seed = np.array(event["camera"]["K"]), event["camera"]["seed"]
                image, arrays, told = sensor.apply(self._job.sensor, seed, number, image, arrays, lens)
                event["camera"] = {**event["camera"], **told}
            record = dataset.record(event, files, image, arrays["label"], arrays.get("depth"))
            contents = self._encode_all(number, {"image": image, **arrays}, event["camera"], tuple(files))
            for kind, place in files.items():
                dataset.write_whole(self.folder / place, contents[kind])
            for path in self.raw.glob(f"{number:06d}.*"):
                path.unlink()
            dataset.write_json(dataset.record_file(self.folder, event["frame"]), record)
        except OSError as error:
            raise cannot_write(self.folder, error) from None

    def _encode_all(
        self, number: int, arrays: dict[str, np.ndarray], camera: dict[str, Any], wanted: tuple[str, ...]
    ) -> dict[str, bytes]:
        """Return the content of each of a frame's files by kind, from arrays in RGB order, the image in BGR order."""
        contents = {}
        if "points" in self._job.outputs:
            contents["points"] = points.encode(arrays, np.array(camera["K"]), np.array(camera["camera_to_world"]))
        if "objects" in self._job.outputs:
            contents["objects"] = (self.raw / f"{number:06d}.objects.json").read_bytes()
        if "stereo" in self._job.outputs:
            arrays["stereo"] = self._read_image(number, "right.png")
        if max(category.id for category in self.kinds) <= 255:
            arrays["label"] = arrays["label"].astype(np.uint8)
        for kind in ("normals", "flow", "albedo"):
            if kind in arrays:
                arrays[kind] = arrays[kind][..., ::-1]
        if "depth-float" in self._job.outputs:
            contents["depth-float"] = self._encode_exr(arrays["depth-float"], number)
        for kind in set(wanted) - contents.keys():
            contents[kind] = _encode(arrays[kind], self._suffix(kind), self._job.quality)
        return contents

    def _encode_exr(self, depth: np.ndarray, number: int) -> bytes:
        """Return an EXR of one channel, Z, as its specification names depth; OpenEXR writes to files only."""
        path = self.raw / f"{number:06d}.exr"
        header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
        try:
            OpenEXR.File(header, {"Z": depth}).write(str(path))
        except RuntimeError:  # its only reason to fail; it does not tell which
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path)) from None
        return path.read_bytes()

    def _read_image(self, number: int, suffix: str) -> np.ndarray:
        """Return an image that Blender wrote, (H, W, 3) uint8 BGR. Blender itself does not tell of a full disk."""
        try:
            image = reading.decode((self.raw / f"{number:06d}.{suffix}").read_bytes(), ".png")
        except (reading.BrokenFileError, FileNotFoundError):
            if shutil.disk_usage(self.raw).free < FULL:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.raw)) from None
            raise process.BlenderCrash(
                f"Blender left no whole image of frame {number + self.shard.offset}; see {str(self.log)!r}"
            ) from None
        assert image.shape == (*self._job.size[::-1], 3), image.shape
        return image

    def _suffix(self, kind: str) -> str:
        return self._job.format if kind in ("image", "stereo") else dataset.SUFFIXES.get(kind, "png")


def _encode(array: np.ndarray, suffix: str, quality: int) -> bytes:
    options = [cv2.IMWRITE_JPEG_QUALITY, quality] if suffix == "jpg" else []
    return cv2.imencode(f".{suffix}", array, options)[1].tobytes()


def _check_ids(label: np.ndarray, kinds: Taxonomy, frame: int) -> None:
    """Fail where an id is no category's, which would be a fault of ours."""
    strange = set(np.unique(label).tolist()) - {category.id for category in kinds} - {UNLABELLED}
    if strange:
        raise AssertionError(f"frame {frame} has label ids {sorted(strange)} outside taxonomy {kinds.name}")


def cannot_write(folder: Path, error: OSError) -> SweepsetError:
    """Return what to tell where a dataset can't be written."""
    if error.errno == errno.ENOSPC:
        return SweepsetError(
            f"the disk of {str(folder)!r} is full: free some space and run the same command again to go on"
        )
    return SweepsetError(
        f"cannot write to {str(error.filename or folder)!r}: {error.strerror or error}; name a folder that can be "
        "written with --out"
    )
