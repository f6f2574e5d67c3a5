"""Readers of exports, by the rules of the formats."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from pycocotools.coco import COCO

from hard_dataset import extent, read_png


def open_coco(path: Path) -> COCO:
    with redirect_stdout(io.StringIO()):
        return COCO(path)


def panoptic(out: Path, split: str = "train") -> Iterator[tuple[np.ndarray, dict[str, Any]]]:
    """Read COCO panoptic by its published rules: segment ids, (H, W), and the annotation."""
    data = json.loads((out / "annotations" / f"panoptic_{split}.json").read_bytes())
    known = {category["id"] for category in data["categories"]}
    images = {image["id"]: image for image in data["images"]}
    assert {annotation["image_id"] for annotation in data["annotations"]} == set(images)
    for annotation in data["annotations"]:
        picture = read_png(out / "annotations" / f"panoptic_{split}" / annotation["file_name"])
        assert picture.dtype == np.uint8
        image = images[annotation["image_id"]]
        assert picture.shape == (image["height"], image["width"], 3)
        assert (out / split / image["file_name"]).stem == Path(annotation["file_name"]).stem
        blue, green, red = np.moveaxis(picture.astype(int), 2, 0)
        drawn = red + 256 * green + 256**2 * blue
        segments = {segment["id"]: segment for segment in annotation["segments_info"]}
        assert len(segments) == len(annotation["segments_info"])
        assert set(np.unique(drawn[drawn > 0]).tolist()) == set(segments)
        for number, segment in segments.items():
            assert segment["category_id"] in known
            assert segment["area"] == (drawn == number).sum()
            assert segment["bbox"] == extent(drawn == number)
            assert segment["iscrowd"] == 0
        yield drawn, annotation


def yolo(out: Path, split: str = "train") -> Iterator[tuple[str, list[tuple[str, list[float]]]]]:
    """Read YOLO by Ultralytics' documented rules: a stem, and category name and numbers of each line."""
    data = yaml.safe_load((out / "data.yaml").read_text(encoding="utf-8"))
    assert {"train", "val", "names"} <= set(data)
    assert list(data["names"]) == list(range(len(data["names"])))
    images = sorted((out / data[split]).iterdir())
    assert images
    for image in images:
        head, _, tail = str(image).rpartition("/images/")  # a label's path is found by this replacement
        lines = Path(f"{head}/labels/{tail}").with_suffix(".txt").read_text(encoding="utf-8").splitlines()
        read = []
        for line in lines:
            number, *values = line.split()
            assert 0 <= min(map(float, values)) <= max(map(float, values)) <= 1
            read.append((data["names"][int(number)], [float(value) for value in values]))
        yield image.stem, read


def shards(out: Path) -> Iterator[tuple[str, str, dict[str, bytes]]]:
    """Read WebDataset by its documented rules: shard, key and files by extension; a sample's files are neighbours."""
    for path in sorted(out.glob("*.tar")):
        with tarfile.open(path) as tar:
            key, files = "", dict[str, bytes]()
            for member in tar:
                head, _, extension = member.name.partition(".")
                if head != key and files:
                    yield path.name, key, files
                    files = {}
                key = head
                assert extension not in files
                files[extension] = tar.extractfile(member).read()
            yield path.name, key, files
