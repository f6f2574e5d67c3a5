"""Collect what a worker rendered into a dataset: encode, check, record, and finish."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import cv2
import numpy as np
import OpenEXR

import sweepset
from sweepset import dataset, lock, taxonomy
from sweepset.errors import SweepsetError
from sweepset.findings import Finding, name_frames
from sweepset.job import Job
from sweepset.taxonomy import UNLABELLED, Taxonomy

from . import points, process, reading, report
from .blender import Blender

BLACK, WHITE = 6.0, dataset.WHITE
"""Mean 8-bit value under which an image is black; value from which a pixel is blown out."""
BLOCKED = 500
"""Median depth in millimetres under which a view is blocked."""
BLOWN_SHARE = 0.4
UNLABELLED_SHARE = 0.05
"""Shares of pixels above which an image counts as blown out, a dataset as short of labels."""


class Collection:
    """A dataset on its way: frames arrive one by one, `dataset.json` when all are there."""

    def __init__(self, folder: Path, job: Job, blender: Blender) -> None:
        self.folder, self.job, self.blender = folder, job, blender
        self.findings: list[Finding] = []
        self._state = folder / dataset.STATE
        self._before: Path | None = None  # where a dataset that is being overwritten was set aside
        self._lock: IO[str] | None = None

    @property
    def raw(self) -> Path:
        """The folder that the worker writes to: this process's own, as a worker may outlive its host for a frame."""
        return self._state / f"raw-{os.getpid()}"

    @property
    def log(self) -> Path:
        """What Blender printed."""
        return self._state / "blender.log"

    def begin(self, overwrite: bool = False) -> set[int]:
        """Make the folder ready and return the frames that are there already.

        A folder with anything but this job's frames is refused; where `overwrite` is on, a dataset in it is set
        aside, and goes when the new job has shown that it runs.
        """
        state = {
            "job": self.job.to_json(),
            "blender": ".".join(map(str, self.blender.version)),
            "sweepset": sweepset.__version__,
        }
        try:
            if self.folder.exists() and not self.folder.is_dir():
                raise SweepsetError(f"--out {str(self.folder)!r} is a file; name a folder")
            if self.folder.exists() and any(self.folder.iterdir()):
                self._accept(state, overwrite)
            self._state.mkdir(parents=True, exist_ok=True)
            self._take_lock()
            for old in self._state.glob("raw-*"):
                shutil.rmtree(old)
            for place in (self.raw, *(self.folder / name for name in set(self._folders().values())), self._records):
                place.mkdir(exist_ok=True)
            dataset.write_json(self._state / "job.json", state)
        except OSError as error:
            raise self._cannot_write(error) from None
        return {int(path.stem) for path in self._records.glob("*.json")}

    def _accept(self, state: dict[str, Any], overwrite: bool) -> None:
        if not (self._state / "job.json").exists():
            own = {*dataset.FOLDERS.values(), dataset.STATE}
            if {path.name for path in self.folder.iterdir()} <= own and self._state.exists():
                return  # a command was stopped at its very beginning
            raise SweepsetError(f"--out {str(self.folder)!r} has other things in it; name a new or an empty folder")
        before = dataset.read_json(self._state / "job.json")
        if before == state:
            return
        if overwrite:
            self._take_lock()  # nobody renders there; the lock goes along, and the new folder gets its own
            self.close()
            before_us = self.folder.with_name(f"{self.folder.name}.before-{os.getpid()}")
            self.folder.rename(before_us)
            self._before = before_us
            return
        jobs = (state.pop("job"), before.pop("job", {}))
        changed = [key for key in jobs[0] if jobs[0][key] != jobs[1].get(key)]
        changed += [f"version of {name}" for name in ("blender", "sweepset") if state[name] != before.get(name)]
        raise SweepsetError(
            f"--out {str(self.folder)!r} holds frames of another job (other {', '.join(changed)}): "
            "name another folder, or pass --overwrite"
        )

    def _take_lock(self) -> None:
        self._lock = lock.take(self._state / "lock", wait=False)
        if self._lock is None:
            raise SweepsetError(f"another command is rendering to {str(self.folder)!r}: wait for it or stop it")

    @property
    def complete(self) -> bool:
        """Whether the dataset is finished."""
        return (self.folder / "dataset.json").exists()

    def render(self, there: set[int], look_through_cameras: bool = False) -> Iterator[dict[str, Any]]:
        """Render the frames that are not `there`, yielding what the worker tells, and finish the dataset.

        Where no frame comes about, nothing is left behind; else what is there, for the next time.
        """
        kinds: Taxonomy | None = None
        ready: dict[str, Any] = {}
        try:
            for event in process.follow(self.blender, self.job, self.raw, self.log, there, look_through_cameras):
                self.findings += [Finding(**entry) for entry in event.get("findings", [])]
                if event["event"] == "scene":
                    kinds = taxonomy.parse(event["taxonomy"], event["taxonomy"]["name"])
                elif event["event"] == "ready":
                    ready = event
                    if self._before is not None:
                        shutil.rmtree(self._before, ignore_errors=True)
                elif event["event"] == "frame":
                    assert kinds is not None
                    self._add(event, kinds)
                yield event
            assert kinds is not None
            self._finish(kinds, ready)
        except BaseException:
            self._abandon()
            raise
        finally:
            self.close()

    def close(self) -> None:
        """Let other commands use the folder."""
        if self._lock is not None:
            self._lock.close()

    @property
    def _records(self) -> Path:
        return self.folder / dataset.STATE / "frames"

    def _folders(self) -> dict[str, str]:
        wanted = ("image", "label", *self.job.outputs)
        return {kind: dataset.FOLDERS[kind] for kind in wanted}

    def _add(self, event: dict[str, Any], kinds: Taxonomy) -> None:
        """Check and encode one frame that the worker told of.

        The record is written last, so that a frame with a record is whole.
        """
        frame = event["frame"]
        try:
            arrays = {path.name.split(".")[1]: np.load(path) for path in sorted(self.raw.glob(f"{frame:06d}.*.npy"))}
            image = self._read_image(frame, "png")
            _check_ids(arrays["label"], kinds, frame)
            files = {kind: dataset.frame_file(kind, frame, self._suffix(kind)) for kind in self._folders()}
            record = dataset.record(event, files, image, arrays["label"], arrays.get("depth"))
            contents = self._encode_all(frame, {"image": image, **arrays}, event["camera"], kinds)
            for kind, place in files.items():
                dataset.write_whole(self.folder / place, contents[kind])
            for path in self.raw.glob(f"{frame:06d}.*"):
                path.unlink()
            dataset.write_json(self._records / f"{frame:06d}.json", record)
        except OSError as error:
            raise self._cannot_write(error) from None

    def _encode_all(
        self, frame: int, arrays: dict[str, np.ndarray], camera: dict[str, Any], kinds: Taxonomy
    ) -> dict[str, bytes]:
        """Return the content of each of a frame's files by kind, from arrays in RGB order, the image in BGR order."""
        contents = {}
        if "points" in self.job.outputs:
            contents["points"] = points.encode(arrays, np.array(camera["K"]), np.array(camera["camera_to_world"]))
        if "objects" in self.job.outputs:
            contents["objects"] = (self.raw / f"{frame:06d}.objects.json").read_bytes()
        if "stereo" in self.job.outputs:
            arrays["stereo"] = self._read_image(frame, "right.png")
        if max(category.id for category in kinds) <= 255:
            arrays["label"] = arrays["label"].astype(np.uint8)
        for kind in ("normals", "flow", "albedo"):
            if kind in arrays:
                arrays[kind] = arrays[kind][..., ::-1]
        if "depth-float" in self.job.outputs:
            contents["depth-float"] = self._encode_exr(arrays["depth-float"], frame)
        for kind in self._folders().keys() - contents.keys():
            contents[kind] = _encode(arrays[kind], self._suffix(kind), self.job.quality)
        return contents

    def _encode_exr(self, depth: np.ndarray, frame: int) -> bytes:
        """Return an EXR of one channel, Z, as its specification names depth; OpenEXR writes to files only."""
        path = self.raw / f"{frame:06d}.exr"
        header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
        try:
            OpenEXR.File(header, {"Z": depth}).write(str(path))
        except RuntimeError:  # its only reason to fail; it does not tell which
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path)) from None
        return path.read_bytes()

    def _read_image(self, frame: int, suffix: str) -> np.ndarray:
        """Return an image that Blender wrote, (H, W, 3) uint8 BGR. Blender itself does not tell of a full disk."""
        try:
            image = reading.decode((self.raw / f"{frame:06d}.{suffix}").read_bytes(), ".png")
        except reading.BrokenFileError:
            raise SweepsetError(
                f"Blender left no whole image of frame {frame}: the disk of {str(self.folder)!r} is full, or see "
                f"{str(self.log)!r}; run the same command again to go on"
            ) from None
        assert image.shape == (*self.job.size[::-1], 3), image.shape
        return image

    def _suffix(self, kind: str) -> str:
        return self.job.format if kind in ("image", "stereo") else dataset.SUFFIXES.get(kind, "png")

    def _finish(self, kinds: Taxonomy, ready: dict[str, Any]) -> None:
        """Write `cameras.json`, `index.html` and, last, `dataset.json`; add the findings about frames."""
        records = [dataset.read_json(path) for path in sorted(self._records.glob("*.json"))]
        known = {finding.code for finding in self.findings}
        about_frames = _frame_findings(records, self.job)
        # That nothing is labelled has been said.
        self.findings += [f for f in about_frames if not (f.code == "pixels-unlabelled" and "unlabelled" in known)]
        cameras = [record.pop("camera") for record in records]
        data = dataset.describe(self.folder.resolve().name, kinds, self.job, ready, self.findings, records)
        try:
            dataset.write_json(self.folder / "cameras.json", {"frames": cameras})
            report.write(self.folder, data)
            dataset.write_json(self.folder / "dataset.json", data)
            shutil.rmtree(self.raw)
        except OSError as error:
            raise self._cannot_write(error) from None

    def _abandon(self) -> None:
        """Leave nothing behind where no frame was finished; keep what was."""
        shutil.rmtree(self.raw, ignore_errors=True)
        if any(self._records.glob("*.json")):
            return
        self.close()
        for name in (*dataset.FOLDERS.values(), dataset.STATE):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        with suppress(OSError):  # a mount point or a link stays, as does what has other things in it
            self.folder.rmdir()
        if self._before is not None and self._before.exists():
            self._before.rename(self.folder)

    def _cannot_write(self, error: OSError) -> SweepsetError:
        if error.errno == errno.ENOSPC:
            return SweepsetError(
                f"the disk of {str(self.folder)!r} is full: free some space and run the same command again to go on"
            )
        return SweepsetError(
            f"cannot write to {str(error.filename or self.folder)!r}: {error.strerror}; name a folder that can be "
            "written with --out"
        )


def _encode(array: np.ndarray, suffix: str, quality: int) -> bytes:
    options = [cv2.IMWRITE_JPEG_QUALITY, quality] if suffix == "jpg" else []
    return cv2.imencode(f".{suffix}", array, options)[1].tobytes()


def _check_ids(label: np.ndarray, kinds: Taxonomy, frame: int) -> None:
    """Fail where an id is no category's, which would be a fault of ours."""
    strange = set(np.unique(label).tolist()) - {category.id for category in kinds} - {UNLABELLED}
    if strange:
        raise AssertionError(f"frame {frame} has label ids {sorted(strange)} outside taxonomy {kinds.name}")


def _frame_findings(records: list[dict[str, Any]], job: Job) -> Iterable[Finding]:
    near = [r["frame"] for r in records if r["median_depth"] is not None and 0 < r["median_depth"] < BLOCKED]
    if near:
        yield Finding(
            "blocked", "warning", name_frames(near),
            f"{len(near)} of {len(records)} views are blocked from less than 0.5 m",
            "try other parameters of the sweep, or --sweep viewpoints", near,
        )  # fmt: skip
    dark = [r["frame"] for r in records if r["mean"] < BLACK and r["frame"] not in near]
    if dark:
        what = f"{len(dark)} of {len(records)} images are black"
        yield Finding("black", "error", name_frames(dark), what, "add light", dark)
    blown = [record["frame"] for record in records if record["blown"] > BLOWN_SHARE]
    if blown:
        yield Finding(
            "blown-out", "warning", name_frames(blown), f"{len(blown)} of {len(records)} images are blown out",
            "pass --exposure with fewer stops, such as -1", blown,
        )  # fmt: skip
    without = [record["frame"] for record in records if record.get("no_flow")]
    if without:
        names = sorted({name for record in records for name in record.get("no_flow", ())})
        yield Finding(
            "flow-undefined", "note", name_frames(without),
            f"flow is undefined on what changes shape or goes: {', '.join(names[:8])}{' …' if len(names) > 8 else ''}",
            "leave these pixels out of what is trained", without,
        )  # fmt: skip
    pixels = len(records) * job.size[0] * job.size[1]
    share = sum(record["pixels"].get("0", 0) for record in records) / max(pixels, 1)
    if share > UNLABELLED_SHARE:
        yield Finding(
            "pixels-unlabelled", "warning", "all frames", f"{share:.1%} of pixels are unlabelled",
            "label what they show; sky and openings stay unlabelled",
        )  # fmt: skip
