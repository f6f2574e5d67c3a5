"""What `sweepset export` wrote as folders of masks is read back as what was exported, without a word about ids."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("PIL.Image")
pytest.importorskip("h5py")
pytest.importorskip("cv2")
pytest.importorskip("pycocotools")

from hard_dataset import make, told_by
from sweepset import taxonomy
from sweepset_train.data import sources
from sweepset_train.data.places import open_source
from sweepset_train.data.splits import divide
from sweepset_train.settings import Data

KINDS = taxonomy.load("nyu40")


@pytest.fixture
def rooms(tmp_path: Path) -> list[Path]:
    """Return two datasets, of two rooms, with ids of nyu40."""
    rng = np.random.default_rng(0)
    labels = [np.kron(rng.integers(0, 41, (3, 4)), np.ones((8, 8), int)).astype(np.uint8) for _ in range(4)]
    return [
        make(tmp_path / name, [{"label": one} for one in labels[k : k + 2]], KINDS.to_json(), scene_sha256=name)
        for k, name in ((0, "one"), (2, "two"))
    ]


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize(("form", "target"), [("folder", "nyu13"), ("folder", "nyu40"), ("nyu16", "syntrain16")])
def test_exports_are_read_back(rooms: list[Path], tmp_path: Path, form: str, target: str) -> None:
    told_by(rooms, form, tmp_path / "out", shares=(1, 1, 0))
    kinds = taxonomy.load(target)
    wanted = {}
    for folder in rooms:
        data = sources.open_datasets([folder])
        table = sources.train_ids(data, kinds)
        wanted |= {(folder.name, k): table[data.read(k)[1]] for k in range(len(data))}
    source = open_source(tmp_path / "out", Data())
    assert {split: len(names) for split, names in source.splits.items()} == {"train": 2, "val": 2}
    table = sources.train_ids(source, kinds)
    found = {}
    for index, item in enumerate(source.items):
        name, _, number = item.name.partition("/")[2].rpartition("_")
        found[name, int(number)] = sources.to_train_ids(source.read(index)[1], table, item.where)
    assert found.keys() == wanted.keys()
    assert all(np.array_equal(found[key], wanted[key]) for key in wanted)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_exports_have_splits_of_their_own(rooms: list[Path], tmp_path: Path) -> None:
    told_by(rooms, "folder", tmp_path / "out", shares=(1, 1, 0))
    split = divide(open_source(tmp_path / "out", Data()), Data(train="train", validate_on="val", test=None))
    assert {part: {name[:5] for name in names} for part, names in split.items()} in (
        {"train": {"train"}, "validation": {"val/o"}},
        {"train": {"train"}, "validation": {"val/t"}},
    )
    one = open_source(tmp_path / "out" / "val", Data())
    assert len(one) == 2
    assert all("/" not in item.name for item in one.items)
