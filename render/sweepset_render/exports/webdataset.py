"""Export WebDataset: tar files that are read from front to back."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import numpy as np

from sweepset.ground_truth import KINDS

from .selection import Sample, Selection, broken

SIZE = 1000
"""Samples in a shard by default."""
OF_OBJECTS = ("amodal_bbox", "visibility", "object_to_camera", "box")
"""Keys of a thing that come from the dataset's objects."""


def write(selection: Selection, folder: Path) -> None:
    """Write SPLIT-000000.tar and so on, and categories.json.

    A sample is its image, an .npz with label, instances and what else there is as arrays, as they are stored in a
    dataset, and a .json with camera and segments.
    """
    size = selection.options.shard_size or SIZE
    for split in selection.counts:
        samples = selection.samples(split)
        shard = 0
        sample = next(samples, None)
        while sample:
            with tarfile.open(folder / f"{split}-{shard:06d}.tar", "w") as tar:
                for _ in range(size):
                    if sample:
                        _add(tar, sample)
                        sample = next(samples, None)
            shard += 1
    (folder / "categories.json").write_text(json.dumps(selection.taxonomy.to_json(), indent=1), encoding="ascii")


def _add(tar: tarfile.TarFile, sample: Sample) -> None:
    image = sample.frame.path("image")
    if not sample.frame.camera_record:
        raise broken(sample.frame, "cameras.json lacks its camera")
    about = {
        "dataset": sample.dataset.name,
        "frame": sample.frame.number,
        "width": sample.label.shape[1],
        "height": sample.label.shape[0],
        "camera": {key: value for key, value in sample.frame.camera_record.items() if key != "frame"},
        "segments": _segments(sample),
    }
    for suffix, data in (
        (image.suffix, image.read_bytes()),
        (".npz", _arrays(sample)),
        (".json", json.dumps(about).encode("ascii")),
    ):
        entry = tarfile.TarInfo(f"{sample.name}{suffix}")
        entry.size = len(data)
        tar.addfile(entry, io.BytesIO(data))


def _segments(sample: Sample) -> list[dict[str, Any]]:
    objects = sample.frame.objects if sample.frame.has("objects") else {}
    return [
        {
            "id": segment.number,
            "category": segment.category.name,
            "object": segment.object,
            **segment.to_json(),
            **{key: value for key, value in objects.get(segment.number, {}).items() if key in OF_OBJECTS},
        }
        for segment in sample.segments
    ]


def _arrays(sample: Sample) -> bytes:
    arrays = {
        kind: sample.frame.read(kind)
        for kind, row in KINDS.items()
        if row.is_array and kind != "image" and sample.frame.has(kind)
    }
    arrays["label"] = sample.label
    if sample.instances is not None:
        arrays["instances"] = sample.instances
    packed = io.BytesIO()
    np.savez_compressed(packed, allow_pickle=False, **arrays)
    return packed.getvalue()
