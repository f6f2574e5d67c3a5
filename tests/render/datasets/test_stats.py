"""Statistics of labelled images against images counted by hand, and distances against SciPy's."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image
from scipy.spatial.distance import jensenshannon

from sweepset import taxonomy
from sweepset.ground_truth import KINDS
from sweepset_render.cli import main
from sweepset_render.datasets import stats
from sweepset_render.datasets.stats import Comparison

WALL, FLOOR, CHAIR, TABLE = 1, 2, 5, 7
"""Ids of nyu40."""


def save(folder: Path, kind: str, name: str, rows: object, dtype: type = np.uint8) -> None:
    """Write a picture; grey levels become an image of three equal channels."""
    (folder / kind).mkdir(parents=True, exist_ok=True)
    picture = Image.fromarray(np.array(rows, dtype))
    (picture.convert("RGB") if kind == "images" else picture).save(folder / kind / f"{name}.png")


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Return a folder of two images: 16 and 16 pixels, of which 4 and 0 are void."""
    folder = tmp_path / "photos"
    save(folder, "images", "a", [[0] * 4, [0] * 4, [200] * 4, [200] * 4])
    save(folder, "labels", "a", [[WALL] * 4, [WALL] * 4, [FLOOR] * 4, [0, 0, 255, 255]])
    save(folder, "images", "b", [[30] * 4] * 4)
    save(folder, "labels", "b", [[WALL] * 4, [CHAIR] * 4, [CHAIR] * 4, [CHAIR] * 4])
    return folder


@pytest.fixture
def renders(tmp_path: Path) -> Path:
    """Return a dataset of one frame of 16 pixels, with depth."""
    folder = tmp_path / "renders"
    save(folder, "images", "000000", [[100] * 4] * 4)
    save(folder, "labels", "000000", [[WALL] * 4, [WALL] * 4, [CHAIR, CHAIR, TABLE, TABLE], [FLOOR] * 4])
    save(folder, "depth", "000000", [[0] * 4, [1200] * 4, [1200] * 4, [20000] * 4], np.uint16)
    files = {kind: f"{row.folder}/000000.png" for kind, row in KINDS.items() if (folder / row.folder).is_dir()}
    frame = {"frame": 0, "files": files, "pixels": {}}
    data = {"format": 1, "name": "renders", "taxonomy": taxonomy.load("nyu40").to_json(), "job": {}, "instances": []}
    (folder / "dataset.json").write_text(json.dumps({**data, "frames": [frame]}))
    (folder / "cameras.json").write_text('{"frames": []}')
    return folder


def count(place: Path, kinds: str = "nyu40") -> stats.Statistics:
    return stats.count(place, taxonomy.load(kinds), "images", "labels")


def test_counts_are_those_of_hand(photos: Path) -> None:
    found = count(photos)
    assert found.frames == 2
    assert found.unlabelled == 4 / 32
    seen = {name: share for name, share in found.shares.items() if share}
    assert seen == {"wall": 12 / 28, "chair": 12 / 28, "floor": 4 / 28}
    assert list(seen)[-1] == "floor"
    shown = {name: (one.mean, np.flatnonzero(one.counts).tolist()) for name, one in found.histograms.items()}
    assert shown == {
        "categories": (2.0, [2]),
        "brightness": (pytest.approx((200 / 3 + 30) / 2), [1, 4]),  # 8 pixels of 0 and 4 of 200; 30; in steps of 16
        "contrast": (pytest.approx(200 * 2**0.5 / 3 / 2), [0, 11]),  # 0 and 94.3, in steps of 8
    }


def test_depth_is_metres_of_pixels_that_have_any(renders: Path) -> None:
    depth = count(renders).histograms["depth"]
    assert depth.mean == pytest.approx((8 * 1.2 + 4 * 20) / 12)
    assert {k: depth.counts[k] for k in np.flatnonzero(depth.counts)} == {2: 8, 19: 4}  # 1.0 to 1.5 m; the last


def test_a_little_of_a_category_is_not_shown_by_a_frame(tmp_path: Path) -> None:
    label = np.full((40, 50), WALL, np.uint8)
    label[0, :2], label[1, 0] = CHAIR, TABLE  # 2 and 1 of 2000 pixels: 0.1 % and less
    save(tmp_path, "images", "a", label)
    save(tmp_path, "labels", "a", label)
    found = count(tmp_path)
    assert found.histograms["categories"].mean == 2
    assert found.shares["table"] == 1 / 2000


def test_comparison(photos: Path, renders: Path) -> None:
    both = Comparison(count(photos), count(renders))
    ours = {"wall": 8 / 16, "chair": 2 / 16, "floor": 4 / 16, "table": 2 / 16}
    theirs = {"wall": 12 / 28, "chair": 12 / 28, "floor": 4 / 28, "table": 0.0}
    assert {name: both.ratios[name] for name in ours} == {
        "wall": pytest.approx(7 / 6),
        "chair": pytest.approx(7 / 24),
        "floor": pytest.approx(7 / 4),
        "table": float("inf"),
    }
    assert both.ratios["sofa"] == 1
    assert both.commonest == ["wall", "chair", "floor"]
    assert both.near == ["wall", "floor"]
    assert both.distances["shares"] == pytest.approx(jensenshannon([*theirs.values()], [*ours.values()], 2))
    assert both.distances["brightness"] == pytest.approx(1)
    assert "depth" not in both.distances


def test_distance_is_scipys() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        one, other = rng.dirichlet(np.full(12, 0.3), 2)
        one[rng.integers(12)] = 0
        one /= one.sum()
        assert stats.jensen_shannon(one, other) == pytest.approx(jensenshannon(one, other, 2))
    assert stats.jensen_shannon(np.array([1.0, 0]), np.array([0, 1.0])) == 1
    assert stats.jensen_shannon(one, one) == 0


def test_datasets_are_counted_in_another_taxonomy(renders: Path) -> None:
    shares = count(renders, "nyu13").shares
    assert {name: share for name, share in shares.items() if share} == {
        "wall": 0.5,
        "floor": 0.25,
        "chair": 0.125,
        "table": 0.125,
    }


def test_command(photos: Path, renders: Path, tmp_path: Path) -> None:
    page = tmp_path / "stats.html"
    done = CliRunner().invoke(main.cli, ["stats", str(photos), str(renders), "--json", "--out", str(page)])
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert told["near"] == ["wall", "floor"]
    assert told["ratios"]["table"] is None
    assert told["first"]["histograms"]["contrast"]["mean"] == pytest.approx(200 * 2**0.5 / 3 / 2)
    assert "2 of the 3 commonest" in page.read_text()
    assert page.read_text().count("<svg") == 3
    done = CliRunner().invoke(main.cli, ["stats", str(renders), "--out", str(page)])
    assert done.exit_code == 0, done.output
    assert "50.00" in done.output
    assert page.read_text().count("<svg") == 4


def test_crops_are_those_of_the_largest_thing(renders: Path, tmp_path: Path) -> None:
    """Of 3 x 2 pixels, with the wall around them; a photo counts whole."""
    data = json.loads((renders / "dataset.json").read_text())
    data["frames"][0]["files"]["instances"] = "instances/000000.png"
    data["instances"] = [
        {"id": 1, "object": "wall", "category_id": WALL},
        {"id": 2, "object": "chair", "category_id": CHAIR},
        {"id": 3, "object": "table", "category_id": TABLE},
    ]
    (renders / "dataset.json").write_text(json.dumps(data))
    save(renders, "instances", "000000", [[1] * 4, [1, 2, 2, 1], [1, 1, 1, 2], [1, 1, 1, 3]], np.uint16)
    save(renders, "images", "000000", [[250] * 4, [250, 10, 20, 30], [250, 40, 50, 60], [250] * 4])
    save(tmp_path, "images", "photo", [[90] * 6] * 2)
    (tmp_path / "images" / "more").mkdir()
    Image.new("RGB", (1, 2), (255, 0, 0)).save(tmp_path / "images" / "more" / "red.png")
    both = [str(tmp_path / "images"), str(renders), "--crops", "--taxonomy", "nyu40"]
    done = CliRunner().invoke(main.cli, ["stats", *both, "--json", "--out", str(tmp_path / "stats.html")])
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert told["second"]["shares"]["chair"] == 1
    found = {name: of["mean"] for name, of in told["second"]["histograms"].items()}
    assert found["share"] == pytest.approx(6 / 16)
    assert found["aspect"] == pytest.approx(1.5)
    assert found["brightness"] == pytest.approx(35)
    assert found["contrast"] == pytest.approx(np.std([10, 20, 30, 40, 50, 60]))
    photos = {name: of["mean"] for name, of in told["first"]["histograms"].items()}
    assert photos == {"aspect": 1.75, "brightness": 83, "contrast": 0, "saturation": 127.5}
    assert (tmp_path / "stats.html").read_text().count("<svg") == 4
    done = CliRunner().invoke(main.cli, ["stats", *both])
    assert done.exit_code == 0, done.output
    assert "crops" in done.output
    data["frames"][0]["files"].pop("instances")
    (renders / "dataset.json").write_text(json.dumps(data))
    for place, words in ((tmp_path / "nowhere", "is no folder"), (renders, "has no instances to cut out")):
        done = CliRunner().invoke(main.cli, ["stats", str(place), "--crops"])
        assert words in str(done.exception)


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ([[1, 2], [3, 77]], "ids [77]"),
        ([[1, 2, 3]], "2x2 and its label 3x1"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, label: object, words: str) -> None:
    save(tmp_path, "images", "a", [[0, 0], [0, 0]])
    save(tmp_path, "labels", "a", label)
    done = CliRunner().invoke(main.cli, ["stats", str(tmp_path)])
    assert words in str(done.exception)
    done = CliRunner().invoke(main.cli, ["stats", str(tmp_path), "--labels", "label40"])
    assert "label40" in str(done.exception)
