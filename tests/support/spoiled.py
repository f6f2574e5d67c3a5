"""Copies of datasets to plant faults into, and what verification then has to say."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import numpy as np

from sweepset.findings import Finding
from sweepset_render.datasets import dataset, verification


class Copy:
    """A copy of a dataset to spoil."""

    def __init__(self, source: Path, folder: Path) -> None:
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns(".sweepset"))
        self.folder = folder
        self.data = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))

    def path(self, kind: str, frame: int) -> Path:
        return self.folder / self.data["frames"][frame]["files"][kind]

    def read(self, kind: str, frame: int) -> np.ndarray:
        array = cv2.imread(str(self.path(kind, frame)), cv2.IMREAD_UNCHANGED)
        assert array is not None
        return array

    def write(self, kind: str, frame: int, array: np.ndarray) -> None:
        assert cv2.imwrite(str(self.path(kind, frame)), array)
        self.record(frame)

    def swap(self, kind: str, first: int, second: int) -> None:
        a, b = self.read(kind, first), self.read(kind, second)
        self.write(kind, first, b)
        self.write(kind, second, a)

    def add(self, kind: str, folder: str, arrays: list[np.ndarray]) -> None:
        """Add a ground truth that is stored as pictures."""
        (self.folder / folder).mkdir()
        for frame, array in enumerate(arrays):
            self.data["frames"][frame]["files"][kind] = f"{folder}/{frame:06d}.png"
            assert cv2.imwrite(str(self.path(kind, frame)), array)
        self.save()

    def record(self, frame: int) -> None:
        """Let a frame's record agree with its pictures, so far as these can be read."""
        entry = self.data["frames"][frame]
        ids, counts = np.unique(self.read("label", frame), return_counts=True)
        entry["pixels"] = {str(number): int(count) for number, count in zip(ids, counts)}
        entry["mean"] = round(float(self.read("image", frame).mean()), 2)
        if "depth" in entry["files"]:
            entry["median_depth"] = int(np.median(self.read("depth", frame)))
        self.save()

    def drop(self, *kinds: str) -> None:
        """Leave ground truths out, as if they had never been rendered."""
        for kind in kinds:
            for entry in self.data["frames"]:
                (self.folder / entry["files"].pop(kind)).unlink()
        self.data["job"]["outputs"] = [kind for kind in self.data["job"]["outputs"] if kind not in kinds]
        self.save()

    def save(self) -> None:
        (self.folder / "dataset.json").write_text(json.dumps(self.data), encoding="utf-8")

    def verify(self) -> dict[str, Finding]:
        return {finding.code: finding for finding in verification.verify(dataset.Dataset(self.folder)).findings}


def expect(found: dict[str, Finding], *frames: int, **codes: str) -> None:
    """Check that what was planted was found, in its frames, and nobody else accused."""
    for code in codes.values():
        assert code in found, f"{code} is not among {[f.message for f in found.values()]}"
        assert list(found[code].frames) == sorted(frames), found[code]
        assert all(f"{frame:06d}" in found[code].subject for frame in frames)
    for finding in found.values():
        assert set(finding.frames) <= set(frames), finding
