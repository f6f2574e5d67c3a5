"""Collect what a worker rendered into a dataset: encode, check, record, and finish."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

import sweepset
from sweepset import dataset
from sweepset.errors import SweepsetError
from sweepset.findings import Finding
from sweepset.job import Job
from sweepset.taxonomy import UNLABELLED, Taxonomy

from . import report

PNG_END = b"IEND\xaeB`\x82"
"""The last bytes of every whole PNG."""
BLACK, WHITE = 6.0, 253
"""Mean 8-bit value under which an image is black; value from which a pixel is blown out."""
BLOWN_SHARE = 0.4
UNLABELLED_SHARE = 0.05
"""Shares of pixels above which an image counts as blown out, a dataset as short of labels."""


@dataclass
class Collection:
    """A dataset on its way: frames arrive one by one, `dataset.json` when all are there."""

    folder: Path
    job: Job
    blender: str

    @property
    def raw(self) -> Path:
        """The folder that the worker writes to."""
        return self.folder / dataset.STATE / "raw"

    @property
    def log(self) -> Path:
        """What Blender printed."""
        return self.folder / dataset.STATE / "blender.log"

    def begin(self, overwrite: bool) -> set[int]:
        """Make the folder ready and return the frames that are there already.

        A folder with anything but this job's frames is refused, unless it is a dataset and may be overwritten.
        """
        state = {"job": self.job.to_json(), "blender": self.blender}
        mine = self.folder / dataset.STATE / "job.json"
        try:
            if self.folder.exists() and not self.folder.is_dir():
                raise SweepsetError(f"--out {str(self.folder)!r} is a file; name a folder")
            if self.folder.exists() and any(self.folder.iterdir()):
                self._accept(mine, state, overwrite)
            for place in (self.raw, *(self.folder / name for name in self._folders().values()), self._records):
                place.mkdir(parents=True, exist_ok=True)
            dataset.write_json(mine, state)
        except OSError as error:
            raise self._cannot_write(error) from None
        return {int(path.stem) for path in self._records.glob("*.json")}

    def _accept(self, mine: Path, state: dict[str, Any], overwrite: bool) -> None:
        if not mine.exists():
            raise SweepsetError(f"--out {str(self.folder)!r} has other things in it; name a new or an empty folder")
        before = dataset.read_json(mine)
        if before == state:
            return
        if overwrite:
            self.remove()
            return
        changed = [key for key in state["job"] if state["job"][key] != before.get("job", {}).get(key)] or [
            "Blender's version"
        ]
        raise SweepsetError(
            f"--out {str(self.folder)!r} holds frames of another job (its {', '.join(changed)} differ): "
            "name another folder, or pass --overwrite"
        )

    @property
    def complete(self) -> bool:
        """Whether the dataset is finished."""
        return (self.folder / "dataset.json").exists()

    @property
    def _records(self) -> Path:
        return self.folder / dataset.STATE / "frames"

    def _folders(self) -> dict[str, str]:
        wanted = ("image", "label", *self.job.outputs)
        return {kind: dataset.FOLDERS[kind] for kind in wanted}

    def add(self, event: dict[str, Any], taxonomy: Taxonomy) -> dict[str, Any]:
        """Check and encode one frame that the worker told of, and return its record.

        The record is written last, so that a frame with a record is whole.
        """
        frame = event["frame"]
        try:
            arrays = {
                kind: np.load(self.raw / f"{frame:06d}.{kind}.npy") for kind in self._folders() if kind != "image"
            }
            image = self._read_image(frame)
            record = {
                "frame": frame,
                "time": event["time"],
                "files": {kind: dataset.frame_file(kind, frame, self._suffix(kind)) for kind in self._folders()},
                "pixels": _count(arrays["label"], taxonomy, frame),
                "mean": round(float(image.mean()), 2),
                "blown": round(float((image.min(2) >= WHITE).mean()), 4),
                "seconds": event["seconds"],
                "camera": event["camera"],
            }
            wide = max(category.id for category in taxonomy) > 255
            label = arrays["label"]
            arrays["label"] = label if wide else label.astype(np.uint8)
            for kind, array in {"image": image, **arrays}.items():
                _write_whole(self.folder / record["files"][kind], _encode(array, self._suffix(kind), self.job.quality))
            for path in self.raw.glob(f"{frame:06d}.*"):
                path.unlink()
            dataset.write_json(self._records / f"{frame:06d}.json", record)
        except OSError as error:
            raise self._cannot_write(error) from None
        return record

    def _read_image(self, frame: int) -> np.ndarray:
        """Return the image that Blender wrote, (H, W, 3) uint8 BGR. Blender itself does not tell of a full disk."""
        data = (self.raw / f"{frame:06d}.png").read_bytes()
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data.endswith(PNG_END) else None
        if image is None or image.shape[:2] != self.job.size[::-1]:
            raise SweepsetError(
                f"Blender left no whole image of frame {frame}: the disk of {str(self.folder)!r} is full, or see "
                f"{str(self.log)!r}; run the same command again to go on"
            )
        return image

    def _suffix(self, kind: str) -> str:
        return self.job.format if kind == "image" else "png"

    def finish(self, taxonomy: Taxonomy, ready: dict[str, Any], found: Iterable[Finding]) -> list[Finding]:
        """Write `cameras.json`, `dataset.json` and `index.html`, and return all findings, those of the frames too."""
        records = [dataset.read_json(path) for path in sorted(self._records.glob("*.json"))]
        findings = [*found, *_frame_findings(records, self.job)]
        cameras = [record.pop("camera") for record in records]
        data = {
            "format": dataset.FORMAT_VERSION,
            "name": self.folder.resolve().name,
            "taxonomy": taxonomy.to_json(),
            "job": self.job.to_json(),
            "versions": {
                "sweepset": sweepset.__version__,
                "blender": ready["blender"],
                "python": ".".join(map(str, sys.version_info[:3])),
            },
            "render": {key: ready[key] for key in ("denoised", "exposure", "view_transform", "unit")},
            "findings": [finding.to_json() for finding in findings],
            "splits": {"train": [record["frame"] for record in records]},
            "instances": ready["instances"],
            "frames": records,
        }
        try:
            dataset.write_json(self.folder / "cameras.json", {"frames": cameras})
            report.write(self.folder, data)
            dataset.write_json(self.folder / "dataset.json", data)
            shutil.rmtree(self.raw)
        except OSError as error:
            raise self._cannot_write(error) from None
        return findings

    def abandon(self) -> None:
        """Leave nothing behind where no frame was finished; keep what was."""
        if not any(self._records.glob("*.json")):
            self.remove()

    def remove(self) -> None:
        """Remove the dataset's own files, and its folder where nothing else is in it."""
        own = [*dataset.FOLDERS.values(), dataset.STATE]
        for name in own:
            shutil.rmtree(self.folder / name, ignore_errors=True)
        for name in ("dataset.json", "cameras.json", "index.html"):
            (self.folder / name).unlink(missing_ok=True)
        if self.folder.exists() and not any(self.folder.iterdir()):
            self.folder.rmdir()

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


def _write_whole(path: Path, data: bytes) -> None:
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_bytes(data)
    os.replace(temporary, path)


def _count(label: np.ndarray, taxonomy: Taxonomy, frame: int) -> dict[str, int]:
    """Count pixels by category id; an id that is no category's would be a fault of ours."""
    ids, counts = np.unique(label, return_counts=True)
    strange = set(ids.tolist()) - {category.id for category in taxonomy} - {UNLABELLED}
    if strange:
        raise AssertionError(f"frame {frame} has label ids {sorted(strange)} outside taxonomy {taxonomy.name}")
    return {str(number): count for number, count in zip(ids.tolist(), counts.tolist(), strict=True)}


def _frame_findings(records: list[dict[str, Any]], job: Job) -> Iterable[Finding]:
    def listed(frames: list[int]) -> str:
        return "frames " + ", ".join(map(str, frames[:12])) + (" …" if len(frames) > 12 else "")

    dark = [record["frame"] for record in records if record["mean"] < BLACK]
    if dark:
        yield Finding("black", "error", listed(dark), f"{len(dark)} of {len(records)} images are black", "add light")
    blown = [record["frame"] for record in records if record["blown"] > BLOWN_SHARE]
    if blown:
        yield Finding(
            "blown-out", "warning", listed(blown), f"{len(blown)} of {len(records)} images are blown out",
            "pass --exposure with fewer stops, such as -1",
        )  # fmt: skip
    pixels = len(records) * job.size[0] * job.size[1]
    share = sum(record["pixels"].get("0", 0) for record in records) / max(pixels, 1)
    if share > UNLABELLED_SHARE:
        yield Finding(
            "pixels-unlabelled", "warning", "all frames", f"{share:.1%} of pixels are unlabelled",
            "label what they show; sky and openings stay unlabelled",
        )  # fmt: skip
