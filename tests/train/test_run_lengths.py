"""Masks as run lengths: by hand, against pycocotools, and back; the challenge's own numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("PIL")

from PIL import Image

from sweepset.errors import SweepsetError
from sweepset_train import run_lengths


def test_by_hand() -> None:
    mask = np.array([[0, 1, 1], [1, 0, 1]], bool)
    assert run_lengths.encode(mask) == "2 3 6 1"
    assert run_lengths.encode(mask, "columns") == "2 2 5 2"


@pytest.mark.filterwarnings("ignore:__array__ implementation")  # of pycocotools
def test_round_trips_and_pycocotools() -> None:
    coco = pytest.importorskip("pycocotools.mask")
    rng = np.random.default_rng(0)
    masks = [rng.random((7, 11)) < share for share in (0.1, 0.5, 0.9)]
    masks += [np.zeros((7, 11), bool), np.ones((7, 11), bool), np.eye(7, 11, dtype=bool), np.ones((1, 1), bool)]
    masks += [mask[::-1] for mask in masks]
    for mask in masks:
        for order in run_lengths.ORDERS:
            size = mask.shape[::-1]
            assert np.array_equal(run_lengths.decode(run_lengths.encode(mask, order), size, order), mask)
        # pycocotools counts column by column; its uncompressed form is lengths of gaps and runs by turns.
        numbers = np.array(run_lengths.encode(mask, "columns").split(), int).reshape(-1, 2)
        counts, at = [], 0
        for start, length in numbers:
            counts += [int(start - 1 - at), int(length)]
            at = start - 1 + length
        counts += [mask.size - at]
        height, width = mask.shape
        decoded = coco.decode(coco.frPyObjects({"size": [height, width], "counts": counts}, height, width))
        assert np.array_equal(decoded, mask)


def test_the_challenges_own_numbers_are_rows() -> None:
    """The first runs of its first photo: each begins about one width of 1918 after the one before it."""
    text = "879386 40 881253 141 883140 205 885009 17"
    rows = np.flatnonzero(run_lengths.decode(text, (1918, 1280)).any(1))
    assert rows.tolist() == [458, 459, 460, 461]
    columns = [np.flatnonzero(row).mean() for row in run_lengths.decode(text, (1918, 1280)) if row.any()]
    assert max(columns) - min(columns) < 150  # the runs lie above each other, as those of a car's roof


@pytest.mark.parametrize("text", ["1", "a b", "0 3", "5 2 3 1", "1 3 2 2", "2 0"])
def test_what_is_no_runs_is_told(text: str) -> None:
    with pytest.raises(SweepsetError, match="is no runs"):
        run_lengths.decode(text, (4, 4))
    with pytest.raises(SweepsetError, match="a run ends at pixel 17"):
        run_lengths.decode("15 3", (4, 4))


def test_folders_and_tables(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    masks = {f"{k:03d}_01": rng.random((5, 6)) < 0.5 for k in range(3)}
    (tmp_path / "masks").mkdir()
    for name, mask in masks.items():
        Image.fromarray(mask.astype(np.uint8)).save(tmp_path / "masks" / f"{name}_mask.png")
    assert run_lengths.pack(tmp_path / "masks", tmp_path / "all.csv") == 3
    assert (tmp_path / "all.csv").read_text().startswith("img,rle_mask\n000_01.jpg,")
    assert run_lengths.unpack(tmp_path / "all.csv", tmp_path / "back", (6, 5)) == 3
    for name, mask in masks.items():
        assert np.array_equal(np.asarray(Image.open(tmp_path / "back" / f"{name}.png")), np.where(mask, 255, 0))
    (tmp_path / "all.csv").write_text("name,runs\n", encoding="utf-8")
    with pytest.raises(SweepsetError, match="is no table of img, rle_mask"):
        run_lengths.read(tmp_path / "all.csv")
