"""Export YOLO's detection and segmentation forms, in Ultralytics' layout."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from sweepset.errors import SweepsetError

from . import outlines
from .selection import Segment, Selection


def write_boxes(selection: Selection, folder: Path) -> None:
    """Write a line for each thing: class, centre x and y, width, height, as shares of the image's."""

    def box(segment: Segment, width: int, height: int) -> list[float]:
        x, y, w, h = segment.box
        return [(x + w / 2) / width, (y + h / 2) / height, w / width, h / height]

    _write(selection, folder, box)


def write_outlines(selection: Selection, folder: Path) -> None:
    """Write a line for each thing: class, then x and y of the corners of one polygon, as shares of the image's size."""

    def outline(segment: Segment, width: int, height: int) -> list[float]:
        polygon = outlines.join(outlines.trace(segment.mask())) + segment.box[:2]
        return (polygon / (width, height)).ravel().tolist()

    _write(selection, folder, outline)


def _write(selection: Selection, folder: Path, describe: Callable[[Segment, int, int], list[float]]) -> None:
    """Write images/SPLIT, labels/SPLIT and data.yaml; classes are numbered from 0 over the things of the taxonomy."""
    things = [category for category in selection.taxonomy if category.isthing]
    if not things:
        raise SweepsetError(f"taxonomy {selection.taxonomy.name} has no things to detect: name another --taxonomy")
    classes = {category.id: number for number, category in enumerate(things)}
    for split in selection.counts:
        for kind in ("images", "labels"):
            (folder / kind / split).mkdir(parents=True)
        for sample in selection.samples(split):
            sample.place_image(folder / "images" / split)
            height, width = sample.label.shape
            lines = [
                " ".join([str(classes[s.category.id]), *(f"{value:.6f}" for value in describe(s, width, height))])
                for s in sample.segments
                if s.category.isthing
            ]
            text = "".join(f"{line}\n" for line in lines)
            (folder / "labels" / split / f"{sample.name}.txt").write_text(text, encoding="ascii")
    # Readers insist on val. A string of JSON is one of YAML, too.
    places = {split: f"images/{split}" for split in selection.counts}
    rows = [f"{split}: {place}" for split, place in {"val": places["train"], **places}.items()]
    names = [f"  {number}: {json.dumps(c.name, ensure_ascii=False)}" for number, c in enumerate(things)]
    (folder / "data.yaml").write_text("\n".join([*rows, "names:", *names, ""]), encoding="utf-8")
