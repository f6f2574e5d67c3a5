"""Vehicles of every body: of published sizes, whole from all sides, on their wheels, their parts in their places."""

from __future__ import annotations

import json
import os
import random
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from commands import Run
from sweepset import taxonomy
from sweepset_render.blender.installations import Blender
from sweepset_scenes.vehicles.choice import bodies_of, draw_body, split_service
from sweepset_scenes.vehicles.services import SERVICES

Record = dict[str, Any]
BODIES = {
    "city car": "car",
    "hatchback": "car",
    "sedan": "car",
    "wagon": "car",
    "coupe": "car",
    "convertible": "car",
    "suv": "suv",
    "crossover": "suv",
    "minivan": "van",
    "van": "van",
    "pickup regular": "pickup",
    "pickup extended": "pickup",
    "pickup crew": "pickup",
    "box truck": "truck",
    "bus": "bus",
}
"""The category of each body."""
SERVING = ("taxi sedan", "police suv", "ambulance van", "delivery box truck")
"""One body of each service."""
SIZES = {
    "city car": ((3.65, 3.71, 3.80), (1.53, 1.59, 1.63), (1.33, 1.36, 1.52), (2.27, 2.29, 2.38)),
    "hatchback": ((3.81, 4.29, 4.66), (1.59, 1.70, 1.82), (1.29, 1.36, 1.50), (2.37, 2.50, 2.65)),
    "sedan": ((4.39, 4.79, 5.21), (1.68, 1.80, 1.90), (1.36, 1.42, 1.48), (2.52, 2.72, 2.99)),
    "wagon": ((4.37, 4.74, 5.17), (1.68, 1.80, 2.00), (1.38, 1.47, 1.80), (2.50, 2.72, 3.02)),
    "coupe": ((4.28, 4.60, 5.08), (1.68, 1.81, 1.95), (1.24, 1.34, 1.42), (2.41, 2.64, 2.90)),
    "convertible": ((4.03, 4.53, 4.86), (1.68, 1.81, 1.93), (1.22, 1.33, 1.43), (2.35, 2.57, 2.81)),
    "suv": ((4.39, 4.76, 5.25), (1.78, 1.90, 2.02), (1.62, 1.73, 1.93), (2.62, 2.83, 3.10)),
}
"""Length, width, height and wheelbase in metres of real bodies at the 10th, 50th and 90th percentile."""
SEEDS = int(os.environ.get("VEHICLES", "2"))
"""Vehicles of each body; VEHICLES=100 makes more, which takes the best part of an hour."""
DEVIATIONS = 2.326 / 1.2816
"""How many times as far from the median the 1st and the 99th percentile of a normal distribution are."""


def check(blender: Blender, seeds: int, *bodies: str) -> list[Record]:
    """Make vehicles of some bodies in a Blender and return what was found about each."""
    script = Path(__file__).with_name("vehicles_check.py")
    command = blender.command(script, "0", str(seeds), *bodies)
    limit = 120 + 5 * seeds * len(bodies)
    done = subprocess.run(
        command, env=blender.environment(), capture_output=True, text=True, timeout=limit, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = [json.loads(line[8:]) for line in done.stdout.splitlines() if line.startswith("VEHICLE ")]
    assert len(found) == seeds * len(bodies)
    return found


@pytest.fixture(scope="module")
def made(once: Callable[..., Path], blender: Blender) -> list[Record]:
    """Return what Blender found about the first vehicles of each body."""

    def make(folder: Path) -> None:
        (folder / "made.json").write_text(json.dumps(check(blender, SEEDS, *BODIES, *SERVING)))

    return json.loads((once(("vehicles", SEEDS), make) / "made.json").read_text())


def name_of(record: Record) -> str:
    """Return a name for messages."""
    return f"{record['service']} {record['body']} {record['seed']}"


def test_every_body_has_its_category(made: list[Record]) -> None:
    assert {record["body"]: record["kind"] for record in made} == BODIES


def test_wheels_stand_on_the_ground_and_nothing_else_does(made: list[Record]) -> None:
    for record in made:
        assert all(abs(low) < 0.005 for low in record["wheels"]), name_of(record)
        assert record["clearance"] > 0.1, name_of(record)


def test_sizes_are_those_of_real_ones(made: list[Record]) -> None:
    for record in made:
        spreads = SIZES.get(record["body"], ())
        for (name, value), (low, middle, high) in zip(record["size"].items(), spreads):
            least, largest = middle - DEVIATIONS * (middle - low), middle + DEVIATIONS * (high - middle)
            assert least <= value <= largest, (name_of(record), name)


def test_meshes_have_the_drawn_sizes(made: list[Record]) -> None:
    for record in made:
        size = record["size"]
        # Plates, bumpers that stand out and tail pipes add to the length, mirrors to the width.
        # So do tailgates that are let down.
        more = 0.75 if record["kind"] == "pickup" else 0.16
        assert -0.01 < record["box"][1] - size["length"] < more, name_of(record)
        assert 0.1 < record["box"][0] - size["width"] < 0.65, name_of(record)
        assert abs(record["wheelbase"] - size["wheelbase"]) < 0.02, name_of(record)
        if record["body"] != "convertible":
            more = 0.2 if record["body"] == "bus" else 0.03  # its air conditioning
            assert -0.03 < record["roof"] - size["height"] < more, name_of(record)


def test_skins_are_whole_and_look_outwards(made: list[Record]) -> None:
    """From no side does a ray above the sills meet a face from behind."""
    for record in made:
        assert record["finite"], name_of(record)
        assert record["open wheel"] == 0, name_of(record)
        assert max(record["backs"].values()) <= 0.004, (name_of(record), record["backs"])


def test_parts_are_where_they_belong(made: list[Record]) -> None:
    for record in made:
        seen = record["seen"]
        assert record["hub"] == "wheel", name_of(record)
        for side in ("front", "rear"):
            down = side == "rear" and record["box"][1] - record["size"]["length"] > 0.3  # the tailgate, with its plate
            wanted = {"body", "lamp", "wheel", "mirror"} | (set() if down else {"plate"})
            assert wanted <= seen[side].keys(), (name_of(record), side)
        assert seen["front"]["window"] > 20, name_of(record)
        for side in ("left", "right"):
            assert {"body", "wheel", "window"} <= seen[side].keys(), (name_of(record), side)
        if record["kind"] == "pickup":
            assert seen["above"]["bed"] > 10, name_of(record)


def test_doors_of_buses_are_towards_the_kerb(made: list[Record]) -> None:
    """Vehicles look towards -y, so that the kerb lies at -x where one drives on the right."""
    for record in made:
        if record["body"] == "bus":
            assert record["low glass"]["left"] > 5, name_of(record)
            assert record["low glass"]["right"] == 0, name_of(record)


def test_no_two_are_alike(made: list[Record]) -> None:
    forms = Counter(json.dumps(record["form"]) for record in made)
    assert max(forms.values()) == 1
    assert max(record["faces"] for record in made) < 45_000


@pytest.mark.full
def test_forms_are_the_same_in_every_blender(blenders: list[Blender]) -> None:
    """The same faces, and coordinates whose moments are equal to a micrometre: mathematics differ in the last bits."""
    first, *others = [check(one, 1, "sedan", "pickup crew", "bus") for one in blenders]
    for found in others:
        for one, record in zip(first, found, strict=True):
            assert record["faces of"] == one["faces of"]
            np.testing.assert_allclose(record["form"], one["form"], atol=1e-6)


@pytest.mark.parametrize("scene", ["blank", "blank_parts"])
def test_scene_of_one_vehicle(scene: str, run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out"
    options = ("--sweep", "orbit", "--frames", "2", "--size", "120x90", "--samples", "1", "--no-denoise")
    done = run("render", scene, "--out", out, "--seed", "3", *options, timeout=300)
    assert done.returncode == 0, done.stderr
    data = json.loads((out / "dataset.json").read_text())
    names = {category["id"]: category["name"] for category in data["taxonomy"]["categories"]}
    for path in sorted((out / "labels").glob("*.png")):
        label = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        seen = {names[number] for number in np.unique(label).tolist() if number}
        if scene == "blank":
            assert len(seen) == 2
            assert seen - {"backdrop"} <= set(BODIES.values())
        else:
            assert {"backdrop", "body", "window", "wheel"} <= seen
        assert (label == 0).mean() < 0.25  # the sky above the backdrop


def test_vehicles_that_serve_show_it(made: list[Record]) -> None:
    """Their sides say so in letters of the second colour; signs and light bars stand on the roof."""
    serving = [record for record in made if record["service"]]
    assert {f"{record['service']} {record['body']}" for record in serving} == set(SERVING)
    for record in serving:
        assert record["inked"] == ["left", "right"], name_of(record)
        above = record["highest lamp"] - record["size"]["height"]
        assert (above > 0.05) == (record["service"] in ("taxi", "police", "ambulance")), name_of(record)


def test_choices_of_services() -> None:
    assert bodies_of("taxi") == ["hatchback", "sedan", "wagon", "crossover", "minivan"]
    assert bodies_of("police_suv") == ["suv", "crossover"]
    assert bodies_of("police_bus") == []
    drawn = Counter(draw_body(random.Random(seed)) for seed in range(4000))
    assert {split_service(name)[0] for name in drawn} == {"", *SERVICES}
    assert sum(count for name, count in drawn.items() if split_service(name)[0]) < 400
    assert {draw_body(random.Random(seed), "sedan") for seed in range(200)} == {"sedan"}
    assert all(split_service(draw_body(random.Random(seed), "ambulance"))[0] == "ambulance" for seed in range(20))


def test_vehicles_map_to_public_sets() -> None:
    ours = taxonomy.load("vehicles")
    coco, city = taxonomy.load("coco"), taxonomy.load("cityscapes19")
    to_coco, to_city = coco.ids_from(ours), city.ids_from(ours)
    assert {name: to_coco[name] for name in ("car", "suv", "pickup", "truck", "bus", "person")} == {
        "car": 3,
        "suv": 3,
        "pickup": 8,
        "truck": 8,
        "bus": 6,
        "person": 1,
    }
    # A train id of Cityscapes is one less: 0 is the road, 13 a car, 14 a truck.
    assert [to_city[name] - 1 for name in ("road", "car", "van", "pickup", "bus")] == [0, 13, 13, 14, 15]
    assert "backdrop" not in to_city
