"""Render one shard: follow a Blender, encode its frames and write them into a dataset.

All input comes as arguments, so that a thread of the command and another machine render a shard in the same way. A
frame is complete when it has a record, which is written last.
"""

from __future__ import annotations

import errno
import math
import os
import shutil
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import OpenEXR

from sweepset import dataset, files, model_files, taxonomy
from sweepset.errors import SweepsetError
from sweepset.ground_truth import ALWAYS, KINDS
from sweepset.job import Job
from sweepset.protocol import FrameDone, Ready, Scene, Step
from sweepset.taxonomy import UNLABELLED, Taxonomy

from .. import storage
from ..blender import installations as blenders
from ..blender import process, tasks
from ..blender.installations import Blender
from ..datasets import dataset as reading
from ..datasets import points, sensor
from .events import Began, ShardEvent, Started, Written
from .plan import Shard

PATIENCE = 20
"""How many times the longest of the run so far a start or a frame may take before a Blender counts as stuck."""
LEAST, AT_FIRST = 60.0, 3600.0
"""Seconds that a start or a frame may take at least, and as long as there is nothing to learn from."""


@dataclass(frozen=True)
class Limits:
    """How long one Blender is kept: `frames` in all, `memory` in bytes, `seconds` for a start or a frame.

    Without `seconds` the limit follows from the longest start and frame so far, `start` and `frame`, and from the
    shard's own. `threads` 0 leaves Blender all cores; `device` is as `devices.check` allows.
    """

    frames: int = 500
    memory: int | None = None
    seconds: float | None = None
    start: float | None = None
    frame: float | None = None
    threads: int = 0
    device: str = "auto"

    def patience(self, longest: float | None) -> float:
        """Return the seconds after which a Blender counts as stuck, given the longest start or frame so far."""
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
) -> Iterator[ShardEvent]:
    """Render a shard's frames into a dataset's `folder` and yield events: several Blenders may come one after another.

    Blender writes to `raw`, an empty folder of this machine that is removed afterwards, and its log to `log`. `shows`
    holds what the frames' records say of their scene and variation. Raise BlenderCrash if Blender dies or is stuck, or
    `stop` is set; SweepsetError if another try cannot help, such as on a full disk or when the scene has changed.
    """
    left: list[int] | None = None if shard.frames is None else list(shard.frames)
    start, frame = limits.start, limits.frame  # seconds of the longest so far
    try:
        while left is None or left:
            files.make_folder(raw)
            task = tasks.Render(
                shard.job, str(raw.resolve()), left, shard.part, limits.frames, limits.threads, limits.device,
                look_through_cameras, shard.sample, _layout(folder, shard.unit),
            )  # fmt: skip
            watch = _Watch(limits.patience(start), stop)
            _check_scene(shard.job)
            yield Started()
            for event in process.follow(
                blender, task, raw, log=log, trust_scripts=shard.job.trust_scripts, must_end=watch.must_end
            ):
                if isinstance(event, Step):
                    yield event
                elif isinstance(event, Scene):
                    scene, writer = event, _Writer(folder, raw, log, shard, shows, _taxonomy_of(event))
                    yield event
                elif isinstance(event, Ready):
                    took = watch.pause()
                    left = list(shard.chosen(event.frames)) if left is None else left
                    _write_unit(folder, shard.unit, scene, event)
                    start = max(start or 0, took)
                    yield Began(event.frames, event.findings, event.memory, round(took, 3))
                    watch.begin(limits.patience(frame))
                elif isinstance(event, FrameDone):
                    took = watch.pause()
                    assert left is not None
                    left.remove(event.frame)
                    number = writer.write(event)
                    frame = max(frame or 0, took)
                    yield Written(number, event.seconds, event.memory, round(took, 3))
                    if limits.memory and event.memory > limits.memory:
                        break
                    watch.begin(limits.patience(frame))
    finally:
        shutil.rmtree(raw, ignore_errors=True)


def _layout(folder: Path, unit: int) -> list[Any] | None:
    """Return where things lie in a unit's scene as an earlier Blender recorded it, None if none did."""
    place = dataset.unit_file(folder, unit)
    try:
        return dataset.read_json(place).get("layout") or None if place.exists() else None
    except SweepsetError:  # damaged: this Blender reports it again
        return None


def _taxonomy_of(scene: Scene) -> Taxonomy:
    return taxonomy.parse(scene.taxonomy, scene.taxonomy["name"])


def _check_scene(job: Job) -> None:
    """Raise Refusal if the scene's file has changed since the command began, as a user may go on working on it."""
    try:
        if not job.file or blenders.digest(job.file) == job.scene_sha256:
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
        """Return the reason to end Blender, None for none."""
        if self._stop.is_set():
            return "stopped"
        patience = self._patience
        return f"stuck for {patience:.0f} s" if time.monotonic() - self._begun > patience else None


def _in_dataset(done: FrameDone, offset: int) -> FrameDone:
    """Return a frame's event with the numbers of the dataset instead of those of the unit."""
    number = done.frame + offset
    following = None if done.following is None else done.following + offset
    return replace(done, frame=number, camera={**done.camera, "frame": number}, following=following)


def _write_unit(folder: Path, unit: int, scene: Scene, ready: Ready) -> None:
    findings = [finding.to_json() for finding in (*scene.findings, *ready.findings)]
    files.write_json(dataset.unit_file(folder, unit), {**vars(scene), **ready.to_json(), "findings": findings})


@dataclass(frozen=True)
class _Writer:
    """Check, encode and write a frame that Blender left in `raw`."""

    folder: Path
    raw: Path
    log: Path
    shard: Shard
    shows: dict[str, Any]
    kinds: Taxonomy

    @property
    def _job(self) -> Job:
        return self.shard.job

    def write(self, done: FrameDone) -> int:
        """Write a frame's files and then its record, which makes it complete; return its number in the dataset."""
        number, done = done.frame, _in_dataset(done, self.shard.offset)
        with files.writing(self.raw):
            there = sorted(self.raw.glob(f"{number:06d}.*.npy"))
            arrays = {path.name.split(".")[1]: np.load(path) for path in there}
            image = self._read_image(number, "png")
            _check_ids(arrays["label"], self.kinds, done.frame)
            wanted = (*ALWAYS, *self._job.outputs)
            places = {kind: dataset.frame_file(kind, done.frame, self._job.format) for kind in wanted}
            if self._job.sensor != "none":
                lens, seed = np.array(done.camera["K"]), done.camera["seed"]
                image, arrays, told = sensor.apply(self._job.sensor, seed, number, image, arrays, lens)
                done = replace(done, camera={**done.camera, **told})
            made = {"image": image, **arrays}
            contents = {kind: self._encode(kind, number, made, done.camera) for kind in places}
            label, depth = arrays["label"], arrays.get("depth")
            record = dataset.record(done, self.shows, places, image, label, depth, contents)
            self._write_models()
            for kind, place in places.items():
                files.write(self.folder / place, contents[kind])
            for path in self.raw.glob(f"{number:06d}.*"):
                path.unlink()
            files.write_json(dataset.record_file(self.folder, done.frame), record)
        return done.frame

    def _write_models(self) -> None:
        """Write the files of models that the frame is the first of this Blender to show."""
        for path in sorted((self.raw / model_files.FOLDER).glob("*")):
            storage.make(self.folder / model_files.FOLDER)
            files.write(self.folder / model_files.FOLDER / path.name, path.read_bytes())
            path.unlink()

    def _encode(self, kind: str, number: int, arrays: Mapping[str, np.ndarray], camera: dict[str, Any]) -> bytes:
        """Return the content of one of a frame's files; `arrays` are in RGB order, the image in BGR order."""
        row = KINDS[kind]
        if row.suffix == "ply":
            return points.encode(arrays, np.array(camera["K"]), np.array(camera["camera_to_world"]))
        if row.suffix == "json":
            return (self.raw / f"{number:06d}.{kind}.json").read_bytes()
        if row.suffix == "exr":
            return self._encode_exr(arrays[kind], number)
        array = self._read_image(number, "right.png") if kind == "stereo" else arrays[kind]
        if kind == "label" and max(category.id for category in self.kinds) <= 255:
            array = array.astype(np.uint8)
        if row.channels == 3 and not row.is_image:
            array = array[..., ::-1]
        suffix = row.suffix or self._job.format
        options = [cv2.IMWRITE_JPEG_QUALITY, self._job.quality] if suffix == "jpg" else []
        return cv2.imencode(f".{suffix}", array, options)[1].tobytes()

    def _encode_exr(self, depth: np.ndarray, number: int) -> bytes:
        """Return an EXR of one channel, Z, as its specification names depth; OpenEXR writes to files only."""
        path = self.raw / f"{number:06d}.exr"
        header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
        try:
            OpenEXR.File(header, {"Z": depth}).write(str(path))
        except RuntimeError:  # OpenEXR gives no reason; a full disk is the only one possible
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path)) from None
        return path.read_bytes()

    def _read_image(self, number: int, suffix: str) -> np.ndarray:
        """Return an image that Blender wrote, (H, W, 3) uint8 BGR; Blender itself does not report a full disk."""
        try:
            image = reading.decode((self.raw / f"{number:06d}.{suffix}").read_bytes(), ".png")
        except (reading.BrokenFileError, FileNotFoundError):
            if files.free_space(self.raw) < files.FULL:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.raw)) from None
            raise process.BlenderCrash(
                f"Blender left no complete image of frame {number + self.shard.offset}; see {str(self.log)!r}"
            ) from None
        assert image.shape == (*self._job.size[::-1], 3), image.shape
        return image


def _check_ids(label: np.ndarray, kinds: Taxonomy, frame: int) -> None:
    """Fail if an id belongs to no category, which would be a bug of Sweepset."""
    strange = set(np.unique(label).tolist()) - {category.id for category in kinds} - {UNLABELLED}
    if strange:
        raise AssertionError(f"frame {frame} has label ids {sorted(strange)} outside taxonomy {kinds.name}")
