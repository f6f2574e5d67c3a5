"""Read a finished dataset: its taxonomy, its frames, and their images and ground truth, one array at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from sweepset import dataset, taxonomy
from sweepset.errors import SweepsetError
from sweepset.taxonomy import Taxonomy

RASTERS = {
    "image": (np.uint8, 3),
    "label": (None, 1),
    "instances": (np.uint16, 1),
    "depth": (np.uint16, 1),
    "normals": (np.uint16, 3),
    "flow": (np.uint16, 3),
    "albedo": (np.uint8, 3),
    "stereo": (np.uint8, 3),
}
"""The dtype and channels of what is stored as a picture; a label is uint8 or uint16, as its taxonomy needs."""

ENDS = {".png": b"IEND\xaeB`\x82", ".jpg": b"\xff\xd9"}
"""The last bytes of every whole picture."""


@dataclass(frozen=True)
class Frame:
    """One frame of a dataset: its record, and its files, which are read when asked for and not kept."""

    folder: Path
    record: Mapping[str, Any]
    camera: Mapping[str, Any]
    """`K` and `camera_to_world`; empty where cameras.json does not have the frame."""
    instances: Mapping[int, Mapping[str, Any]]
    """By instance id: `id`, `object` (its name), `category_id`."""

    @property
    def number(self) -> int:
        """The frame's number, which also names its files."""
        return self.record["frame"]

    @property
    def variation(self) -> int:
        """Which randomization of the scene the frame shows."""
        return self.record.get("variation", 0)

    def has(self, kind: str) -> bool:
        """Tell whether the frame is recorded to have this kind of file, such as 'depth'."""
        return kind in self.record["files"]

    def path(self, kind: str) -> Path:
        """Return the path of a kind's file; raise SweepsetError where the frame has none."""
        if not self.has(kind):
            raise SweepsetError(
                f"frame {self.number} of {str(self.folder)!r} has no {kind}: it has {', '.join(self.record['files'])}; "
                f"render the dataset with {kind}"
            )
        return self.folder / self.record["files"][kind]

    def read(self, kind: str) -> np.ndarray:
        """Return a picture as it is stored, (H, W) or (H, W, 3) in RGB order, its type as in RASTERS.

        Raise SweepsetError where the file is missing, broken, or of another type.
        """
        path = self.path(kind)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise SweepsetError(f"cannot read {str(path)!r}: {error.strerror}") from None
        whole = path.suffix in ENDS and data.endswith(ENDS[path.suffix])
        array = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED) if whole else None
        if array is None:
            raise SweepsetError(f"{str(path)!r} is no whole picture: render the dataset again")
        dtype, channels = RASTERS[kind]
        shape = (*array.shape, 1)
        if array.dtype not in ((dtype,) if dtype else (np.uint8, np.uint16)) or shape[2] != channels:
            wanted = np.dtype(dtype).name if dtype else "uint8 or uint16"
            raise SweepsetError(
                f"{str(path)!r} holds {shape[2]} channels of {array.dtype}; {kind} is {channels} of {wanted}"
            )
        return array if channels == 1 else np.ascontiguousarray(array[:, :, ::-1])

    def normals(self) -> np.ndarray:
        """Return unit normals in the camera's axes (x right, y down, z forward), (H, W, 3) float32; 0 where none."""
        stored = self.read("normals").astype(np.float32)
        return np.where(stored.any(2, keepdims=True), (stored - 32768) / 32767, 0)

    def flow(self) -> np.ndarray:
        """Return the motion of each pixel to the next frame, (H, W, 2) float32 in pixels; NaN where undefined."""
        stored = self.read("flow").astype(np.float32)
        return np.where(stored[:, :, 2:] > 0, (stored[:, :, :2] - 32768) / 64, np.nan)

    def objects(self) -> dict[int, Mapping[str, Any]]:
        """Return boxes, visibility and pose of the frame's objects by instance id."""
        return {entry["id"]: entry for entry in dataset.read_json(self.path("objects"))["objects"]}


@dataclass(frozen=True)
class Dataset:
    """A finished dataset: `len` and iteration are over its frames, in the order of their numbers."""

    folder: Path
    taxonomy: Taxonomy
    data: Mapping[str, Any]
    """What dataset.json holds."""

    def __len__(self) -> int:
        return len(self.data["frames"])

    def __iter__(self) -> Iterator[Frame]:
        shared = {entry["id"]: entry for entry in self.data["instances"]}
        for record in self.data["frames"]:
            own = record.get("instances")
            instances = shared if own is None else {entry["id"]: entry for entry in own}
            yield Frame(self.folder, record, self.cameras.get(record["frame"], {}), instances)

    @property
    def name(self) -> str:
        """The dataset's name, that of its folder when it was rendered."""
        return self.data["name"]

    @property
    def job(self) -> Mapping[str, Any]:
        """What was asked for, in JSON's types."""
        return self.data["job"]

    @cached_property
    def cameras(self) -> dict[int, Mapping[str, Any]]:
        """`K` and `camera_to_world` by frame."""
        return {entry["frame"]: entry for entry in dataset.read_json(self.folder / "cameras.json")["frames"]}


def load(folder: Path) -> Dataset:
    """Open a finished dataset; raise SweepsetError where the folder holds none, or one of another format."""
    folder = folder.expanduser()
    data = dataset.read_json(folder / "dataset.json")
    version = data.get("format") if isinstance(data, dict) else None
    if version != dataset.FORMAT_VERSION:
        raise SweepsetError(
            f"{str(folder / 'dataset.json')!r} has format {version!r}; this Sweepset reads {dataset.FORMAT_VERSION}: "
            "update Sweepset or render again"
        )
    missing = {"name", "taxonomy", "job", "instances", "frames"} - data.keys()
    if missing:
        raise SweepsetError(f"{str(folder / 'dataset.json')!r} has no {', '.join(sorted(missing))}: render again")
    for record in data["frames"]:
        missing = {"frame", "files", "pixels"} - record.keys()
        if missing:
            raise SweepsetError(
                f"a frame in {str(folder / 'dataset.json')!r} has no {', '.join(sorted(missing))}: render again"
            )
        for name in record["files"].values():
            if Path(name).is_absolute() or ".." in Path(name).parts:
                raise SweepsetError(f"{str(folder / 'dataset.json')!r} names {name!r}, a file outside: render again")
    return Dataset(folder, taxonomy.parse(data["taxonomy"], str(folder / "dataset.json")), data)
