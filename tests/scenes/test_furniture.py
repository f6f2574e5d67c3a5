"""Every maker of pieces, by several seeds: closed meshes, at rest, of published sizes, and the same form again."""

from __future__ import annotations

import json
import re
import statistics
import subprocess
from pathlib import Path

import pytest

from sweepset_render.blender.installations import Blender

SEEDS = 8
FAULTS = {
    "textiles.blinds": "hangs loose",  # slats hang by threads too thin to make
    "belongings.clothes_heap": "hangs loose",  # a garment lies a little above the floor
    "belongings.fan": "hangs loose",  # the rings of the cage have no spokes
    "belongings.laundry_basket": "hangs loose",  # clothes float above the bottom
    "belongings.open_box": "hangs loose",  # things float above the bottom
    "belongings.shoes": "has a volume of -",  # an island of each shoe looks inwards
    "belongings.waste_basket": "hangs loose",  # paper floats above the bottom
    "cookware.dish_rack": "hangs loose",  # the wires stand on no tray
    "cookware.kettle": "hangs loose",  # the handle does not reach the body
    "on_walls.coat_rack": " mm in |hangs loose",  # coats and bags of neighbouring hooks are in each other
    "tabletop.basket_of_things": "hangs loose",  # things float above the bottom
    "tabletop.laid_table": "hangs loose",  # flowers float in their vase
}
"""Known faults of makers, whose geometry seeds depend on, as patterns."""
UNCENTRED = {"belongings.hanging_coat", "on_walls.coat_rack", "on_walls.picture_group"}
"""Makers whose pieces are up to 3 cm off their own axes, which seeds depend on."""
SIZES = {
    "beds.crib": ((0.6, 0.9), (1.2, 1.6), (0.8, 1.1)),
    "beds.daybed": ((1.9, 2.2), (0.85, 1.2), (0.8, 1.15)),
    "beds.double_bed": ((1.35, 2.3), (1.85, 2.6), (0.4, 1.4)),
    "beds.single_bed": ((0.9, 1.3), (1.85, 2.5), (0.4, 1.4)),
    "electronics.monitor": ((0.38, 1.35), (0.15, 0.5), (0.3, 0.62)),
    "electronics.television": ((0.28, 1.3), (0.15, 0.65), (0.25, 0.95)),
    "electronics.wall_television": ((0.85, 1.55), (0.05, 0.15), (0.48, 0.95)),
    "lamps.desk_lamp": ((0.1, 0.5), (0.1, 0.6), (0.28, 0.6)),
    "lamps.floor_lamp": ((0.2, 1.6), (0.2, 0.7), (1.0, 2.1)),
    "lamps.table_lamp": ((0.12, 0.6), (0.12, 0.6), (0.18, 0.75)),
    "sanitary.bathtub": ((1.5, 1.85), (0.68, 0.95), (0.45, 2.1)),
    "sanitary.pedestal_basin": ((0.44, 0.65), (0.38, 0.55), (0.3, 1.05)),
    "sanitary.shower": ((0.78, 1.05), (0.78, 1.05), (1.7, 2.1)),
    "toilets.toilet": ((0.34, 0.5), (0.45, 0.8), (0.4, 1.2)),
    "sanitary.vanity": ((0.5, 1.55), (0.44, 0.6), (0.8, 1.3)),
    "white_goods.washing_machine": ((0.59, 0.61), (0.5, 0.65), (0.84, 0.86)),
    "sofas.armchair": ((0.6, 1.05), (0.65, 1.1), (0.6, 1.2)),
    "chairs.bar_stool": ((0.25, 0.6), (0.25, 0.6), (0.6, 1.05)),
    "sofas.corner_sofa": ((1.9, 3.1), (1.2, 1.85), (0.65, 1.0)),
    "chairs.dining_chair": ((0.38, 0.62), (0.4, 0.7), (0.75, 1.1)),
    "chairs.folding_chair": ((0.38, 0.52), (0.4, 0.6), (0.75, 0.9)),
    "chairs.office_chair": ((0.5, 0.72), (0.5, 0.8), (0.85, 1.35)),
    "sofas.sofa": ((1.2, 2.55), (0.7, 1.1), (0.65, 1.0)),
    "chairs.stool": ((0.25, 0.6), (0.25, 0.6), (0.4, 0.55)),
    "shelving.bookcase": ((0.55, 1.25), (0.24, 0.38), (0.75, 2.2)),
    "wardrobes.chest_of_drawers": ((0.58, 1.0), (0.38, 0.58), (0.9, 1.4)),
    "wardrobes.dresser": ((1.05, 1.7), (0.4, 0.58), (0.7, 1.95)),
    "cabinets.filing_cabinet": ((0.39, 0.47), (0.48, 0.7), (0.55, 1.45)),
    "fireplaces.fireplace": ((0.9, 1.8), (0.45, 0.85), (0.85, 1.25)),
    "wardrobes.night_stand": ((0.36, 0.6), (0.32, 0.5), (0.42, 0.7)),
    "cabinets.tv_stand": ((0.95, 1.85), (0.36, 0.55), (0.38, 0.66)),
    "wardrobes.wardrobe": ((0.8, 2.05), (0.54, 0.7), (1.8, 2.35)),
    "tables.coffee_table": ((0.6, 1.35), (0.45, 1.0), (0.34, 0.5)),
    "tables.desk": ((0.95, 1.65), (0.5, 0.85), (0.7, 1.4)),
    "tables.dining_table": ((0.78, 2.05), (0.7, 1.05), (0.71, 0.77)),
    "tables.office_desk": ((1.35, 1.85), (0.72, 0.85), (0.71, 0.77)),
    "tables.round_table": ((0.85, 1.8), (0.85, 1.35), (0.71, 0.77)),
}
"""Least and largest width, depth and height in metres, by the sources that the modules name, with what is on them."""
MAIN = {
    "beds.double_bed": "bed",
    "lamps.floor_lamp": "lamp",
    "sanitary.bathtub": "bathtub",
    "toilets.toilet": "toilet",
    "chairs.dining_chair": "chair",
    "sofas.sofa": "sofa",
    "textiles.rug": "floor mat",
    "shelving.bookcase": "bookshelf",
    "wardrobes.dresser": "dresser",
    "wardrobes.night_stand": "night stand",
    "tables.desk": "desk",
    "tables.dining_table": "table",
}


@pytest.fixture(scope="module")
def made(blender: Blender) -> dict[str, dict]:
    """Return what Blender found about each maker, by its name."""
    return check(blender, SEEDS)


def check(blender: Blender, seeds: int, *wanted: str) -> dict[str, dict]:
    """Run the check of some makers, or of all, in a Blender."""
    command = blender.command(Path(__file__).with_name("furniture_check.py"), "0", str(seeds), *wanted)
    done = subprocess.run(command, env=blender.environment(), capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr
    records = [json.loads(line[6:]) for line in done.stdout.splitlines() if line.startswith("PIECE ")]
    return {record["name"]: record for record in records}


def test_there_are_many(made: dict[str, dict]) -> None:
    assert len(made) >= 180
    assert {record["family"] for record in made.values()} >= {"furniture", "clutter"}
    assert FAULTS.keys() | UNCENTRED <= made.keys()


def test_meshes_are_closed_and_nothing_floats_or_intersects(made: dict[str, dict]) -> None:
    for name, record in made.items():
        faults = [fault for fault in record["faults"] if not re.search(FAULTS.get(name, "$^"), fault)]
        assert not faults, (name, faults)


def test_pieces_are_in_their_own_axes(made: dict[str, dict]) -> None:
    for name, record in made.items():
        if name in UNCENTRED:
            continue
        low, high = record["low"], record["high"]
        assert abs(low[0] + high[0]) < 0.001, name
        if high[2] <= 0.001:
            assert abs(low[1] + high[1]) < 0.001, name  # it hangs from a ceiling
        else:
            assert abs(low[2]) < 0.001, name
            assert abs(high[1]) < 0.001, name


@pytest.mark.parametrize("name", SIZES)
def test_sizes_are_the_published_ones(name: str, made: dict[str, dict]) -> None:
    for size in made[name]["sizes"]:
        for value, (least, largest) in zip(size, SIZES[name], strict=True):
            assert least <= value <= largest, size


def test_forms_differ(made: dict[str, dict]) -> None:
    for name, record in made.items():
        if record["family"] == "clutter":  # a soap has one form
            continue
        assert len(set(record["forms"])) >= 3, name
        # Not only sizes: what it is made of differs too.
        if name in SIZES and name != "electronics.wall_television":
            assert len(set(record["counts"])) >= 2, name


def test_meshes_are_small_and_made_fast(made: dict[str, dict]) -> None:
    for name, record in made.items():
        assert max(record["counts"]) < 10_000, name
        assert statistics.median(record["seconds"]) < 1.0, name


def test_main_categories(made: dict[str, dict]) -> None:
    for name, category in MAIN.items():
        assert category in made[name]["categories"], name


@pytest.mark.full
def test_forms_are_the_same_in_every_blender(blenders: list[Blender], made: dict[str, dict]) -> None:
    for one in blenders:
        others = check(one, 2, "chairs", "sofas")
        assert len(others) >= 10
        for name, record in others.items():
            assert record["forms"] == made[name]["forms"][:2], (name, str(one))
