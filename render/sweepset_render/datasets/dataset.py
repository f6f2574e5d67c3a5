"""Read a finished dataset: its taxonomy, its frames, and their images and ground truth, one array at a time."""

from __future__ import annotations

import operator
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import OpenEXR

from sweepset import dataset, taxonomy
from sweepset.errors import SweepsetError
from sweepset.ground_truth import KINDS
from sweepset.taxonomy import Taxonomy

from . import points


class BrokenFileError(SweepsetError):
    """A file is cut off or damaged."""


def decode(data: bytes, suffix: str) -> np.ndarray:
    """Return the picture that a .png, .jpg or .jpeg file holds, (H, W) or (H, W, 3) in BGR order.

    Raise BrokenFileError if the file is incomplete, before a library prints its own messages.
    """
    if suffix == ".png":
        data = _plain_png(data)
    elif suffix not in (".jpg", ".jpeg") or not data.endswith(b"\xff\xd9"):
        raise BrokenFileError("is cut off, or no JPEG")
    array = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if array is None:
        raise BrokenFileError("can't be decoded")
    return array


def _plain_png(data: bytes) -> bytes:
    """Return a PNG's chunks that decide its pixels; raise BrokenFileError if checksums or pixels are invalid."""
    at, kept, pixels, kind = 8, data[:8], zlib.decompressobj(), b""
    if kept != b"\x89PNG\r\n\x1a\n":
        raise BrokenFileError("is no PNG")
    try:
        while kind != b"IEND":
            length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
            body, checksum = data[at + 8 : at + 8 + length], data[at + 8 + length : at + 12 + length]
            if len(checksum) < 4:
                raise BrokenFileError("is cut off")
            if zlib.crc32(body, zlib.crc32(kind)) != int.from_bytes(checksum, "big"):
                raise BrokenFileError(f"is damaged at byte {at}")
            if kind == b"IDAT":
                pixels.decompress(body)
            if kind[:1].isupper() or kind == b"tRNS":
                kept += data[at : at + 12 + length]
            at += 12 + length
    except zlib.error as error:
        raise BrokenFileError(f"does not unpack: {error}") from None
    if not pixels.eof:
        raise BrokenFileError("is cut off")
    if at < len(data):
        raise BrokenFileError(f"has {len(data) - at} bytes after its end")
    return kept


def _decode_exr(path: Path) -> np.ndarray:
    """Return an EXR's one channel, (H, W), or several, (H, W, N); raise BrokenFileError if it is incomplete."""
    try:
        channels = [channel.pixels for channel in OpenEXR.File(str(path), separate_channels=True).channels().values()]
    except (RuntimeError, ValueError) as error:
        raise BrokenFileError(f"is cut off or damaged: {error}") from None
    return channels[0] if len(channels) == 1 else np.stack(channels, 2)


def read_picture(path: Path, kind: str) -> np.ndarray:
    """Return a picture as it is stored, (H, W) or (H, W, 3) in RGB order, its type as in `ground_truth.KINDS`.

    Raise SweepsetError if the file is missing or of another type, BrokenFileError if it is incomplete.
    """
    suffix = path.suffix.lower()
    try:
        data = path.read_bytes()
        array = _decode_exr(path) if suffix == ".exr" else decode(data, suffix)
    except OSError as error:
        raise SweepsetError(f"cannot read {str(path)!r}: {error.strerror}") from None
    except BrokenFileError as error:
        raise BrokenFileError(f"{str(path)!r} {error}: copy it again, or render the dataset again") from None
    row, shape = KINDS[kind], (*array.shape, 1)
    if array.dtype.name not in row.dtype.split(" or ") or shape[2] != row.channels:
        raise SweepsetError(
            f"{str(path)!r} holds {shape[2]} channels of {array.dtype}; {kind} is {row.channels} of {row.dtype}"
        )
    return array if row.channels == 1 else np.ascontiguousarray(array[:, :, ::-1])


@dataclass(frozen=True)
class Camera:
    """A frame's camera: OpenCV's axes (x right, y down, z forward), metres; a pixel's centre is at .5."""

    K: np.ndarray
    """(3, 3), in pixels."""
    camera_to_world: np.ndarray
    """(4, 4)."""
    right_to_world: np.ndarray | None
    """(4, 4), of the second camera of a stereo pair."""
    distortion: np.ndarray | None
    """(5,) k1, k2, p1, p2, k3 of OpenCV's model, if the images have a sensor's faults."""


@dataclass(frozen=True)
class Frame:
    """One frame of a dataset: its record, and its ground truths as arrays, which are read on each access and not kept.

    A ground truth that the frame does not have raises SweepsetError; `has` tells. A missing file, or one of another
    type, raises SweepsetError; a damaged one BrokenFileError.
    """

    folder: Path
    record: Mapping[str, Any]
    """The frame's row in dataset.json."""
    camera_record: Mapping[str, Any]
    """The frame's row in cameras.json; empty if it has none."""
    instance_records: Mapping[int, Mapping[str, Any]]
    """By instance id: `id`, `object` (its name), `category_id`."""

    @property
    def number(self) -> int:
        """The frame's number, which also names its files."""
        return self.record["frame"]

    @property
    def variation(self) -> int:
        """Which variation of the scene the frame shows."""
        return self.record.get("variation", 0)

    @property
    def scene(self) -> str | None:
        """The name of the scene that the frame shows, None in a dataset of one scene in one variation."""
        return self.record.get("scene")

    @property
    def kinds(self) -> tuple[str, ...]:
        """The image and ground truths that the frame has, such as 'depth'."""
        return tuple(self.record["files"])

    def has(self, kind: str) -> bool:
        """Return whether the frame is recorded to have this kind of file, such as 'depth'."""
        return kind in self.record["files"]

    def path(self, kind: str) -> Path:
        """Return the path of a kind's file; raise SweepsetError if the frame has none."""
        if not self.has(kind):
            raise SweepsetError(
                f"frame {self.number} of {str(self.folder)!r} has no {kind}: it has {', '.join(self.kinds)}; "
                f"render the dataset with {kind}"
            )
        return self.folder / self.record["files"][kind]

    def read(self, kind: str) -> np.ndarray:
        """Return a picture as it is stored, (H, W) or (H, W, 3) in RGB order, its type as in `ground_truth.KINDS`."""
        return read_picture(self.path(kind), kind)

    @property
    def image(self) -> np.ndarray:
        """The picture, (H, W, 3) uint8 sRGB."""
        return self.read("image")

    @property
    def label(self) -> np.ndarray:
        """Category ids, (H, W) uint8 or uint16; 0 is unlabelled."""
        return self.read("label")

    @property
    def instances(self) -> np.ndarray:
        """Instance ids, (H, W) uint16; 0 for nothing."""
        return self.read("instances")

    @property
    def depth(self) -> np.ndarray:
        """Metres along the camera's axis, (H, W) float32, from whole millimetres; 0 for nothing."""
        return self.read("depth").astype(np.float32) / 1000

    @property
    def depth_float(self) -> np.ndarray:
        """Metres along the camera's axis, (H, W) float32, not rounded; 0 for nothing."""
        return self.read("depth-float")

    @property
    def normals(self) -> np.ndarray:
        """Unit normals in the camera's axes (x right, y down, z forward), (H, W, 3) float32; 0 for none."""
        stored = self.read("normals").astype(np.float32)
        return np.where(stored.any(2, keepdims=True), (stored - 32768) / 32767, 0)

    @property
    def flow(self) -> np.ndarray:
        """The motion of each pixel to the next frame, (H, W, 2) float32 in pixels; NaN if undefined."""
        stored = self.read("flow").astype(np.float32)
        return np.where(stored[:, :, 2:] > 0, (stored[:, :, :2] - 32768) / 64, np.nan)

    @property
    def albedo(self) -> np.ndarray:
        """The surface's colour without light, (H, W, 3) uint8 sRGB; 0 for nothing."""
        return self.read("albedo")

    @property
    def stereo(self) -> np.ndarray:
        """The picture of the second camera of a stereo pair, (H, W, 3) uint8 sRGB."""
        return self.read("stereo")

    @property
    def objects(self) -> dict[int, Mapping[str, Any]]:
        """Boxes, visibility and pose of the frame's objects by instance id."""
        return {entry["id"]: entry for entry in dataset.read_json(self.path("objects"))["objects"]}

    @property
    def points(self) -> np.ndarray:
        """The point cloud, (N,) with the fields of `points.POINT`, in world metres."""
        return points.read(self.path("points"))

    @property
    def camera(self) -> Camera:
        """Intrinsics and pose."""
        arrays = {
            key: np.array(self.camera_record[key], float)
            for key in ("K", "camera_to_world", "right_to_world", "distortion")
            if key in self.camera_record
        }
        if not {"K", "camera_to_world"} <= arrays.keys():
            raise SweepsetError(
                f"cameras.json in {str(self.folder)!r} has no K and camera_to_world of frame {self.number}: "
                "render again"
            )
        return Camera(arrays["K"], arrays["camera_to_world"], arrays.get("right_to_world"), arrays.get("distortion"))


class Dataset:
    """A finished dataset; `len`, iteration and `dataset[k]` are over its frames, in the order of their numbers."""

    folder: Path
    taxonomy: Taxonomy
    data: Mapping[str, Any]
    """The content of dataset.json."""

    def __init__(self, folder: str | Path) -> None:
        """Open a folder; raise SweepsetError if it holds no finished dataset, or one of another format."""
        self.folder = Path(folder).expanduser()
        self.data = dataset.read_finished(self.folder, ("name", "instances"), ("pixels",))
        self.taxonomy = taxonomy.parse(self.data["taxonomy"], str(self.folder / "dataset.json"))

    def __repr__(self) -> str:
        return f"Dataset({str(self.folder)!r})"

    def __len__(self) -> int:
        return len(self.data["frames"])

    def __iter__(self) -> Iterator[Frame]:
        return map(self._frame, self.data["frames"])

    def __getitem__(self, position: int) -> Frame:
        """Return a frame by its position, from the end if negative; raise TypeError for a slice."""
        return self._frame(self.data["frames"][operator.index(position)])

    def _frame(self, record: Mapping[str, Any]) -> Frame:
        unit = record.get("scene"), record.get("variation", 0)
        own = record.get("instances")
        instances = self._instances_of(unit) if own is None else {entry["id"]: entry for entry in own}
        return Frame(self.folder, record, self.cameras.get(record["frame"], {}), instances)

    def _instances_of(self, unit: tuple[str | None, int]) -> dict[int, Any]:
        """Return the instances of a variation of a scene by their ids; frames of one unit share the result."""
        if unit not in self._shared:
            entries = self._unit_instances.get(unit, self.data["instances"])
            self._shared[unit] = {entry["id"]: entry for entry in entries}
        return self._shared[unit]

    @cached_property
    def _shared(self) -> dict[Any, dict[int, Any]]:
        return {}

    @cached_property
    def _unit_instances(self) -> dict[Any, list[Mapping[str, Any]]]:
        return {(unit["scene"], unit["variation"]): unit["instances"] for unit in self.units}

    @property
    def name(self) -> str:
        """The dataset's name, that of its folder when it was rendered."""
        return self.data["name"]

    @property
    def job(self) -> Mapping[str, Any]:
        """The job that rendered it, in JSON's types."""
        return self.data["job"]

    @property
    def units(self) -> list[Mapping[str, Any]]:
        """Facts about each variation of each scene, with its `instances`; empty if there is one unit only."""
        return self.data.get("units", [])

    @property
    def missing(self) -> list[int]:
        """The numbers of the frames that failed."""
        return [entry["frame"] for entry in self.data.get("missing", [])]

    def scene_of(self, frame: Frame) -> Mapping[str, Any]:
        """Return `scene`, `procedural` and `scene_sha256` of the scene that a frame shows."""
        scenes = self.job.get("scenes", [])
        return next((scene for scene in scenes if scene["name"] == frame.scene), self.job)

    @cached_property
    def cameras(self) -> dict[int, Mapping[str, Any]]:
        """The rows of cameras.json by frame."""
        return {entry["frame"]: entry for entry in dataset.read_json(self.folder / "cameras.json")["frames"]}
