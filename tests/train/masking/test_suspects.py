"""The doctor's look at masks: holes, islands, views that do not fit their mirrored partner, on its page."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import masked_photos

pytest.importorskip("torch")
pytest.importorskip("lightning")

from PIL import Image

from commands import Train
from sweepset_train.doctor import shapes


def test_shapes_by_hand() -> None:
    mask = np.zeros((20, 30), bool)
    mask[5:15, 10:25] = True
    mask[8:10, 12:15] = False  # a hole of 6 pixels
    mask[5:7, 24] = False  # a notch is none
    mask[17, 3:6] = True  # an island of 3
    found = shapes.measure(mask)
    assert (found.foreground, found.holes, found.islands, found.height) == (150 - 6 - 2 + 3, 6, 3, 13)
    assert shapes.measure(np.zeros((4, 4), bool)).foreground == 0


def test_mirrored_views_are_compared() -> None:
    """View 5 shows the left side, 13 the right; 9 is symmetric in itself."""
    side = np.zeros((40, 80), bool)
    side[20:35, 5:75] = side[10:20, 20:60] = True
    side[8:20, 70:72] = True  # something that tells left from right
    slope = np.arange(40)[:, None] > np.arange(80) / 2
    masks = {"a_05": side, "a_13": side[:, ::-1], "a_09": np.ones((40, 60), bool), "b_05": slope, "b_13": slope}
    masks |= {"c_05": side, "c_13": np.where(np.arange(40)[:, None] < 10, False, side[:, ::-1])}
    found = shapes.suspects({name: shapes.measure(mask) for name, mask in masks.items()})
    assert {one.name for one in found} == {"b_05", "b_13", "c_05", "c_13"}
    assert {one.code for one in found} == {"mask-shape"}


@pytest.mark.filterwarnings("ignore")
def test_the_command_shows_suspects(tmp_path: Path, train: Train) -> None:
    folder = masked_photos.write(tmp_path / "photos")
    spoiled = np.asarray(Image.open(folder / "train_masks" / "000001_02_mask.gif")).astype(np.uint8)
    spoiled = np.array(spoiled)
    spoiled[15:18, 23:26] = 0
    spoiled[0, :3] = 1
    picture = Image.fromarray(spoiled, "P")
    picture.putpalette(masked_photos.PALETTE)
    picture.save(folder / "train_masks" / "000001_02_mask.gif")
    status, said, _ = train("doctor", folder, "--experiment", "masking", "--json")
    assert status == 1
    found = {one["code"] for one in json.loads(said)["findings"]}
    assert {"mask-holes", "mask-islands"} <= found
    assert "mask-0-255" not in found
    text = (tmp_path / "doctor.html").read_text(encoding="utf-8")
    assert "Suspect masks of photos" in text
    assert "000001_02: holes of 9 pixels" in text
