"""Export datasets in the forms that others train on."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import sweepset
from sweepset import files, outputs
from sweepset.errors import SweepsetError

from . import bop, coco, folders, splits, voc, webdataset, yolo
from .selection import Options, Selection, select


@dataclass(frozen=True)
class Format:
    """A format: its writer, and the ground truth that each frame must have for it."""

    write: Callable[[Selection, Path], None]
    """Writes the images and labels of a selection into an empty folder."""
    needs: tuple[str, ...] = ()


FORMATS = {
    "coco": Format(coco.write_instances, ("instances",)),
    "coco-panoptic": Format(coco.write_panoptic, ("instances",)),
    "yolo": Format(yolo.write_boxes, ("instances",)),
    "yolo-segment": Format(yolo.write_outlines, ("instances",)),
    "yolo-pose": Format(yolo.write_poses, ("instances", "objects")),
    "yolo-obb": Format(yolo.write_oriented, ("instances",)),
    "voc": Format(voc.write, ("instances",)),
    "bop": Format(bop.write, ("instances", "depth", "objects")),
    "folder": Format(folders.write),
    "webdataset": Format(webdataset.write),
    "nyu16": Format(folders.write_nyu16),
}
"""All formats by name."""
RECORD = "export.json"
"""The record of an export's input; written last, it distinguishes an export from other folders."""


def export(
    datasets: Sequence[Path],
    options: Options,
    out: Path,
    overwrite: bool,
    say: Callable[[str], None],
    advance: Callable[[int], None],
) -> Selection:
    """Write datasets to the folder `out` in a format of FORMATS, whole or not at all, telling what is lost.

    The datasets stay as they are. Raise SweepsetError where what was asked for can't be had, or `out` holds something.
    """
    options = _check(options)
    out = out.expanduser().resolve()
    selection = select(datasets, options, FORMATS[options.format].needs, say, advance)
    if remark := splits.remark(selection.counts, options.shares, len(selection.units)):
        say(remark)
    _check_target(out, selection, overwrite)
    with files.replacing_folder(out) as new:
        FORMATS[options.format].write(selection, new)
        files.write_json(new / RECORD, _record(selection))
    return selection


def _check(options: Options) -> Options:
    if options.stuff and options.format != "coco":
        raise SweepsetError(f"--stuff is for --to coco; {options.format} has no use for it: leave it out")
    if options.shard_size is not None and options.format != "webdataset":
        raise SweepsetError(f"--shard-size is for --to webdataset; {options.format} has no shards: leave it out")
    if options.format != "nyu16":
        return options
    if options.taxonomy not in (None, "syntrain16"):
        raise SweepsetError(f"--to nyu16 has taxonomy syntrain16, not {options.taxonomy}: leave --taxonomy out")
    return dataclasses.replace(options, taxonomy="syntrain16")


def _check_target(out: Path, selection: Selection, overwrite: bool) -> None:
    """Refuse a folder with anything in it, but for an export that is to be overwritten, and one in a dataset."""
    for dataset in selection.datasets:
        place = dataset.folder.resolve()
        if out == place or place in out.parents or out in place.parents:
            raise SweepsetError(f"--out {str(out)!r} and dataset {str(place)!r} are in each other: name another folder")
    outputs.demand_outside(out)
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if not (out / RECORD).is_file():
        raise SweepsetError(f"--out {str(out)!r} is there and no export: name a new or an empty folder")
    if not overwrite:
        raise SweepsetError(f"--out {str(out)!r} holds an export: name another folder, or pass --overwrite")


def _record(selection: Selection) -> dict[str, object]:
    """Return what an export was made of, in JSON's types, without this machine's paths."""
    return {
        "sweepset": sweepset.__version__,
        "options": {**dataclasses.asdict(selection.options), "taxonomy": selection.taxonomy.name},
        "datasets": [
            {"name": d.name, "frames": len(d), "scene_sha256": d.job["scene_sha256"], "taxonomy": d.taxonomy.name}
            for d in selection.datasets
        ],
        "splits": {
            split: [
                {"scene": scene, "variation": variation, "seed": seed}
                for (scene, variation, seed), where in selection.units.items()
                if where == split
            ]
            for split in splits.SPLITS
        },
    }
