"""Judge a dataset by the ray cast: read it, ask for the truth, and compare."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from sweepset_render.blender.installations import Blender

SUPPORT = Path(__file__).resolve().parent
UNSURE = -1
"""What `raycast.py` writes where it cannot tell."""
EQUAL = 0.9995
"""The least share of a frame's pixels that must be equal."""


@dataclass(frozen=True)
class Dataset:
    """A rendered dataset, as it lies on disk."""

    folder: Path

    @cached_property
    def record(self) -> dict[str, Any]:
        """Return what dataset.json says."""
        return json.loads((self.folder / "dataset.json").read_text(encoding="utf-8"))

    @cached_property
    def cameras(self) -> list[dict[str, Any]]:
        """Return the frames of cameras.json."""
        return json.loads((self.folder / "cameras.json").read_text(encoding="utf-8"))["frames"]

    @property
    def frames(self) -> list[int]:
        """Return the frames' numbers."""
        return [entry["frame"] for entry in self.cameras]

    @property
    def categories(self) -> dict[str, int]:
        """Map the categories' names to their ids."""
        return {category["name"]: category["id"] for category in self.record["taxonomy"]["categories"]}

    def array(self, kind: str, frame: int) -> np.ndarray:
        """Return one channel of a frame's file in the folder `kind`, with the depth of the file."""
        path = self.folder / kind / f"{frame:06d}.png"
        image = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
        assert image is not None, f"{path} is no image"
        assert image.ndim == 2, f"{path} has shape {image.shape}; a map has one channel"
        return image


@dataclass(frozen=True)
class Truth:
    """What the ray cast found; the arrays are as `raycast.py` describes them."""

    arrays: dict[str, np.ndarray]

    @property
    def instances(self) -> list[str]:
        """Return the names of the instances, unique ones."""
        return json.loads(str(self.arrays["instances"]))

    def array(self, kind: str, frame: int) -> np.ndarray:
        """Return a frame's `label`, `distance` or `instance`."""
        return self.arrays[f"{kind}_{frame:06d}"]


@dataclass(frozen=True)
class Agreement:
    """How a label map agrees with the expected one, unsure pixels left out."""

    equal: float
    """Share of the pixels that are equal."""
    far: float
    """Share of the pixels that are wrong and farther than one pixel from a boundary of the expected map."""
    text: str
    """What is wrong, for a message."""

    @property
    def holds(self) -> bool:
        """Tell whether the labels are as good as they must be."""
        return self.equal >= EQUAL and self.far == 0


def boundaries(values: np.ndarray) -> np.ndarray:
    """Return where the 3x3 neighbourhood of a pixel is not uniform, (H, W) bool."""
    padded = np.pad(values, 1, mode="edge")
    height, width = values.shape
    shifted = [padded[i : i + height, j : j + width] for i in range(3) for j in range(3)]
    return np.logical_or.reduce([each != values for each in shifted])


def compare(label: np.ndarray, expected: np.ndarray) -> Agreement:
    """Compare a label map with the expected one, both (H, W)."""
    assert label.shape == expected.shape, f"the label map is {label.shape}, the expected one {expected.shape}"
    known = expected != UNSURE
    wrong = known & (label != expected)
    far = wrong & ~boundaries(expected)
    total = max(int(known.sum()), 1)
    pairs = Counter(zip(expected[wrong].tolist(), label[wrong].tolist())).most_common(8)
    places = [(int(row), int(column)) for row, column in np.argwhere(far if far.any() else wrong)[:8]]
    text = (
        f"{wrong.sum()} of {total} pixels wrong, {far.sum()} beyond one pixel of a boundary; "
        f"(expected, got): times {pairs}; first at (row, column) {places}"
    )
    return Agreement(1 - wrong.sum() / total, far.sum() / total, text)


def run_script(blender: Blender, script: str | Path, *args: str | Path) -> str:
    """Run a script in a Blender and return its output, which an AssertionError shows if it fails.

    A name alone is a script of this folder.
    """
    result = subprocess.run(
        blender.command(SUPPORT / script, *map(str, args)),
        env=blender.environment(),
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, f"{script} failed in {blender}:\n{result.stdout[-3000:]}\n{result.stderr[-3000:]}"
    return result.stdout + result.stderr


def ask(blender: Blender, dataset: Dataset, out: Path, **scene: Any) -> Truth:
    """Cast the rays of a dataset's frames; `scene` is `blend=PATH`, or `scene=NAME, seed=NUMBER`."""
    times = {entry["frame"]: entry["time"] for entry in dataset.record["frames"]}
    height, width = dataset.array("labels", dataset.frames[0]).shape
    job = {
        **{key: str(value) if isinstance(value, Path) else value for key, value in scene.items()},
        "taxonomy": dataset.record["taxonomy"],
        "out": str(out),
        "size": [width, height],
        "frames": [{**entry, "time": times[entry["frame"]]} for entry in dataset.cameras],
    }
    path = out.with_suffix(".json")
    path.write_text(json.dumps(job), encoding="utf-8")
    run_script(blender, "raycast.py", path)
    with np.load(out) as arrays:
        return Truth({name: arrays[name] for name in arrays.files})


def render_hazard(render: Callable[..., Path], hazard: Path, blender: Blender, *options: str) -> Dataset:
    """Render the scene of hazards through its own cameras, at two moments where they move."""
    taxonomy = hazard.with_name(f"{hazard.stem}.taxonomy.json")
    return Dataset(
        render(hazard, "--sweep", "cameras", "--seed", "7", "--taxonomy", taxonomy, *options, blender=blender)
    )


def judge(dataset: Dataset, truth: Truth, frames: Sequence[int] | None = None) -> None:
    """Assert that a dataset's labels are true."""
    found = {}
    for frame in dataset.frames if frames is None else frames:
        label = dataset.array("labels", frame)
        assert label.dtype == (np.uint16 if max(dataset.categories.values()) > 255 else np.uint8)
        agreement = compare(label.astype(np.int32), truth.array("label", frame))
        if not agreement.holds:
            found[frame] = agreement.text
    assert not found, "labels differ from the ray cast:\n" + "\n".join(f"frame {k}: {v}" for k, v in found.items())
