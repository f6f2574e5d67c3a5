"""Export boxes in the form of Pascal VOC: an XML file for each image."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

from sweepset.errors import SweepsetError

from .selection import Sample, Segment, Selection

LARGE = 1.0
"""Pixels that an unhidden box reaches beyond the image from which on its thing counts as truncated."""
HIDDEN = 0.95
"""Share of a thing that is visible below which it counts as occluded."""
UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML cannot hold."""


def write(selection: Selection, folder: Path) -> None:
    """Write JPEGImages, Annotations and ImageSets/Main, which names the images of each split."""
    if not any(category.isthing for category in selection.taxonomy):
        raise SweepsetError(f"taxonomy {selection.taxonomy.name} has no things to detect: name another --taxonomy")
    for place in ("JPEGImages", "Annotations", "ImageSets/Main"):
        (folder / place).mkdir(parents=True)
    for split in selection.counts:
        names = []
        for sample in selection.samples(split):
            image = sample.place_image(folder / "JPEGImages")
            tree = ElementTree.ElementTree(_annotation(sample, image))
            ElementTree.indent(tree)
            tree.write(folder / "Annotations" / f"{sample.name}.xml", encoding="utf-8")
            names.append(sample.name)
        (folder / "ImageSets" / "Main" / f"{split}.txt").write_text("".join(f"{name}\n" for name in names))


def _annotation(sample: Sample, image: str) -> ElementTree.Element:
    height, width = sample.label.shape
    root = ElementTree.Element("annotation")
    _add(root, folder="JPEGImages", filename=image)
    _add(_under(root, "source"), database=UNFIT.sub("", sample.dataset.name), frame=sample.frame.number)
    _add(_under(root, "size"), width=width, height=height, depth=3)
    _add(root, segmented=0)
    objects = sample.frame.objects if sample.frame.has("objects") else {}
    for segment in sample.segments:
        if segment.category.isthing:
            one = _under(root, "object")
            left, top, across, down = segment.box
            truncated, occluded = _hidden(segment, objects, width, height)
            _add(one, name=UNFIT.sub("", segment.category.name), pose="Unspecified", truncated=truncated)
            _add(one, occluded=occluded, difficult=0)
            # The first pixel is 1, and the last one is inside.
            _add(_under(one, "bndbox"), xmin=left + 1, ymin=top + 1, xmax=left + across, ymax=top + down)
    return root


def _hidden(segment: Segment, objects: dict, width: int, height: int) -> tuple[int, int]:
    """Return whether a thing reaches beyond the image, and whether something is in front of it, 0 or 1 each.

    Without ground truth of objects, what touches the image's border counts as beyond it, and nothing as hidden.
    """
    entry = objects.get(segment.number)
    if entry is None:
        left, top, across, down = segment.box
        return int(left == 0 or top == 0 or left + across == width or top + down == height), 0
    x, y, across, down = entry["amodal_bbox"]
    truncated = min(x, y) < -LARGE or x + across > width + LARGE or y + down > height + LARGE
    return int(truncated), int(not truncated and entry["visibility"] < HIDDEN)


def _under(parent: ElementTree.Element, name: str) -> ElementTree.Element:
    return ElementTree.SubElement(parent, name)


def _add(parent: ElementTree.Element, **values: object) -> None:
    """Add an element with a text for each value."""
    for name, value in values.items():
        ElementTree.SubElement(parent, name).text = str(value)
